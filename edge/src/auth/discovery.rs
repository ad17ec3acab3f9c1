//! OpenID Connect discovery and the provider's keys, kept in memory and refetched with measure.
//! <https://openid.net/specs/openid-connect-discovery-1_0.html>
//!
//! Only the configured authority is ever fetched: nothing in a token decides where we look.

use super::bearer::refuse;
use super::jwk::{Jwk, parse_set};
use super::jwt::Unverified;
use crate::binding;
use crate::error::Error;
use serde_json::Value;
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;

/// How long what was fetched is good for.
const LIFETIME: i64 = 60 * 60 * 1000;
/// A key id that nobody knows causes at most one fetch in this time, however often it is sent.
const COOLDOWN: i64 = 30 * 1000;
const TIMEOUT: u32 = 5_000;
/// A provider that did not answer is left alone for so long: nobody waits for it again meanwhile.
const REST: i64 = 3 * 1000;

/// What the provider says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Metadata {
    pub(crate) issuer: String,
    pub(crate) authorization_endpoint: String,
    pub(crate) token_endpoint: String,
    pub(crate) jwks_uri: String,
}

#[derive(Clone)]
struct Fetched<T> {
    at: i64,
    value: T,
}

/// What was fetched, by the authority it is of; there are as many as the operator trusts.
type Known<T> = RefCell<HashMap<String, Fetched<T>>>;

thread_local! {
    /// When an address last failed.
    static FAILURES: RefCell<HashMap<String, i64>> = RefCell::default();
    static METADATA: Known<Metadata> = RefCell::default();
    static KEYS: Known<Rc<Vec<Jwk>>> = RefCell::default();
}

/// The provider's metadata.
pub(crate) async fn metadata(authority: &str, now: i64) -> Result<Metadata, Error> {
    let known = METADATA.with_borrow(|known| known.get(authority).cloned());
    if let Some(known) = &known
        && now - known.at < LIFETIME
    {
        return Ok(known.value.clone());
    }
    let address = format!("{authority}/.well-known/openid-configuration");
    let fetched = ask(&address, now).await;
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
        (Ok(value), _) => {
            let fetched = Fetched {
                at: now,
                value: value.clone(),
            };
            METADATA.with_borrow_mut(|known| known.insert(authority.to_owned(), fetched));
            Ok(value)
        }
        // A provider that is down for a while does not lock out those who signed in before.
        (Err(_), Some(known)) => Ok(known.value),
        (Err(error), None) => Err(error),
    }
}

/// The key that a token names.
pub(super) async fn key(authority: &str, token: &Unverified<'_>, now: i64) -> Result<Jwk, Error> {
    let find = |keys: &[Jwk]| {
        let mut keys = keys.iter().filter(|key| key.key_id == token.key_id);
        keys.find(|key| key.fits(token.algorithm)).cloned()
    };
    let known = KEYS.with_borrow(|known| known.get(authority).cloned());
    if let Some(known) = &known {
        let age = now - known.at;
        match find(&known.value) {
            Some(key) if age < LIFETIME => return Ok(key),
            None if age < COOLDOWN => return Err(unknown_key()),
            _ => {}
        }
    }
    let metadata = metadata(authority, now).await?;
    match ask(&metadata.jwks_uri, now).await {
        Ok(set) => {
            let keys = Rc::new(parse_set(&set));
            let found = find(&keys);
            let fetched = Fetched {
                at: now,
                value: keys,
            };
            KEYS.with_borrow_mut(|known| known.insert(authority.to_owned(), fetched));
            found.ok_or_else(unknown_key)
        }
        Err(error) => match known {
            Some(known) => find(&known.value).ok_or_else(unknown_key),
            None => Err(error),
        },
    }
}

fn unknown_key() -> Error {
    refuse("the token is signed with a key that the identity provider does not publish")
}

/// What an operator's log says when the provider cannot be reached.
fn outage(url: &str, reason: &str) -> Error {
    Error::Upstream(format!(
        "the identity provider did not answer {url}: {reason}"
    ))
}

/// Fetches a document, unless the address failed a moment ago.
async fn ask(url: &str, now: i64) -> Result<Value, Error> {
    let failed = FAILURES.with_borrow(|failures| failures.get(url).copied());
    if failed.is_some_and(|at| now - at < REST) {
        return Err(outage(url, "it failed a moment ago"));
    }
    let fetched = fetch_json(url).await;
    FAILURES.with_borrow_mut(|failures| match &fetched {
        Ok(_) => failures.remove(url),
        // There are as many addresses as the operator trusts providers.
        Err(_) => failures.insert(url.to_owned(), now),
    });
    fetched
}

async fn fetch_json(url: &str) -> Result<Value, Error> {
    let init = web_sys::RequestInit::new();
    init.set_signal(Some(&binding::abort_after(TIMEOUT)));
    init.set_redirect(web_sys::RequestRedirect::Manual);
    let failed = |error: wasm_bindgen::JsValue| outage(url, &format!("{error:?}"));
    let promise = binding::fetch(url, &init).map_err(failed)?;
    let response: web_sys::Response = JsFuture::from(promise)
        .await
        .map_err(failed)?
        .unchecked_into();
    if !response.ok() {
        return Err(outage(url, &format!("status {}", response.status())));
    }
    let text = JsFuture::from(response.text().map_err(failed)?)
        .await
        .map_err(failed)?;
    let text = text.as_string().unwrap_or_default();
    serde_json::from_str(&text).map_err(|error| outage(url, &error.to_string()))
}
