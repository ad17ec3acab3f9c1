//! The OAuth state: one-time ids that were used, what people granted to apps, access tokens that the
//! proxy issued or that were revoked, and who signed out.
//!
//! It lives in Durable Objects of its own, the shards, so that signing in neither waits for the
//! ledger's commits nor delays them. [`Authorizations`] is the worker's side and `shard/` is the
//! object. No function here takes a [`Grant`](crate::grant::Grant): nothing in it is a resource, and
//! the answers are what a grant is made from.

mod authorizations;
mod shard;
mod sharding;

pub(crate) use authorizations::{AccessToken, Advance, Authorizations, Issued};
#[cfg(target_arch = "wasm32")]
pub(super) use sharding::shard_of;
