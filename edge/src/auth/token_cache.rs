//! Tokens that were verified, until they end: a caller verifies once, not once a request.

use super::Principal;
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

const MAX_TOKENS: usize = 1024;

struct Verified {
    principal: Rc<Principal>,
    /// The base URL that it was verified for: the audience, where none is configured.
    base_url: String,
    /// When the token ends, in seconds since 1970.
    expires: i64,
}

thread_local! {
    static TOKENS: RefCell<HashMap<String, Verified>> = RefCell::default();
}

/// Who sent `token` before, if it has not ended at `now` (milliseconds).
pub(super) fn get(base_url: &str, token: &str, now: i64) -> Option<Rc<Principal>> {
    TOKENS.with_borrow(|tokens| {
        let verified = tokens.get(token)?;
        let valid = now / 1000 < verified.expires && verified.base_url == base_url;
        valid.then(|| Rc::clone(&verified.principal))
    })
}

/// Keeps a verified token until `expires` (seconds).
pub(super) fn put(
    (base_url, token): (&str, &str),
    principal: &Rc<Principal>,
    expires: i64,
    now: i64,
) {
    TOKENS.with_borrow_mut(|tokens| {
        if tokens.len() >= MAX_TOKENS {
            tokens.retain(|_, verified| now / 1000 < verified.expires);
        }
        if tokens.len() >= MAX_TOKENS {
            tokens.clear();
        }
        let verified = Verified {
            principal: Rc::clone(principal),
            base_url: base_url.to_owned(),
            expires,
        };
        tokens.insert(token.to_owned(), verified);
    });
}
