//! Tokens that were verified, until they end: a caller verifies once, not once a request.

use super::{Principal, Signer};
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

const MAX_TOKENS: usize = 1024;

/// A token that was verified.
#[derive(Clone)]
pub(super) struct Verified {
    pub(super) principal: Rc<Principal>,
    /// Whose signature it has, where it has one.
    pub(super) signer: Option<Rc<Signer>>,
    /// The thumbprint of the key that it is bound to; empty for a bearer token.
    pub(super) key: Rc<str>,
    /// The base URL that it was verified for: the audience, where none is configured.
    pub(super) base_url: String,
    /// When the token ends, in seconds since 1970.
    pub(super) expires: i64,
}

thread_local! {
    static TOKENS: RefCell<HashMap<String, Verified>> = RefCell::default();
}

/// What was found of `token` before, if it has not ended at `now` (milliseconds).
pub(super) fn get(base_url: &str, token: &str, now: i64) -> Option<Verified> {
    TOKENS.with_borrow(|tokens| {
        let verified = tokens.get(token)?;
        let valid = now / 1000 < verified.expires && verified.base_url == base_url;
        valid.then(|| verified.clone())
    })
}

/// Keeps a verified token until it ends.
pub(super) fn put(token: &str, verified: Verified, now: i64) {
    TOKENS.with_borrow_mut(|tokens| {
        if tokens.len() >= MAX_TOKENS {
            tokens.retain(|_, verified| now / 1000 < verified.expires);
        }
        if tokens.len() >= MAX_TOKENS {
            tokens.clear();
        }
        tokens.insert(token.to_owned(), verified);
    });
}

/// Forgets a token: it is to be verified anew.
pub(super) fn remove(token: &str) {
    TOKENS.with_borrow_mut(|tokens| tokens.remove(token));
}
