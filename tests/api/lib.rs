//! What the black-box tests stand on: a live worker with its identity provider, a client, tokens
//! of every kind, and the assertions that many tests share.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise"
)]

mod assertions;
mod client;
mod server;
mod sign_in;
mod tokens;
mod unique;

pub use assertions::{
    assert_issue_at, assert_outcome, assert_refused, assert_same_content, assert_search_finds,
    assert_stored, assert_varies_by_origin, entries, ids, link, without_meta,
};
pub use client::{Answer, Client, Request};
pub use server::{Running, Server, Settings, node};
pub use sign_in::Browser;
pub use tokens::Forgery;
pub use unique::{Random, unique};
