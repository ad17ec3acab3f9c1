//! The tokens of one account and their lifetime.

use serde::{Deserialize, Serialize};

/// An access token that expires sooner than this is renewed before use.
const RENEW_BEFORE_SECONDS: u64 = 300;

/// The assumed lifetime when a token response has no `expires_in`; a 401 renews sooner.
const USUAL_LIFETIME_SECONDS: u64 = 3_600;

/// What the token endpoint gave.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tokens {
    /// Bearer token for the FHIR server.
    pub access_token: String,
    /// Seconds since 1970, by the clock of `super::time`.
    pub issued_at: u64,
    /// The same.
    pub expires_at: u64,
    /// Renews the access token.
    pub refresh_token: Option<String>,
}

/// Tokens stay out of logs.
impl std::fmt::Debug for Tokens {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Tokens")
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

impl Tokens {
    /// Tokens that came just now.
    pub fn new(
        access_token: String,
        refresh_token: Option<String>,
        now: u64,
        expires_in: u64,
    ) -> Self {
        let lifetime = match expires_in {
            0 => USUAL_LIFETIME_SECONDS,
            seconds => seconds,
        };
        Self {
            access_token,
            issued_at: now,
            expires_at: now.saturating_add(lifetime),
            refresh_token,
        }
    }

    /// True while the access token need not be renewed. One that lives for minutes only is
    /// renewed after half its life, not at every use.
    pub fn is_fresh(&self, now: u64) -> bool {
        let margin = RENEW_BEFORE_SECONDS.min(self.expires_at.saturating_sub(self.issued_at) / 2);
        self.is_valid(now) && now.saturating_add(margin) < self.expires_at
    }

    /// True while the server accepts the access token. A token issued in the future was obtained
    /// before the clock was set back, so its age is unknown.
    pub fn is_valid(&self, now: u64) -> bool {
        now < self.expires_at && self.issued_at <= now.saturating_add(RENEW_BEFORE_SECONDS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(now: u64, expires_in: u64) -> Tokens {
        Tokens::new("SECRET".into(), None, now, expires_in)
    }

    #[test]
    fn a_token_is_renewed_five_minutes_before_it_ends() {
        let tokens = tokens(10_000, 3_600);
        assert!(tokens.is_fresh(13_299));
        assert!(!tokens.is_fresh(13_300));
        assert!(tokens.is_valid(13_599));
        assert!(!tokens.is_valid(13_600));
        assert!(!format!("{tokens:?}").contains("SECRET"));
    }

    #[test]
    fn a_short_lived_token_is_used_for_half_its_life() {
        let tokens = tokens(10_000, 60);
        assert!(tokens.is_fresh(10_029));
        assert!(!tokens.is_fresh(10_030));
        assert!(tokens.is_valid(10_059));
    }

    #[test]
    fn a_token_without_a_lifetime_is_tried_for_an_hour() {
        assert!(tokens(10_000, 0).is_valid(13_599));
    }

    #[test]
    fn a_token_issued_in_the_future_is_not_valid() {
        let tokens = tokens(100_000, 3_600);
        assert!(!tokens.is_valid(90_000));
        assert!(tokens.is_valid(99_900));
    }
}
