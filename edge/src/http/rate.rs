//! How often somebody may ask. The platform counts, at each of its locations, and for as long as
//! `edge/wrangler.jsonc` says; a binding that is not there counts nothing.
//! <https://developers.cloudflare.com/workers/runtime-apis/bindings/rate-limit/>

use super::Exchange;
use crate::error::{Error, Reason};
use fhir::outcome::IssueType;
use std::cell::RefCell;
use std::collections::HashMap;
use std::net::Ipv6Addr;

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
/// A caller who searched too often comes again after so many milliseconds.
const SEARCH_PAUSE: i64 = 10 * 1000;
/// An address that sent too many bad tokens is refused new ones for so many milliseconds.
const FAILURE_PAUSE: i64 = 60 * 1000;
/// How many addresses, and callers, an instance remembers.
const MAX_KNOWN: usize = 4096;

#[derive(Clone, Copy, Default)]
struct Searches {
    /// How many were not told to the platform yet.
    untold: u32,
    /// Until when the caller is refused, in milliseconds since 1970.
    refused_until: i64,
    last: i64,
}

thread_local! {
    /// Until when addresses are refused tokens that were not seen before.
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

/// Counts a request; `false` when there were too many. A counter that fails stops nobody.
pub(crate) async fn count(exchange: &Exchange, rate: Rate, key: &str) -> bool {
    let Ok(limiter) = exchange.env.rate_limiter(rate.binding()) else {
        return true;
    };
    match limiter.limit(key.to_owned()).await {
        Ok(outcome) => outcome.success,
        Err(error) => {
            exchange.log(&format!("{}: {error}", rate.binding()));
            true
        }
    }
}

/// Where a request comes from: the address, of IPv6 the network that one customer has.
pub(crate) fn address(exchange: &Exchange) -> String {
    // The platform sets the header; it is not there when nobody stands between.
    let address = exchange.header("cf-connecting-ip").unwrap_or("local");
    match address.parse::<Ipv6Addr>() {
        Ok(address) => {
            let [a, b, c, d, ..] = address.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).to_string()
        }
        Err(_) => address.to_owned(),
    }
}

/// A 429.
pub(crate) fn throttled(message: &str, seconds: u32) -> Error {
    Error::rejected(Reason::Throttled(seconds), IssueType::Throttled, message)
}

/// Refuses a token that was not seen before when its address has sent too many bad ones: before
/// any work is done for it. Callers whose tokens are known go on.
///
/// # Errors
/// 429 until the pause is over.
pub(super) fn check_failures(exchange: &Exchange) -> Result<(), Error> {
    let refused = REFUSED.with_borrow(|refused| {
        // Nobody is asked for the address while nobody is refused.
        (!refused.is_empty()).then(|| refused.get(&address(exchange)).copied())
    });
    match refused.flatten() {
        Some(until) if exchange.now < until => {
            let message = "Too many tokens from this address were not valid; tokens that were not \
                seen before are refused for a while.";
            Err(throttled(message, seconds_until(until, exchange.now)))
        }
        _ => Ok(()),
    }
}

/// Counts a token that was refused.
pub(super) async fn count_failure(exchange: &Exchange) {
    let address = address(exchange);
    if count(exchange, Rate::Failure, &address).await {
        return;
    }
    let now = exchange.now;
    REFUSED.with_borrow_mut(|refused| {
        if refused.len() >= MAX_KNOWN {
            refused.retain(|_, until| now < *until);
        }
        if refused.len() < MAX_KNOWN {
            refused.insert(address, now + FAILURE_PAUSE);
        }
    });
}

/// Counts a search of a caller; each of a bundle counts.
///
/// # Errors
/// 429 when there were too many.
pub(crate) async fn count_search(exchange: &Exchange, person: &str) -> Result<(), Error> {
    let now = exchange.now;
    let asks = SEARCHES.with_borrow_mut(|searches| {
        if searches.len() >= MAX_KNOWN && !searches.contains_key(person) {
            searches.retain(|_, known| now - known.last < FAILURE_PAUSE);
            if searches.len() >= MAX_KNOWN {
                searches.clear();
            }
        }
        if !searches.contains_key(person) {
            searches.insert(person.to_owned(), Searches::default());
        }
        let known = searches.get_mut(person)?;
        known.last = now;
        if now < known.refused_until {
            return Some(Err(too_many(known.refused_until, now)));
        }
        known.untold += 1;
        if known.untold < TOGETHER {
            return None;
        }
        known.untold = 0;
        Some(Ok(()))
    });
    match asks {
        None => return Ok(()),
        Some(asks) => asks?,
    }
    if count(exchange, Rate::Search, person).await {
        return Ok(());
    }
    let until = now + SEARCH_PAUSE;
    SEARCHES.with_borrow_mut(|searches| {
        if let Some(known) = searches.get_mut(person) {
            known.refused_until = until;
        }
    });
    Err(too_many(until, now))
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
    fn who_is_refused_is_told_to_come_when_it_is_over_and_not_before() {
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
