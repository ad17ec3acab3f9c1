//! Who may do what, as in `edge/src/auth`.

mod bearer;
mod compartment;
mod isolation;
mod lattice;
mod roles;
mod rotation;
mod scopes;
