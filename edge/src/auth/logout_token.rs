//! Logout tokens: an identity provider tells that somebody has signed out there.
//! <https://openid.net/specs/openid-connect-backchannel-1_0.html#LogoutToken>

use super::claims::{self, SKEW};
use super::{Verifier, key_set, trusted_issuer};
use crate::error::Error;
use crate::jose::{jwt, signature};
use serde_json::Value;

const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";
/// How old such a token may be, in seconds.
const FRESH: i64 = 300;
const MAX_ID: usize = 256;

/// Who signed out, and when.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct LogoutToken {
    /// The provider that says so.
    pub(crate) issuer: String,
    pub(crate) who: SignedOut,
    /// What was issued before, in milliseconds since 1970, has ended.
    pub(crate) not_before: i64,
    /// By what it is known that the token was used.
    pub(crate) id: String,
    /// From when on the token is too old, in milliseconds since 1970.
    pub(crate) expires: i64,
}

/// Whose sessions have ended.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum SignedOut {
    /// All of a person, by the id at the provider.
    Person(String),
    /// One session of the provider.
    Session(String),
}

/// Checks a logout token for one of the clients that `is_ours` knows.
///
/// # Errors
/// The inner one says what is wrong with it, in words that end a sentence.
pub(crate) async fn check_logout_token(
    verifier: &Verifier<'_>,
    token: &str,
    is_ours: impl Fn(&str) -> bool,
) -> Result<Result<LogoutToken, String>, Error> {
    let token = match jwt::parse(token) {
        Ok(token) => token,
        Err(reason) => return Ok(Err(reason)),
    };
    if !token.is_of_type(&["jwt", "logout+jwt"]) {
        return Ok(Err("its `typ` must be logout+jwt".into()));
    }
    let trusted = match trusted_issuer(verifier, &token).await? {
        Ok(trusted) => trusted,
        Err(reason) => return Ok(Err(reason)),
    };
    let key = key_set::published_key(&trusted.jwks_uri, &token, verifier.now).await?;
    let Some(key) = key else {
        return Ok(Err("the provider does not publish its key".into()));
    };
    if !signature::verify(&key, &token).await? {
        return Ok(Err("its signature is wrong".into()));
    }
    let now = verifier.now / 1000;
    Ok(check(&token.claims, &trusted.issuer, is_ours, now))
}

/// <https://openid.net/specs/openid-connect-backchannel-1_0.html#Validation>
fn check(
    claims: &Value,
    issuer: &str,
    is_ours: impl Fn(&str) -> bool,
    now: i64,
) -> Result<LogoutToken, String> {
    let text = |name: &str| {
        let value = claims.get(name).and_then(Value::as_str);
        value.filter(|value| !value.is_empty())
    };
    let is_for_us = match claims.get("aud") {
        Some(Value::String(stated)) => is_ours(stated),
        Some(Value::Array(all)) => all.iter().filter_map(Value::as_str).any(is_ours),
        _ => false,
    };
    if !is_for_us {
        return Err("its `aud` is not a client of this server".into());
    }
    let issued =
        claims::time(claims, "iat")?.ok_or("it does not say when it was issued (`iat`)")?;
    if issued.saturating_sub(SKEW) > now || issued.saturating_add(FRESH + SKEW) <= now {
        return Err("it was issued too long ago, or in the future (`iat`)".into());
    }
    if claims::time(claims, "exp")?.is_some_and(|ends| ends.saturating_add(SKEW) <= now) {
        return Err("it has expired".into());
    }
    let id = text("jti").filter(|id| id.len() <= MAX_ID);
    let id = id.ok_or("it has no `jti` of 1 to 256 characters")?;
    let event = claims.get("events").and_then(|events| events.get(EVENT));
    if !event.is_some_and(Value::is_object) {
        return Err(format!("its `events` do not hold {EVENT}"));
    }
    // An ID token of the same client must not sign anybody out.
    if claims.get("nonce").is_some() {
        return Err("it has a `nonce`, which a logout token never has".into());
    }
    let person = text("oid").or_else(|| text("sub"));
    let who = match (person, text("sid")) {
        (Some(person), _) => SignedOut::Person(person.to_owned()),
        (None, Some(session)) => SignedOut::Session(session.to_owned()),
        (None, None) => return Err("it names nobody (`sub` or `sid`)".into()),
    };
    Ok(LogoutToken {
        issuer: issuer.to_owned(),
        who,
        // By the provider's own clock, as what it issued; times there are whole seconds.
        not_before: issued.saturating_add(1).saturating_mul(1000),
        id: id.to_owned(),
        expires: issued.saturating_add(FRESH + SKEW).saturating_mul(1000),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn checked(change: &Value) -> Result<LogoutToken, String> {
        let mut claims = json!({"iss": "i", "aud": "app", "iat": 1000, "exp": 1120, "jti": "1",
            "sub": "p", "sid": "s", "events": { EVENT: {} }});
        for (name, value) in change.as_object().unwrap() {
            if value.is_null() {
                claims.as_object_mut().unwrap().remove(name);
            } else {
                claims[name] = value.clone();
            }
        }
        check(&claims, "i", |client| client == "app", 1000)
    }

    #[test]
    fn a_logout_token_names_a_person_or_a_session() {
        let token = checked(&json!({})).unwrap();
        assert_eq!(token.who, SignedOut::Person("p".into()));
        assert_eq!((token.not_before, token.expires), (1_001_000, 1_360_000));
        let token = checked(&json!({"oid": "o", "aud": ["x", "app"]})).unwrap();
        assert_eq!(token.who, SignedOut::Person("o".into()));
        let token = checked(&json!({"sub": null, "exp": null})).unwrap();
        assert_eq!(token.who, SignedOut::Session("s".into()));
    }

    #[test]
    fn every_broken_rule_is_named() {
        for (change, expected) in [
            (json!({"aud": "other"}), "`aud`"),
            (json!({"aud": null}), "`aud`"),
            (json!({"aud": [["app"]]}), "`aud`"),
            (json!({"iat": null}), "`iat`"),
            (json!({"iat": "now"}), "`iat`"),
            (json!({"iat": 1061}), "future"),
            (json!({"iat": 640}), "too long ago"),
            (json!({"iat": i64::MIN}), "too long ago"),
            (json!({"iat": i64::MAX}), "future"),
            (json!({"exp": 940}), "expired"),
            (json!({"jti": null}), "`jti`"),
            (json!({"jti": ""}), "`jti`"),
            (json!({"jti": "x".repeat(257)}), "`jti`"),
            (json!({"events": null}), "`events`"),
            (json!({"events": {}}), "`events`"),
            (json!({"events": [EVENT]}), "`events`"),
            (json!({"events": { EVENT: true }}), "`events`"),
            (json!({"nonce": "n"}), "`nonce`"),
            (json!({"sub": null, "sid": null}), "names nobody"),
            (json!({"sub": "", "sid": 1}), "names nobody"),
        ] {
            let message = checked(&change).unwrap_err();
            assert!(message.contains(expected), "{change}: {message}");
        }
    }
}
