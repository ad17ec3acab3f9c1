//! Tokens that were verified, until they end: a caller verifies once, not once a request.

use super::Principal;
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

const MAX_TOKENS: usize = 1024;

thread_local! {
    static TOKENS: RefCell<HashMap<String, (Rc<Principal>, i64)>> = RefCell::default();
}

/// Who sent `token` before, if it has not ended at `now` (milliseconds).
pub(super) fn get(token: &str, now: i64) -> Option<Rc<Principal>> {
    TOKENS.with_borrow(|tokens| {
        let (principal, expires) = tokens.get(token)?;
        (now / 1000 < *expires).then(|| Rc::clone(principal))
    })
}

/// Keeps a verified token until `expires` (seconds).
pub(super) fn put(token: &str, principal: &Rc<Principal>, expires: i64, now: i64) {
    TOKENS.with_borrow_mut(|tokens| {
        if tokens.len() >= MAX_TOKENS {
            tokens.retain(|_, (_, expires)| now / 1000 < *expires);
        }
        if tokens.len() >= MAX_TOKENS {
            tokens.clear();
        }
        tokens.insert(token.to_owned(), (Rc::clone(principal), expires));
    });
}
