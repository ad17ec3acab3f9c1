//! The worker: FHIR over HTTP at the edge.
//!
//! A request flows one way: `http` (route, CORS, errors) -> `auth` (who, and what they may do) ->
//! `interaction` (one file per FHIR interaction) -> `store` (the ledger and Workers KV).

mod auth;
mod binding;
mod config;
mod error;
mod exchange;
mod grant;
mod http;
mod interaction;
mod jose;
mod message;
mod proxy;
mod rate;
mod seal;
mod server;
mod status;
mod store;
pub mod worker;
