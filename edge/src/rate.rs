//! How often callers may ask. The platform counts, by a binding for each kind of request; an
//! instance remembers whom it has to refuse.
//! <https://developers.cloudflare.com/workers/runtime-apis/bindings/rate-limit/>

use crate::error::{Error, Reason};
use fhir::outcome::IssueType;
use std::cell::RefCell;
use std::collections::HashMap;
use worker::Env;

/// What is counted, each by a binding of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rate {
    /// Requests for signing in, by address.
    Proxy,
    /// Requests for tokens and about them, by client or caller.
    Token,
    /// Bearer tokens that were refused, by address.
    Failure,
    /// Searches, by caller; the platform is asked once for ten.
    Search,
}

/// The period of every binding, in seconds.
pub(crate) const PERIOD: u32 = 60;
/// How many searches the platform counts as one: asking it takes longer than finding the caller.
const TOGETHER: u32 = 10;
/// For how many milliseconds a caller who searched too often is refused.
const SEARCH_PAUSE: i64 = 10 * 1000;
/// For how many milliseconds an address that sent too many bad tokens is refused new ones.
const FAILURE_PAUSE: i64 = 60 * 1000;
/// How many addresses, and callers, an instance remembers.
const MAX_KNOWN: usize = 4096;

#[derive(Clone, Copy, Default)]
struct Searches {
    /// How many the platform was not asked about yet.
    uncounted: u32,
    /// Until when the caller is refused, in milliseconds since 1970.
    refused_until: i64,
    last: i64,
}

thread_local! {
    /// Until when addresses are refused tokens that this instance does not know.
    static REFUSED: RefCell<HashMap<String, i64>> = RefCell::default();
    static SEARCHES: RefCell<HashMap<String, Searches>> = RefCell::default();
}

impl Rate {
    fn binding(self) -> &'static str {
        match self {
            Self::Proxy => "PROXY_RATE",
            Self::Token => "TOKEN_RATE",
            Self::Failure => "FAILURE_RATE",
            Self::Search => "SEARCH_RATE",
        }
    }
}

/// The platform's counters.
#[derive(Clone)]
pub(crate) struct Rates {
    env: Option<Env>,
}

impl Rates {
    pub(crate) fn of(env: &Env) -> Self {
        Self {
            env: Some(env.clone()),
        }
    }

    /// Counters that never say that it is too much.
    #[cfg(test)]
    pub(crate) fn unlimited() -> Self {
        Self { env: None }
    }

    /// Counts a request; `false` when there were too many. A counter that fails stops nobody.
    pub(crate) async fn count(&self, rate: Rate, key: &str) -> bool {
        let Some(env) = &self.env else { return true };
        let Ok(limiter) = env.rate_limiter(rate.binding()) else {
            return true;
        };
        match limiter.limit(key.to_owned()).await {
            Ok(outcome) => outcome.success,
            Err(error) => {
                crate::binding::log_error(&format!("{}: {error}", rate.binding()));
                true
            }
        }
    }

    /// Counts a token that was refused, of an address, at `now` (milliseconds since 1970).
    pub(crate) async fn count_failure(&self, address: &str, now: i64) {
        if self.count(Rate::Failure, address).await {
            return;
        }
        REFUSED.with_borrow_mut(|refused| {
            if refused.len() >= MAX_KNOWN {
                refused.retain(|_, until| now < *until);
            }
            if refused.len() < MAX_KNOWN {
                refused.insert(address.to_owned(), now + FAILURE_PAUSE);
            }
        });
    }

    /// Counts a search of a caller at `now` (milliseconds since 1970); each search of a bundle
    /// counts.
    ///
    /// # Errors
    /// 429 when there were too many.
    pub(crate) async fn count_search(&self, caller: &str, now: i64) -> Result<(), Error> {
        let asks = SEARCHES.with_borrow_mut(|searches| {
            if searches.len() >= MAX_KNOWN && !searches.contains_key(caller) {
                searches.retain(|_, known| now - known.last < FAILURE_PAUSE);
                if searches.len() >= MAX_KNOWN {
                    searches.clear();
                }
            }
            if !searches.contains_key(caller) {
                searches.insert(caller.to_owned(), Searches::default());
            }
            let known = searches.get_mut(caller)?;
            known.last = now;
            if now < known.refused_until {
                return Some(Err(too_many(known.refused_until, now)));
            }
            known.uncounted += 1;
            if known.uncounted < TOGETHER {
                return None;
            }
            known.uncounted = 0;
            Some(Ok(()))
        });
        match asks {
            None => return Ok(()),
            Some(asks) => asks?,
        }
        if self.count(Rate::Search, caller).await {
            return Ok(());
        }
        let until = now + SEARCH_PAUSE;
        SEARCHES.with_borrow_mut(|searches| {
            if let Some(known) = searches.get_mut(caller) {
                known.refused_until = until;
            }
        });
        Err(too_many(until, now))
    }
}

/// A refusal for asking too often, which may be repeated after so many seconds.
pub(crate) fn throttled(message: &str, seconds: u32) -> Error {
    Error::rejected(Reason::Throttled(seconds), IssueType::Throttled, message)
}

/// Refuses a token that this instance does not know when its address has sent too many bad ones,
/// before any work is done for it. Callers whose tokens are known go on.
///
/// # Errors
/// 429 until the pause is over.
pub(crate) fn check_failures(address: &str, now: i64) -> Result<(), Error> {
    let refused = REFUSED.with_borrow(|refused| refused.get(address).copied());
    match refused {
        Some(until) if now < until => {
            let message = "Too many invalid tokens came from this address; for a while, only \
                tokens that were accepted before are accepted from it.";
            Err(throttled(message, seconds_until(until, now)))
        }
        _ => Ok(()),
    }
}

fn too_many(until: i64, now: i64) -> Error {
    let message = "Too many searches in a short time; try again in a moment, and send fewer at \
        once.";
    throttled(message, seconds_until(until, now))
}

fn seconds_until(until: i64, now: i64) -> u32 {
    let milliseconds = until.saturating_sub(now).max(1);
    u32::try_from((milliseconds + 999) / 1000).unwrap_or(PERIOD)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_after_ends_with_the_pause_and_never_before() {
        for (until, now, expected) in [
            (60_000, 0, 60),
            (60_000, 1, 60),
            (60_000, 1000, 59),
            (1001, 1000, 1),
        ] {
            assert_eq!(seconds_until(until, now), expected, "{until} {now}");
        }
    }
}
