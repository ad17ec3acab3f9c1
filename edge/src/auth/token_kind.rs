//! What a JWT is for. One that was made for another use is never taken as an access token, however
//! rightly it is signed. <https://www.rfc-editor.org/rfc/rfc8725#section-3.11>

use crate::jose::jwt::Unverified;
use serde_json::Value;

/// Members that only an ID token has. <https://openid.net/specs/openid-connect-core-1_0.html#IDToken>
const OF_ID_TOKENS: [&str; 3] = ["at_hash", "c_hash", "s_hash"];
/// Where providers name the scopes of an access token.
const SCOPES: [&str; 3] = ["raw_scope", "scp", "scope"];

impl Unverified<'_> {
    /// Whether the header names one of these media types, without regard to case and with or
    /// without `application/`. One that names none may be of any.
    /// <https://www.rfc-editor.org/rfc/rfc7515#section-4.1.9>
    pub(super) fn is_of_type(&self, types: &[&str]) -> bool {
        let Some(stated) = &self.media_type else {
            return true;
        };
        let stated = stated.to_ascii_lowercase();
        let short = stated.strip_prefix("application/").unwrap_or(&stated);
        types.contains(&short)
    }
}

/// Checks that a token can be an access token.
///
/// # Errors
/// What it is instead, in words that end a sentence.
pub(super) fn check_access_token(token: &Unverified<'_>) -> Result<(), String> {
    if !token.is_of_type(&["jwt", "at+jwt"]) {
        return Err("the token is not an access token: its `typ` must be at+jwt or JWT".into());
    }
    let text = |name: &str| token.claims.get(name).and_then(Value::as_str);
    let has = |name: &&str| token.claims.get(*name).is_some();
    // Keycloak says in the claim `typ` what a token is.
    // https://www.keycloak.org/docs/latest/server_admin/#_token-types
    let is_keycloak_s = text("typ").is_some_and(|kind| {
        let others = ["ID", "Refresh", "Offline", "Logout"];
        others.iter().any(|other| kind.eq_ignore_ascii_case(other))
    });
    // Cognito does so in `token_use`.
    let is_of_other_use = text("token_use").is_some_and(|kind| kind != "access");
    // An app's nonce comes back in its ID token; some providers repeat it in an access token, which
    // has scopes. https://openid.net/specs/openid-connect-core-1_0.html#NonceNotes
    let is_answer = has(&"nonce") && !SCOPES.iter().any(has);
    if is_keycloak_s || is_of_other_use || is_answer || OF_ID_TOKENS.iter().any(has) {
        return Err("the token is not an access token but an ID token or its like".into());
    }
    // https://www.rfc-editor.org/rfc/rfc8417#section-2.2
    if has(&"events") {
        return Err("the token is not an access token but tells of an event".into());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jose::jwt::parse;
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use serde_json::json;

    fn check(header: &Value, claims: &Value) -> Result<(), String> {
        let mut whole = json!({ "alg": "RS256", "kid": "1" });
        for (name, value) in header.as_object().unwrap() {
            whole[name] = value.clone();
        }
        let encode = |part: &Value| URL_SAFE_NO_PAD.encode(part.to_string());
        let token = format!("{}.{}.c2ln", encode(&whole), encode(claims));
        parse(&token).and_then(|token| check_access_token(&token))
    }

    #[test]
    fn an_access_token_says_so_or_nothing() {
        for header in [
            json!({}),
            json!({"typ": "JWT"}),
            json!({"typ": "jwt"}),
            json!({"typ": "at+jwt"}),
            json!({"typ": "AT+JWT"}),
            json!({"typ": "application/at+jwt"}),
            json!({"typ": "Application/JWT"}),
        ] {
            assert_eq!(check(&header, &json!({})), Ok(()), "{header}");
        }
        for claims in [
            json!({"nonce": "n", "scp": "openid"}),
            json!({"nonce": "n", "scope": ""}),
            json!({"typ": "Bearer"}),
            json!({"token_use": "access"}),
        ] {
            assert_eq!(check(&json!({}), &claims), Ok(()), "{claims}");
        }
    }

    #[test]
    fn what_is_made_for_another_use_is_named() {
        for typ in [
            json!("logout+jwt"),
            json!("secevent+jwt"),
            json!("dpop+jwt"),
            json!("application/dpop+jwt"),
            json!("id_token"),
            json!(" JWT"),
            json!("application/application/jwt"),
            json!(""),
            json!(1),
            json!(["JWT"]),
            json!(null),
        ] {
            let message = check(&json!({ "typ": typ }), &json!({})).unwrap_err();
            assert!(message.contains("`typ`"), "{typ}: {message}");
        }
        for claims in [
            json!({"nonce": "n"}),
            json!({"at_hash": "h", "scp": "openid"}),
            json!({"c_hash": "h"}),
            json!({"s_hash": "h"}),
            json!({"token_use": "id"}),
            json!({"typ": "ID"}),
            json!({"typ": "Refresh", "scope": "openid"}),
            json!({"typ": "Offline"}),
            json!({"typ": "logout"}),
            json!({"events": {}}),
        ] {
            let message = check(&json!({}), &claims).unwrap_err();
            assert!(message.contains("not an access token"), "{claims}");
        }
    }
}
