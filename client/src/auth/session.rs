//! The signed-in person's tokens, kept in this tab's sessionStorage and nowhere else.

use serde::{Deserialize, Serialize};
use smart::claims::IdClaims;

/// An access token with less life left than this is renewed before it is used.
const RENEW_BEFORE_SECONDS: u64 = 300;

/// One sign-in.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// [`super::configuration::Configuration::fingerprint`] of the connection it belongs to.
    pub connection: String,
    /// Bearer token for the FHIR server.
    pub access_token: String,
    /// Seconds since 1970.
    pub expires_at: u64,
    /// Renews the access token.
    pub refresh_token: Option<String>,
    /// Who signed in.
    pub claims: IdClaims,
}

/// Tokens stay out of logs.
impl std::fmt::Debug for Session {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Session")
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

impl Session {
    /// True while the token need not be renewed.
    pub fn is_fresh(&self, now: u64) -> bool {
        now.saturating_add(RENEW_BEFORE_SECONDS) < self.expires_at
    }

    /// True while the server still takes the token.
    pub fn is_valid(&self, now: u64) -> bool {
        now < self.expires_at
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_renewed_five_minutes_before_it_ends() {
        let session = Session {
            connection: String::new(),
            access_token: "SECRET".into(),
            expires_at: 10_000,
            refresh_token: None,
            claims: IdClaims::default(),
        };
        assert!(session.is_fresh(9_699));
        assert!(!session.is_fresh(9_700));
        assert!(session.is_valid(9_999));
        assert!(!session.is_valid(10_000));
        assert!(!format!("{session:?}").contains("SECRET"));
    }
}
