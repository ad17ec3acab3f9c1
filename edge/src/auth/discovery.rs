//! OpenID Connect discovery, kept in memory. <https://openid.net/specs/openid-connect-discovery-1_0.html>
//!
//! Only the configured authority is ever fetched: nothing in a token decides where we look.

use super::fetch;
use crate::error::Error;
use serde_json::Value;
use std::cell::RefCell;
use std::collections::HashMap;

/// How long what was fetched is good for.
const LIFETIME: i64 = 60 * 60 * 1000;

/// What the provider says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Metadata {
    pub(crate) issuer: String,
    pub(crate) authorization_endpoint: String,
    pub(crate) token_endpoint: String,
    pub(crate) jwks_uri: String,
}

#[derive(Clone)]
struct Fetched {
    at: i64,
    metadata: Metadata,
}

thread_local! {
    /// By the authority it is of; there are as many as the operator trusts.
    static METADATA: RefCell<HashMap<String, Fetched>> = RefCell::default();
}

/// The provider's metadata.
pub(crate) async fn metadata(authority: &str, now: i64) -> Result<Metadata, Error> {
    let known = METADATA.with_borrow(|known| known.get(authority).cloned());
    if let Some(known) = &known
        && now - known.at < LIFETIME
    {
        return Ok(known.metadata.clone());
    }
    let address = format!("{authority}/.well-known/openid-configuration");
    let fetched = fetch::json(&address, now).await;
    let read = fetched.and_then(|document| {
        let text = |name: &str| {
            let value = document
                .get(name)
                .and_then(Value::as_str)
                .map(ToOwned::to_owned);
            value.ok_or_else(|| Error::Upstream(format!("the discovery document has no {name}")))
        };
        Ok(Metadata {
            issuer: text("issuer")?,
            authorization_endpoint: text("authorization_endpoint")?,
            token_endpoint: text("token_endpoint")?,
            jwks_uri: text("jwks_uri")?,
        })
    });
    match (read, known) {
        (Ok(metadata), _) => {
            let fetched = Fetched {
                at: now,
                metadata: metadata.clone(),
            };
            METADATA.with_borrow_mut(|known| known.insert(authority.to_owned(), fetched));
            Ok(metadata)
        }
        // A provider that is down for a while does not lock out those who signed in before.
        (Err(_), Some(known)) => Ok(known.metadata),
        (Err(error), None) => Err(error),
    }
}
