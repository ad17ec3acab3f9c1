//! `private_key_jwt`: an app or a service proves with a signed assertion that it is itself.
//! <https://hl7.org/fhir/smart-app-launch/client-confidential-asymmetric.html>

use super::key_set;
use crate::config::ClientKeys;
use crate::error::Error;
use crate::jose::jwt::{self, Unverified};
use crate::jose::{jwk, signature};
use serde_json::Value;

/// The longest that an assertion may last, in seconds.
const MAX_LIFETIME: i64 = 300;
/// How far clocks may disagree, in seconds.
const SKEW: i64 = 60;
const MAX_ID: usize = 256;

/// An assertion that was found right.
#[derive(Debug)]
pub(crate) struct Assertion {
    /// By what it is known that it was used.
    pub(crate) id: String,
    /// When it ends, in seconds since 1970, skew included.
    pub(crate) expires: i64,
}

/// The client that an assertion says it is of. Nothing is checked yet.
///
/// # Errors
/// Why it cannot be an assertion, in words that end a sentence.
pub(crate) fn stated_client(assertion: &str) -> Result<String, String> {
    let claims = jwt::parse(assertion)?.claims;
    let subject = claims.get("sub").and_then(Value::as_str);
    let subject = subject.ok_or("it names no client (`sub`)")?;
    Ok(subject.to_owned())
}

/// Checks an assertion of `client_id` for one of `audiences`, the token endpoint first, at `now`
/// (milliseconds).
///
/// # Errors
/// The inner one says what is wrong with it, in words that end a sentence.
pub(crate) async fn check_assertion(
    assertion: &str,
    (client_id, keys): (&str, &ClientKeys),
    audiences: &[String],
    now: i64,
) -> Result<Result<Assertion, String>, Error> {
    let token = match jwt::parse(assertion) {
        Ok(token) => token,
        Err(reason) => return Ok(Err(reason)),
    };
    // https://www.rfc-editor.org/rfc/rfc8725#section-3.11
    if !token.is_of_type(&["jwt", "client-authentication+jwt"]) {
        return Ok(Err("its `typ` must be JWT".into()));
    }
    let checked = check_claims(&token.claims, client_id, audiences, now / 1000)
        .and_then(|checked| check_key_address(&token, keys).map(|()| checked));
    let checked = match checked {
        Ok(checked) => checked,
        Err(reason) => return Ok(Err(reason)),
    };
    let key = match keys {
        ClientKeys::At(address) => key_set::published_key(address, &token, now).await?,
        ClientKeys::Registered(keys) => jwk::find(keys, &token),
    };
    let Some(key) = key else {
        let reason = "its key (`kid`) is not one that is registered for the client";
        return Ok(Err(reason.into()));
    };
    if !signature::verify(&key, &token).await? {
        return Ok(Err("its signature is wrong".into()));
    }
    Ok(Ok(checked))
}

/// `jku` may only repeat the address that is registered.
fn check_key_address(token: &Unverified<'_>, keys: &ClientKeys) -> Result<(), String> {
    match (&token.key_address, keys) {
        (None, _) => Ok(()),
        (Some(stated), ClientKeys::At(address)) if stated == address => Ok(()),
        _ => Err("its `jku` is not the address that is registered for the client".into()),
    }
}

fn check_claims(
    claims: &Value,
    client_id: &str,
    audiences: &[String],
    now: i64,
) -> Result<Assertion, String> {
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    for name in ["iss", "sub"] {
        if text(name) != Some(client_id) {
            return Err(format!("its `{name}` is not the client_id"));
        }
    }
    let is_own = |stated: &Value| audiences.iter().any(|own| stated.as_str() == Some(own));
    let is_for_us = match claims.get("aud") {
        Some(Value::Array(all)) => all.iter().any(is_own),
        Some(stated) => is_own(stated),
        None => false,
    };
    if !is_for_us {
        let audience = audiences.first().map_or("", String::as_str);
        return Err(format!("its `aud` must be the token endpoint, {audience}"));
    }
    let time = |name: &str| claims.get(name).and_then(Value::as_i64);
    let expires = time("exp").ok_or("it has no end (`exp`)")?;
    if expires.saturating_add(SKEW) <= now {
        return Err("it has expired".into());
    }
    if expires.saturating_sub(SKEW) > now + MAX_LIFETIME {
        return Err("its `exp` is more than five minutes away".into());
    }
    let begins = |name: &str| time(name).is_some_and(|time| time.saturating_sub(SKEW) > now);
    if begins("nbf") || begins("iat") {
        return Err("it is not valid yet".into());
    }
    let id = text("jti").filter(|id| (1..=MAX_ID).contains(&id.len()));
    let id = id.ok_or("it has no `jti` of 1 to 256 characters")?;
    Ok(Assertion {
        id: id.to_owned(),
        expires: expires.saturating_add(SKEW),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const AUDIENCE: &str = "https://fhir.example/AadSmartOnFhirProxy/token";

    const PAR: &str = "https://fhir.example/AadSmartOnFhirProxy/par";

    fn check(change: &Value) -> Result<Assertion, String> {
        let mut claims = json!({"iss": "svc", "sub": "svc", "aud": AUDIENCE, "exp": 1300,
            "iat": 1000, "jti": "1"});
        for (name, value) in change.as_object().unwrap() {
            claims[name] = value.clone();
        }
        let audiences = [AUDIENCE, PAR].map(ToOwned::to_owned);
        check_claims(&claims, "svc", &audiences, 1000)
    }

    #[test]
    fn an_assertion_of_the_client_for_this_endpoint_is_taken() {
        let taken = check(&json!({})).unwrap();
        assert_eq!((taken.id.as_str(), taken.expires), ("1", 1360));
        assert!(check(&json!({"aud": ["x", AUDIENCE]})).is_ok());
        assert!(check(&json!({"aud": PAR})).is_ok());
        assert!(check(&json!({"exp": 941, "iat": null})).is_ok(), "skew");
    }

    #[test]
    fn every_broken_rule_is_named() {
        let long = "x".repeat(257);
        for (change, expected) in [
            (json!({"iss": "other"}), "`iss`"),
            (json!({"sub": null}), "`sub`"),
            (json!({"aud": "https://fhir.example"}), "`aud`"),
            (json!({"aud": []}), "`aud`"),
            (json!({"exp": null}), "no end"),
            (json!({"exp": "1300"}), "no end"),
            (json!({"exp": 940}), "expired"),
            (json!({"exp": i64::MIN}), "expired"),
            (json!({"exp": 1361}), "five minutes"),
            (json!({"exp": i64::MAX}), "five minutes"),
            (json!({"nbf": 1061}), "not valid yet"),
            (json!({"iat": 1061}), "not valid yet"),
            (json!({"jti": null}), "`jti`"),
            (json!({"jti": ""}), "`jti`"),
            (json!({"jti": long}), "`jti`"),
            (json!({"jti": 1}), "`jti`"),
        ] {
            let message = check(&change).unwrap_err();
            assert!(message.contains(expected), "{change}: {message}");
        }
    }
}
