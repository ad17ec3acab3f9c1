//! The Authorization header: who is let in with it, and the challenge for everybody else.

use api::{Answer, Server, assert_outcome, assert_search_finds};
use serde_json::json;
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
