//! The keys that a client proves itself with.

use crate::jose::jwk::{self, Jwk};
use serde_json::Value;

/// The public keys of a client.
#[derive(Debug)]
pub(crate) enum ClientKeys {
    /// Published at this address.
    At(String),
    /// Registered by the operator.
    Registered(Vec<Jwk>),
}

impl ClientKeys {
    /// Reads a registered key set.
    ///
    /// # Errors
    /// When it holds no key that could verify a signature.
    pub(crate) fn registered(set: &Value) -> Result<Self, String> {
        let keys = jwk::parse_set(set);
        if keys.is_empty() {
            return Err("holds no signature key with a `kid`".into());
        }
        Ok(Self::Registered(keys))
    }
}
