//! Black-box tests of the worker on workerd: what a client sees over HTTP, nothing else.
//! The folders are those of `edge/src`.
#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise"
)]

mod auth;
mod example;
mod http;
mod interaction;
mod proxy;
mod samples;
mod search;
mod store;
mod synthea;
