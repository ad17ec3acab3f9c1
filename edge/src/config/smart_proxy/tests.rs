//! What the operator writes about apps and services, case by case.
//! <https://www.rfc-editor.org/rfc/rfc7591#section-2>

use super::*;

fn proxy(uris: &[&str]) -> Result<SmartProxy, String> {
    let clients = serde_json::json!([{ "clientId": "app", "redirectUris": uris }]).to_string();
    read(&clients)
}

fn read(clients: &str) -> Result<SmartProxy, String> {
    let get = |name: &str| (name == "SMART_CLIENTS").then(|| clients.to_owned());
    SmartProxy::read(&get, &Roles::read(None)?)
}

#[test]
fn only_registered_addresses_are_redirected_to() {
    let proxy = proxy(&["https://app.example/cb", "http://localhost:3000/cb?x=1"]).unwrap();
    let allowed = [
        "https://app.example/cb",
        "http://localhost:3000/cb?x=1",
        "http://localhost:9/cb?x=1",
        "http://localhost/cb?x=1",
    ];
    for uri in allowed {
        assert!(proxy.allows("app", uri), "{uri}");
    }
    for uri in [
        "",
        "https://app.example/cb/",
        "https://app.example/cb?x",
        "https://app.example/CB",
        "https://APP.example/cb",
        "http://app.example/cb",
        "https://app.example:443/cb",
        "https://app.example:444/cb",
        "https://app.example.evil/cb",
        "https://evil/app.example/cb",
        "https://app.example@evil/cb",
        "https://user@app.example/cb",
        "https://app.example/cb#x",
        "https://app.example/cb/../x",
        "https://app.example/%63b",
        "https://app.example\\/cb",
        "https:/app.example/cb",
        "https:app.example/cb",
        "//app.example/cb",
        "/cb",
        "javascript:alert(1)",
        "data:text/html,x",
        "https://app.example/cb\r\nx: y",
        "https://app.example/cb ",
        " https://app.example/cb",
        "https://app.example/cb\u{0}",
        "https://xn--pp-cja.example/cb",
        "https://\u{430}pp.example/cb",
        "http://localhost:3000/cb",
        "http://localhost:3000/cb?x=2",
        "https://localhost:3000/cb?x=1",
        "http://localhost:3000@evil/cb?x=1",
        "http://localhost.evil:3000/cb?x=1",
        "http://127.0.0.1:3000/cb?x=1",
        "http://localhost:3000evil/cb?x=1",
        "ftp://app.example/cb",
        "custom:cb",
    ] {
        assert!(!proxy.allows("app", uri), "{uri}");
    }
    assert!(!proxy.allows("other", "https://app.example/cb"));
    assert!(!proxy.allows("", "https://app.example/cb"));
}

#[test]
fn unsafe_registrations_are_refused_at_the_start() {
    for uri in [
        "http://app.example/cb",
        "javascript:x",
        "https://a@b/",
        "https://a/#x",
        "https://",
    ] {
        assert!(proxy(&[uri]).unwrap_err().contains("redirect URI"), "{uri}");
    }
    assert!(read("{}").unwrap_err().contains("JSON array"));
}

#[test]
fn a_backend_service_needs_keys_roles_and_system_scopes() {
    let key = r#"{"keys":[{"kty":"RSA","kid":"1","n":"n","e":"AQAB"}]}"#;
    let right = format!(
        r#"[{{"clientId":"a","jwks":{key},"roles":["globalReader"],"scope":"system/*.rs"}},
            {{"clientId":"b","jwksUri":"https://b.example/jwks","redirectUris":[]}}]"#
    );
    let proxy = read(&right).unwrap();
    assert!(proxy.has_keys() && proxy.client("a").unwrap().service.is_some());
    assert!(proxy.client("b").unwrap().service.is_none());
    for (members, expected) in [
        (
            r#""roles":["globalReader"],"scope":"system/*.rs""#.to_owned(),
            "needs roles",
        ),
        (
            format!(r#""jwks":{key},"roles":["globalReader"]"#),
            "needs roles",
        ),
        (
            format!(r#""jwks":{key},"scope":"system/*.rs""#),
            "needs roles",
        ),
        (
            format!(r#""jwks":{key},"roles":["king"],"scope":"system/*.rs""#),
            "`king`",
        ),
        (
            format!(r#""jwks":{key},"roles":["globalReader"],"scope":"user/*.rs""#),
            "system scopes",
        ),
        (
            format!(r#""jwks":{key},"roles":["globalReader"],"scope":"openid""#),
            "system scopes",
        ),
        (
            format!(r#""jwks":{key},"roles":["globalReader"],"scope":"system/*.x""#),
            "must end in",
        ),
        (format!(r#""jwks":{key},"jwksUri":"https://a""#), "both"),
        (r#""jwks":{"keys":[]}"#.to_owned(), "no signature key"),
        (
            r#""jwksUri":"http://a.example/""#.to_owned(),
            "must be https",
        ),
        (r#""colour":"red""#.to_owned(), "colour"),
    ] {
        let message = read(&format!(r#"[{{"clientId":"a",{members}}}]"#)).unwrap_err();
        assert!(message.contains(expected), "{members}: {message}");
    }
    let twice = r#"[{"clientId":"a"},{"clientId":"a"}]"#;
    assert!(read(twice).unwrap_err().contains("is registered twice"));
}

#[test]
fn only_an_issuer_in_every_answer_is_always_there() {
    let with = r#"{"clientId":"a","redirectUris":["https://a/"],"authorizationResponseIss":true}"#;
    let without = r#"{"clientId":"b","redirectUris":["https://b/"]}"#;
    let service = r#"{"clientId":"c","introspect":true}"#;
    for (clients, expected) in [
        (vec![], false),
        (vec![service], false),
        (vec![with], true),
        (vec![with, service], true),
        (vec![with, without], false),
    ] {
        let proxy = read(&format!("[{}]", clients.join(","))).unwrap();
        assert_eq!(proxy.always_answers_with_issuer(), expected, "{clients:?}");
    }
}

#[test]
fn a_ceiling_is_of_scopes_for_resources() {
    let ceiling = |scopes: &str| {
        let clients = serde_json::json!([{ "clientId": "a", "scopeCeiling": scopes }]);
        read(&clients.to_string())
    };
    for right in ["patient/*.rs", "patient/*.cruds user/Practitioner.read"] {
        let proxy = ceiling(right).unwrap();
        let client = proxy.client("a").unwrap();
        assert_eq!(client.scope_ceiling.as_deref(), Some(right));
    }
    for (wrong, expected) in [
        ("", "empty"),
        (" ", "empty"),
        ("openid patient/*.rs", "`openid`"),
        ("patient/*.rs system/*.rs", "`system/*.rs`"),
        ("user_impersonation", "`user_impersonation`"),
        ("patient/*.sr", "must end in"),
    ] {
        let message = ceiling(wrong).unwrap_err();
        assert!(message.contains(expected), "{wrong}: {message}");
    }
}

#[test]
fn unsigned_launches_are_taken_unless_switched_off() {
    let takes = |value: Option<&str>| {
        let get = |name: &str| {
            let value = value.filter(|_| name == "SMART_UNSIGNED_LAUNCH");
            value.map(ToOwned::to_owned)
        };
        let proxy = SmartProxy::read(&get, &Roles::read(None)?)?;
        Ok::<_, String>(proxy.takes_unsigned_launches)
    };
    assert_eq!(takes(None), Ok(true));
    assert_eq!(takes(Some("on")), Ok(true));
    assert_eq!(takes(Some("off")), Ok(false));
    assert!(
        takes(Some("no"))
            .unwrap_err()
            .contains("SMART_UNSIGNED_LAUNCH")
    );
}

#[test]
fn secrets_are_not_shown() {
    let get = |value: &'static str| {
        move |name: &str| (name == "SMART_CLIENT_SECRETS").then(|| value.to_owned())
    };
    let roles = Roles::read(None).unwrap();
    let proxy = SmartProxy::read(&get(r#"{"a":"hush"}"#), &roles).unwrap();
    assert_eq!(proxy.secret("a"), Some("hush"));
    assert!(!format!("{proxy:?}").contains("hush"));
    let broken = SmartProxy::read(&get(r#"{"a":"hush"#), &roles).unwrap_err();
    assert!(!broken.contains("hush"), "{broken}");
}
