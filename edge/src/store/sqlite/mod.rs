//! The store in one SQLite database, whoever runs it: the ledger on the storage of its Durable
//! Object, native tests on a database in memory. The binding is chosen at compile time.
//!
//! In the ledger a value stays on the JavaScript side: what is written and found goes from the call
//! to the database and back without being copied into WebAssembly.

#[cfg(target_arch = "wasm32")]
#[path = "by_platform.rs"]
pub(super) mod binding;
#[cfg(not(target_arch = "wasm32"))]
#[path = "by_rusqlite.rs"]
pub(super) mod binding;

mod apply;
pub(super) mod command;
mod database;
mod definitions;
mod index;
mod reindex;
mod schema;
mod search;
mod store;

pub(super) use binding::{Connection, Failure, Found, Row, Value, Values};
pub(super) use command::{Condition, Guard, Submitted, Write};
pub(super) use database::{Budget, Database, Selected};
pub(super) use definitions::Extraction;
pub(super) use search::{Size, Taken, Way};
#[cfg(target_arch = "wasm32")]
pub(super) use store::Applied;
pub(super) use store::{Answered, Store};
