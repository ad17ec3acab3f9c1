//! Published keys, kept in memory and refetched with measure: a new key is found soon, and one that
//! was removed stops counting within a minute.
//! <https://www.rfc-editor.org/rfc/rfc7517#section-5>

use super::fetch;
use super::fetched::Fetched;
use crate::error::Error;
use crate::jose::jwk::{Jwk, find, parse_set};
use crate::jose::jwt::Unverified;
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

/// How long what was fetched is good for, in milliseconds: a removed key ends within a minute.
const LIFETIME: i64 = 50 * 1000;

thread_local! {
    /// By address; there are as many as the operator trusts.
    static KEYS: RefCell<HashMap<String, Fetched<Vec<Jwk>>>> = RefCell::default();
}

/// The key that a token names, among those that are published at `address`. One that nobody knows
/// causes at most one fetch in half a minute, however often it is sent.
///
/// # Errors
/// When the keys are not known and cannot be fetched.
pub(super) async fn published_key(
    address: &str,
    token: &Unverified<'_>,
    now: i64,
) -> Result<Option<Jwk>, Error> {
    let has = |keys: &[Jwk]| find(keys, token).is_some();
    let keys = published(address, now, has).await?;
    Ok(find(&keys, token))
}

/// Whether a key that was found before is still published.
///
/// # Errors
/// When the keys cannot be fetched and were fetched too long ago.
pub(super) async fn is_published(address: &str, key: &Jwk, now: i64) -> Result<bool, Error> {
    let keys = published(address, now, |_| true).await?;
    Ok(keys.contains(key))
}

/// The keys at `address`; they are fetched when they are old, or do when `suffice` says no.
async fn published(
    address: &str,
    now: i64,
    suffice: impl Fn(&[Jwk]) -> bool,
) -> Result<Rc<Vec<Jwk>>, Error> {
    let known = KEYS.with_borrow_mut(|known| {
        let known = known.get_mut(address)?;
        let is_enough = if known.was_tried(now) {
            known.may_stand_in(now)
        } else {
            known.is_fresh(LIFETIME, now) && suffice(&known.value)
        };
        if !is_enough {
            known.try_again(now);
        }
        Some((is_enough, known.clone()))
    });
    if let Some((true, known)) = known {
        return Ok(known.value);
    }
    match (fetch::json(address, now).await, known) {
        (Ok(set), _) => {
            let fetched = Fetched::new(parse_set(&set), now);
            let keys = Rc::clone(&fetched.value);
            KEYS.with_borrow_mut(|known| known.insert(address.to_owned(), fetched));
            Ok(keys)
        }
        (Err(_), Some((_, known))) if known.may_stand_in(now) => Ok(known.value),
        (Err(error), _) => Err(error),
    }
}
