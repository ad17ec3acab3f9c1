//! Who may do what, as in `edge/src/auth`.

mod authorities;
mod bearer;
mod compartment;
mod forged;
mod isolation;
mod lattice;
mod listener;
mod logout;
mod rates;
mod roles;
mod rotation;
mod scopes;
mod token_kind;
