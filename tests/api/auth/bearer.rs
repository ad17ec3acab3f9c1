//! Tokens that are refused, each with 401, a challenge and the reason.

use api::{Answer, Server, assert_outcome, assert_search_finds};
use serde_json::{Value, json};
use std::time::{SystemTime, UNIX_EPOCH};

#[track_caller]
fn assert_unauthenticated(server: &Server, answer: &Answer, reason: &str) {
    assert_outcome(answer, 401, "login", reason);
    let challenge = answer.header("www-authenticate").expect("a challenge");
    let start = format!(
        "Bearer authorization_uri=\"{}\", resource_id=\"{}\", realm=\"{}\"",
        server.authority, server.base, server.base
    );
    assert!(challenge.starts_with(&start), "{challenge}");
}

#[track_caller]
fn assert_token_refused(server: &Server, token: &str, reason: &str) {
    let answer = server.bearing(token).get("/Patient?_count=1");
    assert_unauthenticated(server, &answer, reason);
    let challenge = answer.header("www-authenticate").unwrap();
    assert!(challenge.contains("error=\"invalid_token\""), "{challenge}");
    assert!(
        !answer.text.contains(token) || token.len() < 8,
        "the token is not repeated"
    );
}

fn now() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap()
        .as_secs()
}

#[test]
fn without_a_token_everything_but_the_open_routes_is_refused() {
    let server = Server::shared();
    let client = server.anonymous();
    for (method, path) in [
        ("GET", "/Patient"),
        ("GET", "/Patient/1"),
        ("GET", "/Patient/1/_history"),
        ("GET", "/Patient/1/_history/1"),
        ("POST", "/Patient"),
        ("POST", "/Patient/_search"),
        ("PUT", "/Patient/1"),
        ("DELETE", "/Patient/1"),
        ("POST", "/"),
        ("GET", "/Nonsense"),
        ("GET", "/nothing/here"),
        ("POST", "/fault/panic"),
    ] {
        let answer = client.request(method, path).send();
        assert_unauthenticated(server, &answer, "no Authorization header");
        let challenge = answer.header("www-authenticate").unwrap();
        assert!(
            !challenge.contains("error="),
            "no error code without a token: {challenge}"
        );
    }
    for path in [
        "/metadata",
        "/$versions",
        "/health/check",
        "/app/config.json",
        "/app/",
    ] {
        client.get(path).expect(200);
        server.bearing("garbage").get(path).expect(200);
    }
}

#[test]
fn a_header_that_holds_no_bearer_token_is_refused() {
    let server = Server::shared();
    let token = server.service_token("svc-client");
    for (value, reason) in [
        ("Basic dXNlcjpwYXNz".to_owned(), "scheme Bearer"),
        (token.clone(), "scheme Bearer"),
        ("Bearer".to_owned(), "empty"),
        (format!("Bearer {}", "x".repeat(17_000)), "too long"),
        (format!("Bearer {token} {token}"), "not"),
    ] {
        let request = server
            .anonymous()
            .request("GET", "/Patient")
            .header("authorization", &value);
        assert_unauthenticated(server, &request.send(), reason);
    }
    let request = server.anonymous().request("GET", "/Patient");
    request
        .header("authorization", &format!("bearer {token}"))
        .send()
        .expect(200);
}

#[test]
fn a_token_in_the_address_is_refused_whatever_else_is_sent() {
    let server = Server::shared();
    let token = server.service_token("svc-client");
    for path in [
        format!("/Patient?access_token={token}"),
        format!("/Patient/{token}"),
        format!("/Patient?name=x&y={token}"),
    ] {
        for client in [server.anonymous(), server.admin()] {
            let answer = client.get(&path);
            assert_outcome(&answer, 400, "invalid", "Authorization header");
            assert!(!answer.text.contains(&token), "the token is not repeated");
        }
    }
}

#[test]
fn what_is_no_token_is_refused() {
    let server = Server::shared();
    let real = server.service_token("svc-client");
    let parts: Vec<&str> = real.split('.').collect();
    let [header, claims, signature] = parts.as_slice() else {
        panic!("three parts");
    };
    for token in [
        "garbage".to_owned(),
        "a.b".to_owned(),
        "a.b.c".to_owned(),
        "a.b.c.d.e".to_owned(),
        "..".to_owned(),
        format!("{header}.{claims}"),
        format!("{header}.{claims}."),
        format!("{header}..{signature}"),
        format!(".{claims}.{signature}"),
        format!("{claims}.{header}.{signature}"),
        format!("{header}.{claims}.{signature}=="),
        format!("{header}.{claims}.{signature}.x"),
        format!("{header}=.{claims}.{signature}"),
        format!("{header}.{claims}.{}", &signature[..signature.len() - 4]),
        format!("{header}.{claims}.{}", "A".repeat(signature.len())),
        format!("{header}.{claims}x.{signature}"),
        format!("{header}.{claims}.!{signature}"),
        real.to_uppercase(),
    ] {
        assert_token_refused(server, &token, "Authentication failed: the");
    }
}

#[test]
fn claims_that_are_wrong_are_refused_with_the_reason() {
    let server = Server::shared();
    let base = &server.base;
    let cases: Vec<(&str, Value, &str)> = vec![
        ("exp", json!(now() - 3600), "expired"),
        ("exp", json!(now() - 61), "expired"),
        ("exp", json!(0), "expired"),
        ("exp", json!(-1), "expired"),
        ("exp", Value::Null, "no end (exp)"),
        ("exp", json!("tomorrow"), "not a time"),
        ("nbf", json!(now() + 3600), "not valid yet"),
        ("iat", json!(now() + 3600), "future"),
        ("aud", json!("https://other.example"), "audience"),
        ("aud", json!(format!("{base}/")), "audience"),
        ("aud", json!(base.to_uppercase()), "audience"),
        ("aud", json!(["https://other.example"]), "audience"),
        ("aud", json!([]), "audience"),
        ("aud", json!({ "0": base }), "audience"),
        ("aud", json!(7), "audience"),
        ("aud", Value::Null, "audience"),
        ("iss", json!("https://login.example/v2.0"), "issuer"),
        ("iss", json!(format!("{}/", server.authority)), "issuer"),
        (
            "iss",
            json!(server.authority.replace("/v2.0", "")),
            "issuer",
        ),
        (
            "iss",
            json!(server.authority.replace("1111", "2222")),
            "issuer",
        ),
        ("iss", json!([server.authority]), "issuer"),
        ("iss", Value::Null, "issuer"),
    ];
    for (claim, value, reason) in cases {
        let token = server.forgery().claim(claim, value.clone()).sign();
        assert_token_refused(server, &token, reason);
    }
    let nobody = server
        .forgery()
        .claim("oid", Value::Null)
        .claim("sub", Value::Null);
    assert_token_refused(server, &nobody.sign(), "names nobody");
    let number = server
        .forgery()
        .claim("oid", json!(7))
        .claim("sub", json!(""));
    assert_token_refused(server, &number.sign(), "names nobody");
}

#[test]
fn clocks_may_disagree_by_a_minute() {
    let server = Server::shared();
    let forgery = server.forgery();
    for forgery in [
        forgery.clone().claim("exp", json!(now() - 30)),
        forgery
            .clone()
            .claim("nbf", json!(now() + 30))
            .claim("iat", json!(now() + 30)),
        forgery.claim("aud", json!(["https://other.example", server.base])),
    ] {
        server
            .bearing(&forgery.sign())
            .get("/Patient?_count=1")
            .expect(200);
    }
}

#[test]
fn headers_that_are_wrong_are_refused() {
    let server = Server::shared();
    let forgery = server.forgery();
    for (name, value) in [
        ("alg", json!("none")),
        ("alg", json!("None")),
        ("alg", json!("NONE")),
        ("alg", json!("HS256")),
        ("alg", json!("rs256")),
        ("alg", json!("")),
        ("alg", Value::Null),
        ("alg", json!(["RS256"])),
        ("alg", json!("RS384")),
        ("alg", json!("PS256")),
        ("alg", json!("ES256")),
        ("kid", json!("unknown")),
        ("kid", json!("")),
        ("kid", Value::Null),
        ("kid", json!(1)),
        ("kid", json!("../../etc/passwd")),
        ("kid", json!("' OR 1=1 --")),
        ("kid", json!("x".repeat(600))),
        ("kid", json!("\u{0}ключ")),
        ("crit", json!(["exp"])),
        ("crit", json!([])),
    ] {
        let token = forgery.clone().header(name, value).sign();
        assert_token_refused(server, &token, "Authentication failed: the");
    }
}

#[test]
fn signatures_that_are_none_of_the_providers_are_refused() {
    let server = Server::shared();
    let foreign = server.forgery().foreign_key().sign();
    assert_token_refused(server, &foreign, "signature of the token is wrong");
    let kid = {
        use base64::Engine;
        let real = server.service_token("svc-client");
        let header = real.split('.').next().unwrap();
        let header = base64::engine::general_purpose::URL_SAFE_NO_PAD
            .decode(header)
            .unwrap();
        serde_json::from_slice::<Value>(&header).unwrap()["kid"].clone()
    };
    for (alg, signature) in [
        ("none", &b""[..]),
        ("RS256", b""),
        ("RS256", &[0; 256]),
        ("RS256", &[255; 256]),
        ("HS256", &[7; 32]),
        ("ES256", &[0; 64]),
    ] {
        let header = json!({ "alg": alg, "typ": "JWT", "kid": kid });
        let token = server.forgery().unsigned(&header, signature);
        assert_token_refused(server, &token, "Authentication failed: the");
    }
    let own_key = json!({ "alg": "RS256", "kid": kid, "jku": "http://localhost:1/keys", "x5u": "http://localhost:1/x",
        "jwk": { "kty": "RSA", "n": "AQAB", "e": "AQAB" } });
    let token = server.forgery().unsigned(&own_key, &[1; 256]);
    assert_token_refused(server, &token, "signature of the token is wrong");
}

#[test]
fn claims_of_another_token_do_not_fit_a_signature() {
    let server = Server::shared();
    let (reader, admin) = (
        server.service_token("svc-reader"),
        server.service_token("svc-client"),
    );
    let parts = |token: &str| token.split('.').map(ToOwned::to_owned).collect::<Vec<_>>();
    let (reader, admin) = (parts(&reader), parts(&admin));
    let mixed = format!("{}.{}.{}", reader[0], admin[1], reader[2]);
    assert_token_refused(server, &mixed, "signature of the token is wrong");
}

#[test]
fn an_id_token_is_no_access_token() {
    let server = Server::shared();
    let id_token = server
        .forgery()
        .claim("aud", json!("fhir-spa"))
        .claim("nonce", json!("n-1"));
    assert_token_refused(server, &id_token.sign(), "audience");
}

#[test]
fn unknown_keys_do_not_lock_out_those_who_have_known_ones() {
    let server = Server::shared();
    for number in 0..20 {
        let token = server
            .forgery()
            .header("kid", json!(format!("unknown-{number}")))
            .sign();
        assert_token_refused(server, &token, "does not publish");
    }
    let found = server.admin().get("/Patient?identifier=nobody-has-it");
    assert_search_finds(&found, &server.base, &[]);
}

#[test]
fn tokens_of_users_and_services_are_taken() {
    let server = Server::shared();
    for name in ["admin", "writer", "reader", "exporter"] {
        server.user(name).get("/Patient?_count=1").expect(200);
    }
    let reader = server.bearing(&server.service_token("svc-reader"));
    reader.get("/Patient?_count=1").expect(200);
}
