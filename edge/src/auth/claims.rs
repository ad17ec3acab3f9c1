//! The rules that the claims of a verified token must meet.

use super::Verifier;
use crate::config::Authority;
use serde_json::Value;

/// How far clocks may disagree, in seconds.
pub(super) const SKEW: i64 = 60;

/// What a checked token says of its bearer.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Claims {
    /// The provider that says all this.
    pub(super) issuer: String,
    /// The immutable id of the user or service at its provider.
    pub(super) object_id: String,
    /// Whether a service asks for itself, without a person.
    pub(super) is_service: bool,
    /// The provider's session, where it names one.
    pub(super) session: Option<String>,
    pub(super) roles: Vec<String>,
    pub(super) fhir_user: Option<String>,
    /// What the app asked for and got, separated by spaces.
    pub(super) scopes: String,
    /// When the token was issued, in seconds since 1970.
    pub(super) issued: Option<i64>,
    /// When the token ends, in seconds since 1970.
    pub(super) expires: i64,
}

/// Checks issuer, audience, lifetime and bearer of a token of `authority`, whose issuer is `issuer`.
/// What the authority may not say does not count.
///
/// # Errors
/// Which rule is broken, in words that end a sentence.
pub(super) fn check(
    claims: &Value,
    (authority, issuer): (&Authority, &str),
    verifier: &Verifier<'_>,
) -> Result<Claims, String> {
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    if text("iss") != Some(issuer) {
        return Err(format!(
            "the token is not from the issuer that this server trusts, {issuer}"
        ));
    }
    let audiences: Vec<&str> = match claims.get("aud") {
        Some(Value::String(audience)) => vec![audience],
        Some(Value::Array(audiences)) => audiences.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    if !audiences
        .iter()
        .any(|audience| verifier.is_audience(audience))
    {
        let own = verifier
            .security
            .audiences
            .first()
            .map_or(verifier.base_url, String::as_str);
        return Err(format!(
            "the token is not meant for this server; its audience (aud) must be {own}"
        ));
    }
    let now = verifier.now / 1000;
    let time = |name: &str| time(claims, name);
    let expires = time("exp")?.ok_or("the token has no end (exp)")?;
    if expires.saturating_add(SKEW) <= now {
        return Err("the token has expired".into());
    }
    if time("nbf")?.is_some_and(|start| start.saturating_sub(SKEW) > now) {
        return Err("the token is not valid yet (nbf)".into());
    }
    let issued = time("iat")?;
    if issued.is_some_and(|issued| issued.saturating_sub(SKEW) > now) {
        return Err("the token was issued in the future (iat)".into());
    }
    let object_id = text("oid")
        .or_else(|| text("sub"))
        .filter(|id| !id.is_empty());
    let object_id = object_id.ok_or("the token names nobody (oid or sub)")?;
    let fhir_user = text("fhirUser").or_else(|| text("extension_fhirUser"));
    Ok(Claims {
        issuer: issuer.to_owned(),
        object_id: object_id.to_owned(),
        is_service: is_service(claims),
        session: text("sid").map(str::to_owned),
        roles: roles(claims, authority, object_id),
        fhir_user: fhir_user
            .filter(|_| authority.names_fhir_users)
            .map(str::to_owned),
        scopes: scopes(claims),
        issued,
        expires,
    })
}

/// Whether the token is a service's own. Azure says so in `idtyp` where it is asked to; other
/// providers name the client as the subject. <https://www.rfc-editor.org/rfc/rfc9068#section-2.2>
fn is_service(claims: &Value) -> bool {
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    match text("idtyp") {
        Some(kind) => kind == "app",
        None => client(claims).is_some_and(|client| text("sub") == Some(client)),
    }
}

/// The client whose own token this is; `None` for a person's.
pub(super) fn service(claims: &Value) -> Option<String> {
    let client = client(claims).filter(|_| is_service(claims));
    client.map(ToOwned::to_owned)
}

fn client(claims: &Value) -> Option<&str> {
    let text = |name: &&str| claims.get(name).and_then(Value::as_str);
    ["azp", "appid", "client_id", "cid"].iter().find_map(text)
}

/// A time, in seconds since 1970; some providers write fractions.
pub(super) fn time(claims: &Value, name: &str) -> Result<Option<i64>, String> {
    let Some(value) = claims.get(name) else {
        return Ok(None);
    };
    let seconds = value
        .as_i64()
        .or_else(|| value.as_f64().map(|seconds| seconds as i64));
    let seconds = seconds.ok_or_else(|| format!("the claim `{name}` is not a time"))?;
    Ok(Some(seconds))
}

/// The scopes, under the first of the names that providers give them.
fn scopes(claims: &Value) -> String {
    let found = ["raw_scope", "scp", "scope"]
        .iter()
        .find_map(|name| claims.get(name));
    match found {
        Some(Value::String(scopes)) => scopes.clone(),
        Some(Value::Array(scopes)) => scopes
            .iter()
            .filter_map(Value::as_str)
            .collect::<Vec<_>>()
            .join(" "),
        _ => String::new(),
    }
}

/// The roles of the token that its authority may name. An object id that is not on the operator's
/// list has none: it is known, but permitted nothing (403, not 401).
fn roles(claims: &Value, authority: &Authority, object_id: &str) -> Vec<String> {
    let allowed = &authority.allowed_object_ids;
    if !allowed.is_empty() && !allowed.iter().any(|id| id.eq_ignore_ascii_case(object_id)) {
        return Vec::new();
    }
    let named = match claims.get("roles") {
        Some(Value::String(role)) => vec![role.as_str()],
        Some(Value::Array(roles)) => roles.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    let may_name = |role: &&str| {
        let mut ceiling = authority.roles.iter().flatten();
        authority.roles.is_none() || ceiling.any(|own| own.eq_ignore_ascii_case(role))
    };
    let named = named.into_iter().filter(may_name);
    named.map(ToOwned::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Roles, Security};
    use serde_json::json;

    const ISSUER: &str = "https://login.example/t/v2.0";

    fn reason(change: Value) -> Result<Claims, String> {
        let ids = vec!["O-1".to_owned()];
        check_as(&Authority::primary(ISSUER, None, ids), change)
    }

    fn check_as(authority: &Authority, change: Value) -> Result<Claims, String> {
        let mut claims = json!({"iss": ISSUER, "aud": "https://fhir.example", "exp": 2000,
            "nbf": 900, "iat": 900, "oid": "o-1", "roles": ["globalReader"]});
        for (name, value) in change.as_object().unwrap() {
            if value.is_null() {
                claims.as_object_mut().unwrap().remove(name);
            } else {
                claims[name] = value.clone();
            }
        }
        let security = Security {
            authority: None,
            authorities: Vec::new(),
            audiences: Vec::new(),
            roles: Roles::read(None).unwrap(),
        };
        let verifier = Verifier {
            security: &security,
            base_url: "https://fhir.example",
            own_base: "https://fhir.example",
            now: 1_000_000,
        };
        check(&claims, (authority, ISSUER), &verifier)
    }

    #[test]
    fn a_token_for_us_is_taken() {
        let claims = reason(json!({})).unwrap();
        assert_eq!((claims.object_id.as_str(), claims.roles.len()), ("o-1", 1));
        assert!(reason(json!({"aud": ["x", "https://fhir.example"]})).is_ok());
        assert!(reason(json!({"exp": 941})).is_ok(), "within the skew");
        assert!(reason(json!({"oid": null, "sub": "o-1"})).is_ok());
    }

    #[test]
    fn every_broken_rule_is_named() {
        let cases = [
            (json!({"iss": "https://login.example/t/v2.0/"}), "issuer"),
            (json!({"iss": null}), "issuer"),
            (json!({"aud": "https://fhir.example/"}), "audience"),
            (json!({"aud": null}), "audience"),
            (json!({"aud": []}), "audience"),
            (json!({"aud": {"a": "https://fhir.example"}}), "audience"),
            (json!({"exp": null}), "no end"),
            (json!({"exp": "soon"}), "not a time"),
            (json!({"exp": 940}), "expired"),
            (json!({"exp": -9_000_000_000_000_000_000_i64}), "expired"),
            (json!({"nbf": 1061}), "not valid yet"),
            (json!({"iat": 1061}), "future"),
            (json!({"oid": null}), "names nobody"),
            (json!({"oid": ""}), "names nobody"),
        ];
        for (change, expected) in cases {
            let message = reason(change.clone()).unwrap_err();
            assert!(message.contains(expected), "{change}: {message}");
        }
    }

    #[test]
    fn a_service_is_told_from_a_person() {
        for (change, expected) in [
            (json!({"idtyp": "app"}), true),
            (json!({"idtyp": "user", "sub": "a", "azp": "a"}), false),
            (json!({"sub": "a", "azp": "a"}), true),
            (json!({"sub": "a", "client_id": "a"}), true),
            (json!({"sub": "a", "azp": "b", "client_id": "a"}), false),
            (json!({"sub": "a"}), false),
            (json!({}), false),
        ] {
            let claims = reason(change.clone()).unwrap();
            assert_eq!(claims.is_service, expected, "{change}");
        }
    }

    #[test]
    fn an_object_id_off_the_list_has_no_roles() {
        assert!(reason(json!({"oid": "o-2"})).unwrap().roles.is_empty());
    }

    #[test]
    fn what_an_authority_may_not_say_does_not_count() {
        let said = json!({"oid": "o-2", "roles": ["GLOBALREADER", "globalAdmin"],
            "fhirUser": "Patient/1"});
        let authority = |roles: Option<&[&str]>, names_fhir_users| {
            let mut authority = Authority::primary(ISSUER, None, Vec::new());
            authority.roles =
                roles.map(|roles| roles.iter().map(|role| (*role).to_owned()).collect());
            authority.names_fhir_users = names_fhir_users;
            authority
        };
        let claims = check_as(&authority(None, true), said.clone()).unwrap();
        assert_eq!((claims.roles.len(), claims.fhir_user.is_some()), (2, true));
        let claims = check_as(&authority(Some(&["globalReader"]), false), said.clone()).unwrap();
        assert_eq!(claims.roles, ["GLOBALREADER"]);
        assert_eq!(claims.fhir_user, None);
        let claims = check_as(&authority(Some(&[]), true), said).unwrap();
        assert_eq!(claims.roles.len(), 0);
    }
}
