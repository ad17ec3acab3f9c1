//! OpenID Connect discovery, kept in memory. <https://openid.net/specs/openid-connect-discovery-1_0.html>
//!
//! Only the configured authority is ever fetched: nothing in a token decides where we look.

use super::fetch;
use super::fetched::Fetched;
use crate::config::Authority;
use crate::error::Error;
use serde_json::Value;
use std::cell::RefCell;
use std::collections::HashMap;

/// How long what was fetched is good for, in milliseconds.
const LIFETIME: i64 = 60 * 60 * 1000;

/// What the provider says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Metadata {
    pub(crate) issuer: String,
    pub(crate) authorization_endpoint: String,
    pub(crate) token_endpoint: String,
    pub(crate) jwks_uri: String,
}

thread_local! {
    /// By the authority it is of; there are as many as the operator trusts.
    static METADATA: RefCell<HashMap<String, Fetched<Metadata>>> = RefCell::default();
}

/// The provider's metadata.
///
/// # Errors
/// When it is not known and cannot be fetched, or is another issuer's.
pub(crate) async fn metadata(authority: &Authority, now: i64) -> Result<Metadata, Error> {
    let url = authority.url.as_str();
    let known = METADATA.with_borrow_mut(|known| {
        let known = known.get_mut(url)?;
        let stands_in = known.was_tried(now) && known.may_stand_in(now);
        let is_enough = known.is_fresh(LIFETIME, now) || stands_in;
        if !is_enough {
            known.try_again(now);
        }
        Some((is_enough, known.clone()))
    });
    if let Some((true, known)) = known {
        return Ok(Metadata::clone(&known.value));
    }
    let address = format!("{url}/.well-known/openid-configuration");
    let fetched = fetch::json(&address, now).await;
    let read = fetched.and_then(|document| read(authority, &document));
    match (read, known) {
        (Ok(metadata), _) => {
            let fetched = Fetched::new(metadata.clone(), now);
            METADATA.with_borrow_mut(|known| known.insert(url.to_owned(), fetched));
            Ok(metadata)
        }
        (Err(_), Some((_, known))) if known.may_stand_in(now) => Ok(Metadata::clone(&known.value)),
        (Err(error), _) => Err(error),
    }
}

fn read(authority: &Authority, document: &Value) -> Result<Metadata, Error> {
    let url = &authority.url;
    let text = |name: &str| {
        let value = document.get(name).and_then(Value::as_str);
        let value = value.map(ToOwned::to_owned);
        value.ok_or_else(|| {
            Error::Upstream(format!("the discovery document of {url} has no {name}"))
        })
    };
    let stated = text("issuer")?;
    // https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfigurationValidation
    let issuer = authority.issuer_of(&stated).ok_or_else(|| {
        Error::Upstream(format!(
            "the discovery document of {url} is of the issuer {stated}; if that is right, name it \
             in AUTHORITY_ISSUER or as the `issuer` in TRUSTED_AUTHORITIES"
        ))
    })?;
    Ok(Metadata {
        issuer,
        authorization_endpoint: text("authorization_endpoint")?,
        token_endpoint: text("token_endpoint")?,
        jwks_uri: text("jwks_uri")?,
    })
}
