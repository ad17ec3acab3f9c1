//! The store: one ledger (a Durable Object with SQLite) that orders every change, Workers KV that
//! holds each version once more, near the reader, and the OAuth state in Durable Objects of its own.
//!
//! Every function on resources takes a [`Grant`](crate::grant::Grant): what it confines is part of the
//! SQL. The tables and keys are described in `docs/storage-schema.md`.

#[cfg(any(target_arch = "wasm32", test))]
mod agenda;
mod answer;
mod by_ledger;
#[cfg(test)]
mod by_memory;
mod command;
mod cursor;
mod edge_cache;
mod engine;
mod indexing;
mod large_text;
#[cfg(target_arch = "wasm32")]
mod ledger;
mod oauth;
mod obstacle;
mod partition;
mod platform;
mod read;
mod search;
mod secret;
#[cfg(any(target_arch = "wasm32", test))]
mod sqlite;
#[cfg(test)]
mod tests;
mod text;
mod write;

pub(crate) use command::{Command, Committed, Guard, Outcome, Refusal};
pub(crate) use indexing::Indexing;
pub(crate) use oauth::{AccessToken, Advance, Authorizations, Issued};
pub(crate) use partition::Partition;
pub(crate) use read::{Consistency, Version, history, read, vread};
pub(crate) use search::{Match, Number, ids, page, total};
pub(crate) use secret::secret;
pub(crate) use text::Text;
pub(crate) use write::Write;
