//! What concerns HTTP itself, as in `edge/src/http`.

mod address;
mod app;
mod body;
mod caching;
mod capabilities;
mod cors;
mod errors;
mod faults;
mod hostile;
mod negotiation;
mod routes;
