//! Revocation: a token that was given up is refused. <https://www.rfc-editor.org/rfc/rfc7009>

use super::parameters::Parameters;
use super::{CONFIDENTIAL, PUBLIC, assert_token_refused, launch, post_token, v2};
use api::{Answer, Server, assert_outcome};
use serde_json::json;

const REVOKE: &str = "/connect/revoke";

fn revoke(server: &Server, token: &str, client: &str) -> Answer {
    let form = Parameters::default()
        .set("token", token)
        .set("client_id", client);
    post(server, &form)
}

fn post(server: &Server, form: &Parameters) -> Answer {
    let request = server.anonymous().request("POST", REVOKE);
    let request = request.header("content-type", "application/x-www-form-urlencoded");
    request.body(form.to_string()).send()
}

fn text<'a>(answer: &'a Answer, name: &str) -> &'a str {
    answer.body[name].as_str().expect(name)
}

fn renewal(token: &str) -> Parameters {
    let form = Parameters::default().set("grant_type", "refresh_token");
    form.set("refresh_token", token).set("client_id", PUBLIC)
}

#[track_caller]
fn assert_revoked(answer: &Answer) {
    assert_eq!(answer.status, 200, "{answer}");
    assert_eq!(answer.text, "");
    assert_eq!(answer.header("cache-control").as_deref(), Some("no-store"));
}

/// How the server sees a token without anybody having used it before.
fn is_active(server: &Server, token: &str) -> bool {
    let form = Parameters::default().set("token", token);
    let request = server.admin().request("POST", "/connect/introspect");
    let request = request.header("content-type", "application/x-www-form-urlencoded");
    let answer = request.body(form.to_string()).send().expect(200);
    answer.body["active"] == json!(true)
}

#[test]
fn a_refresh_token_takes_its_authorization_with_it() {
    let server = v2();
    let first = launch(server);
    let second = post_token(server, &renewal(text(&first, "refresh_token"))).expect(200);
    assert_revoked(&revoke(server, text(&second, "refresh_token"), PUBLIC));
    for answer in [&first, &second] {
        let refused = post_token(server, &renewal(text(answer, "refresh_token")));
        assert_token_refused(&refused, 400, "invalid_grant", "revoked");
        assert!(!is_active(server, text(answer, "refresh_token")));
        assert!(!is_active(server, text(answer, "access_token")));
        let app = server.bearing(text(answer, "access_token"));
        let refused = app.get("/Patient/demo-amelia");
        assert_outcome(&refused, 401, "login", "revoked");
        let challenge = refused.header("www-authenticate").unwrap_or_default();
        assert!(challenge.contains("invalid_token"), "{challenge}");
    }
    // Others of the same app and person go on.
    let other = launch(server);
    post_token(server, &renewal(text(&other, "refresh_token"))).expect(200);
    // Revoked twice is revoked.
    assert_revoked(&revoke(server, text(&second, "refresh_token"), PUBLIC));
}

#[test]
fn an_access_token_ends_alone() {
    let server = v2();
    let launched = launch(server);
    assert_revoked(&revoke(server, text(&launched, "access_token"), PUBLIC));
    let app = server.bearing(text(&launched, "access_token"));
    assert_outcome(&app.get("/Patient/demo-amelia"), 401, "login", "revoked");
    let renewed = post_token(server, &renewal(text(&launched, "refresh_token"))).expect(200);
    let app = server.bearing(text(&renewed, "access_token"));
    app.get("/Patient/demo-amelia").expect(200);
}

#[test]
fn a_token_that_never_passed_the_proxy_can_be_given_up_as_well() {
    let server = v2();
    // A token of its own, since others use the user's.
    let token = server
        .forgery()
        .claim("jti", json!(api::unique("own")))
        .sign();
    let owner = "svc-client";
    assert!(is_active(server, &token));
    assert_revoked(&revoke(server, &token, owner));
    assert!(!is_active(server, &token));
}

#[test]
fn nobody_gives_up_the_token_of_another() {
    let server = v2();
    let launched = launch(server);
    for name in ["access_token", "refresh_token"] {
        let token = text(&launched, name);
        let answer = revoke(server, token, CONFIDENTIAL);
        assert_token_refused(&answer, 400, "unauthorized_client", "another client");
        assert!(is_active(server, token));
        let nobody = post(server, &Parameters::default().set("token", token));
        assert_token_refused(&nobody, 400, "invalid_request", "client_id");
    }
}

#[test]
fn what_is_no_token_is_ended_already() {
    let server = v2();
    let expired = server.forgery().claim("exp", json!(1)).sign();
    for token in [
        "x",
        "a.b.c",
        &expired,
        &server.forgery().foreign_key().sign(),
    ] {
        assert_revoked(&revoke(server, token, PUBLIC));
    }
    let answer = post(server, &Parameters::default().set("client_id", PUBLIC));
    assert_token_refused(&answer, 400, "invalid_request", "token");
    let json = server.anonymous().post(REVOKE, &json!({}));
    assert_token_refused(&json, 400, "invalid_request", "x-www-form-urlencoded");
}
