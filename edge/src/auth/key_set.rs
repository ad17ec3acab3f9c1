//! Published keys, kept in memory and refetched with measure.
//! <https://www.rfc-editor.org/rfc/rfc7517#section-5>

use super::fetch;
use super::jwk::{Jwk, find, parse_set};
use super::jwt::Unverified;
use crate::error::Error;
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

/// How long what was fetched is good for.
const LIFETIME: i64 = 60 * 60 * 1000;
/// A key id that nobody knows causes at most one fetch in this time, however often it is sent.
const COOLDOWN: i64 = 30 * 1000;

#[derive(Clone)]
struct Fetched {
    at: i64,
    keys: Rc<Vec<Jwk>>,
}

thread_local! {
    /// By address; there are as many as the operator trusts.
    static KEYS: RefCell<HashMap<String, Fetched>> = RefCell::default();
}

/// The key that a token names, among those that are published at `address`.
///
/// # Errors
/// When the keys are not known and cannot be fetched.
pub(super) async fn published_key(
    address: &str,
    token: &Unverified<'_>,
    now: i64,
) -> Result<Option<Jwk>, Error> {
    let known = KEYS.with_borrow(|known| known.get(address).cloned());
    if let Some(known) = &known {
        let age = now - known.at;
        match find(&known.keys, token) {
            Some(key) if age < LIFETIME => return Ok(Some(key)),
            None if age < COOLDOWN => return Ok(None),
            _ => {}
        }
    }
    match (fetch::json(address, now).await, known) {
        (Ok(set), _) => {
            let keys = Rc::new(parse_set(&set));
            let found = find(&keys, token);
            let fetched = Fetched { at: now, keys };
            KEYS.with_borrow_mut(|known| known.insert(address.to_owned(), fetched));
            Ok(found)
        }
        // A publisher that is down for a while does not lock out whose keys are known.
        (Err(_), Some(known)) => Ok(find(&known.keys, token)),
        (Err(error), None) => Err(error),
    }
}
