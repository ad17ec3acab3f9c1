//! ID token claims as a client reads them, and the checks of the code flow.
//! <https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation>
//!
//! The signature is not verified here: a client gets the token straight from the token endpoint
//! over TLS, which vouches for it (section 3.1.3.7, point 6). A server that takes a token from
//! someone else must verify it before it reads a claim.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

/// The claims that the client shows or checks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdClaims {
    /// Issuer.
    #[serde(default)]
    pub iss: String,
    /// Audience: the client.
    #[serde(default)]
    pub aud: Audience,
    /// Subject.
    #[serde(default)]
    pub sub: String,
    /// End of validity, in seconds since 1970.
    #[serde(default)]
    pub exp: u64,
    /// Time of issue, in seconds since 1970.
    #[serde(default)]
    pub iat: u64,
    /// Begin of validity, where it is not the time of issue.
    #[serde(default)]
    pub nbf: Option<u64>,
    /// Returns the request's nonce.
    #[serde(default)]
    pub nonce: Option<String>,
    /// Azure AD's tenant.
    #[serde(default)]
    pub tid: Option<String>,
    /// Display name.
    #[serde(default)]
    pub name: Option<String>,
    /// User name, usually an e-mail address.
    #[serde(default)]
    pub preferred_username: Option<String>,
    /// Azure AD v1's user name.
    #[serde(default)]
    pub upn: Option<String>,
    /// Azure AD's own word for the account, better than the user name where it is.
    #[serde(default)]
    pub login_hint: Option<String>,
    /// Application roles.
    #[serde(default)]
    pub roles: Vec<String>,
    /// The FHIR resource of the person. <https://hl7.org/fhir/smart-app-launch/scopes-and-launch-context.html>
    #[serde(default, rename = "fhirUser")]
    pub fhir_user: Option<String>,
}

/// `aud` is one text or a list of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Audience {
    /// The usual form.
    One(String),
    /// Several audiences.
    Many(Vec<String>),
}

impl Default for Audience {
    fn default() -> Self {
        Self::Many(Vec::new())
    }
}

impl Audience {
    /// True when the audience includes `who`.
    pub fn includes(&self, who: &str) -> bool {
        match self {
            Self::One(audience) => audience == who,
            Self::Many(audiences) => audiences.iter().any(|audience| audience == who),
        }
    }
}

/// What is wrong with an ID token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClaimsError {
    /// No JSON Web Token.
    Unreadable,
    /// `iss` is not the provider's.
    Issuer,
    /// `aud` is not this client.
    Audience,
    /// `sub` is missing.
    Subject,
    /// `exp` has passed.
    Expired,
    /// `iat` or `nbf` is yet to come.
    NotYetValid,
    /// `nonce` is not the request's.
    Nonce,
}

impl std::fmt::Display for ClaimsError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Self::Unreadable => "the ID token cannot be read",
            Self::Issuer => "the ID token comes from another issuer",
            Self::Audience => "the ID token is meant for another application",
            Self::Subject => "the ID token names nobody",
            Self::Expired => "the ID token has expired",
            Self::NotYetValid => "the ID token is not valid yet",
            Self::Nonce => "the ID token answers another request",
        })
    }
}

/// What an ID token must agree with.
#[derive(Clone, Copy, Debug)]
pub struct Expected<'a> {
    /// The provider's issuer, with `{tenantid}` still in it where the provider writes that.
    pub issuer: &'a str,
    /// This client.
    pub client_id: &'a str,
    /// The request's nonce; a refreshed token has none to return.
    pub nonce: Option<&'a str>,
    /// Seconds since 1970.
    pub now: u64,
}

/// Clocks of browsers are wrong by minutes more often than tokens are stolen within them.
const CLOCK_SKEW_SECONDS: u64 = 300;

impl IdClaims {
    /// Reads the claims of a compact token without believing them yet.
    pub fn read(token: &str) -> Result<Self, ClaimsError> {
        let payload = token.split('.').nth(1).ok_or(ClaimsError::Unreadable)?;
        let bytes = URL_SAFE_NO_PAD
            .decode(payload)
            .map_err(|_| ClaimsError::Unreadable)?;
        serde_json::from_slice(&bytes).map_err(|_| ClaimsError::Unreadable)
    }

    /// Checks the claims against the request that they answer.
    pub fn check(&self, expected: Expected<'_>) -> Result<(), ClaimsError> {
        let issuer = match &self.tid {
            Some(tenant) => expected.issuer.replace("{tenantid}", tenant),
            None => expected.issuer.to_owned(),
        };
        if self.iss != issuer {
            return Err(ClaimsError::Issuer);
        }
        if !self.aud.includes(expected.client_id) {
            return Err(ClaimsError::Audience);
        }
        if self.sub.is_empty() {
            return Err(ClaimsError::Subject);
        }
        if self.exp.saturating_add(CLOCK_SKEW_SECONDS) < expected.now {
            return Err(ClaimsError::Expired);
        }
        let begin = self.nbf.unwrap_or_default().max(self.iat);
        if begin > expected.now.saturating_add(CLOCK_SKEW_SECONDS) {
            return Err(ClaimsError::NotYetValid);
        }
        if expected.nonce.is_some() && self.nonce.as_deref() != expected.nonce {
            return Err(ClaimsError::Nonce);
        }
        Ok(())
    }

    /// What tells the provider which account is meant.
    pub fn hint(&self) -> Option<&str> {
        let hint = self.login_hint.as_deref();
        hint.or_else(|| self.user_name())
    }

    /// The name to sign in with, which tells namesakes apart.
    pub fn user_name(&self) -> Option<&str> {
        let name = self.preferred_username.as_deref();
        name.or(self.upn.as_deref())
    }

    /// The name to greet with: display name, user name or subject.
    pub fn display_name(&self) -> &str {
        self.name
            .as_deref()
            .or_else(|| self.user_name())
            .unwrap_or(&self.sub)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const NOW: u64 = 1_700_000_000;

    fn token(claims: serde_json::Value) -> String {
        format!("e30.{}.sig", URL_SAFE_NO_PAD.encode(claims.to_string()))
    }

    fn good() -> serde_json::Value {
        json!({
            "iss": "https://idp.example/t1/v2.0", "aud": "fhir-spa", "sub": "s", "exp": NOW + 3600,
            "nonce": "n", "tid": "t1", "name": "Ada Admin", "roles": ["globalAdmin"],
            "fhirUser": "Practitioner/1"
        })
    }

    fn expected() -> Expected<'static> {
        Expected {
            issuer: "https://idp.example/{tenantid}/v2.0",
            client_id: "fhir-spa",
            nonce: Some("n"),
            now: NOW,
        }
    }

    fn checked(claims: serde_json::Value) -> Result<(), ClaimsError> {
        IdClaims::read(&token(claims))?.check(expected())
    }

    fn with(name: &str, value: serde_json::Value) -> serde_json::Value {
        let mut claims = good();
        claims[name] = value;
        claims
    }

    #[test]
    fn a_good_token_passes_and_names_its_owner() {
        let claims = IdClaims::read(&token(good())).unwrap();
        assert_eq!(claims.check(expected()), Ok(()));
        assert_eq!(claims.display_name(), "Ada Admin");
        assert_eq!(claims.roles, ["globalAdmin"]);
        assert_eq!(claims.fhir_user.as_deref(), Some("Practitioner/1"));
    }

    #[test]
    fn each_wrong_claim_is_told_apart() {
        assert_eq!(
            checked(with("iss", json!("https://idp.example/t2/v2.0"))),
            Err(ClaimsError::Issuer)
        );
        assert_eq!(
            checked(with("aud", json!("other"))),
            Err(ClaimsError::Audience)
        );
        assert_eq!(
            checked(with("exp", json!(NOW - 301))),
            Err(ClaimsError::Expired)
        );
        assert_eq!(checked(with("sub", json!(""))), Err(ClaimsError::Subject));
        for name in ["iat", "nbf"] {
            assert_eq!(
                checked(with(name, json!(NOW + 301))),
                Err(ClaimsError::NotYetValid),
                "{name}"
            );
        }
        assert_eq!(checked(with("nonce", json!("m"))), Err(ClaimsError::Nonce));
        assert_eq!(checked(with("nonce", json!(null))), Err(ClaimsError::Nonce));
    }

    #[test]
    fn a_list_of_audiences_may_include_the_client() {
        assert_eq!(checked(with("aud", json!(["other", "fhir-spa"]))), Ok(()));
    }

    #[test]
    fn a_clock_a_few_minutes_wrong_is_forgiven() {
        assert_eq!(checked(with("exp", json!(NOW - 299))), Ok(()));
        assert_eq!(checked(with("iat", json!(NOW + 299))), Ok(()));
    }

    #[test]
    fn a_refreshed_token_needs_no_nonce() {
        let claims = IdClaims::read(&token(with("nonce", json!(null)))).unwrap();
        let refreshed = Expected {
            nonce: None,
            ..expected()
        };
        assert_eq!(claims.check(refreshed), Ok(()));
    }

    #[test]
    fn text_that_is_no_token_is_unreadable() {
        for text in ["", "a", "a.b.c", "e30.e3", "..", "e30.MQ.x"] {
            assert_eq!(
                IdClaims::read(text).map(|_| ()),
                Err(ClaimsError::Unreadable),
                "{text}"
            );
        }
    }

    #[test]
    fn without_a_display_name_the_user_name_serves() {
        let claims: IdClaims =
            serde_json::from_value(json!({"sub": "s", "preferred_username": "ada@x"})).unwrap();
        assert_eq!(claims.display_name(), "ada@x");
        assert_eq!(claims.hint(), Some("ada@x"));
        let v1: IdClaims = serde_json::from_value(json!({"sub": "s", "upn": "ada@x"})).unwrap();
        assert_eq!((v1.display_name(), v1.hint()), ("ada@x", Some("ada@x")));
        assert_eq!(IdClaims::default().display_name(), "");
    }

    #[test]
    fn the_provider_s_own_hint_is_preferred() {
        let claims: IdClaims =
            serde_json::from_value(json!({"preferred_username": "ada@x", "login_hint": "O.x"}))
                .unwrap();
        assert_eq!(claims.hint(), Some("O.x"));
    }
}
