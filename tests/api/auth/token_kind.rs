//! Tokens that the provider signed rightly, but for another use: none is an access token.
//! <https://www.rfc-editor.org/rfc/rfc8725#section-3.11>

use api::{Server, assert_outcome};
use serde_json::{Value, json};

/// What is wrong with a token, the token, and what the refusal says.
type Forged = (String, String, &'static str);

/// Tokens that the provider signed for another use.
fn of_other_uses(server: &Server) -> Vec<Forged> {
    let types = [
        json!("logout+jwt"),
        json!("secevent+jwt"),
        json!("dpop+jwt"),
        json!("application/logout+jwt"),
        json!("DPoP+JWT"),
        json!("JOSE"),
        json!(""),
        json!(7),
    ];
    let of_type = |typ: Value| {
        let token = server.forgery().header("typ", typ.clone()).sign();
        (format!("typ {typ}"), token, "its `typ` must be")
    };
    let mut forged: Vec<Forged> = types.map(of_type).into();
    // An ID token whose audience is right by accident: client and server are one registration.
    let id_token = server.forgery().claim("scp", Value::Null);
    let with_nonce = id_token.clone().claim("nonce", json!("n-1"));
    let of_code = id_token.claim("at_hash", json!("h"));
    let keycloak = |kind: &str| server.forgery().claim("typ", json!(kind));
    let events = json!({ "http://schemas.openid.net/event/backchannel-logout": {} });
    for (wrong, token) in [
        ("an ID token with its nonce", with_nonce),
        ("an ID token with the hash of an access token", of_code),
        ("an ID token of Keycloak", keycloak("ID")),
        ("a refresh token of Keycloak", keycloak("Refresh")),
        (
            "an ID token of Cognito",
            server.forgery().claim("token_use", json!("id")),
        ),
        (
            "a logout token without a type",
            server.forgery().claim("events", events),
        ),
    ] {
        forged.push((wrong.into(), token.sign(), "not an access token"));
    }
    forged
}

#[test]
fn access_tokens_are_taken_by_every_name_that_they_have() {
    let server = Server::shared();
    for typ in ["JWT", "jwt", "at+jwt", "AT+JWT", "application/at+jwt"] {
        let token = server.forgery().header("typ", json!(typ)).sign();
        server.bearing(&token).get("/Patient?_count=1").expect(200);
    }
}

#[test]
fn a_token_of_another_use_is_refused() {
    let server = Server::shared();
    for (wrong, token, reason) in of_other_uses(server) {
        let answer = server.bearing(&token).get("/Patient?_count=1");
        assert_eq!(answer.status, 401, "{wrong}: {answer}");
        assert_outcome(&answer, 401, "login", reason);
        let challenge = answer.header("www-authenticate").expect("a challenge");
        assert!(challenge.contains("error=\"invalid_token\""), "{wrong}");
    }
}
