//! An app's authorization ends with the session of the person who granted it.
//! <https://openid.net/specs/openid-connect-backchannel-1_0.html#BCActions>

use super::parameters::Parameters;
use super::{PUBLIC, assert_token_refused, launch, post_token, settings, with_patients};
use api::{Answer, Server, assert_outcome};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use std::thread;
use std::time::Duration;

fn text<'a>(answer: &'a Answer, name: &str) -> &'a str {
    answer.body[name].as_str().expect(name)
}

fn renew(server: &Server, answer: &Answer) -> Answer {
    let form = Parameters::default().set("grant_type", "refresh_token");
    let form = form.set("refresh_token", text(answer, "refresh_token"));
    post_token(server, &form.set("client_id", PUBLIC))
}

fn revoke_sessions(server: &Server, form: &[(&str, &str)]) {
    let request = server.admin().request("POST", "/connect/revoke-sessions");
    request.form(form).send().expect(204);
}

fn object_id(token: &str) -> String {
    let claims = token.split('.').nth(1).expect("claims");
    let claims = URL_SAFE_NO_PAD.decode(claims).expect("base64url");
    let claims: Value = serde_json::from_slice(&claims).expect("claims");
    claims["oid"].as_str().expect("oid").to_owned()
}

#[track_caller]
fn assert_inactive(server: &Server, token: &str) {
    let request = server.admin().request("POST", "/connect/introspect");
    let answer = request.form(&[("token", token)]).send().expect(200);
    assert_eq!(answer.body["active"], false, "{answer}");
}

#[test]
fn who_was_signed_out_gets_no_new_tokens_for_an_old_authorization() {
    let running = with_patients(settings().start());
    let server = &running.server;
    let first = launch(server);
    let second = renew(server, &first).expect(200);
    thread::sleep(Duration::from_millis(1100));
    revoke_sessions(
        server,
        &[("object_id", &object_id(text(&first, "access_token")))],
    );
    let refused = renew(server, &second);
    assert_token_refused(&refused, 400, "invalid_grant", "sign in again");
    for answer in [&first, &second] {
        assert_inactive(server, text(answer, "refresh_token"));
        assert_inactive(server, text(answer, "access_token"));
    }
    // Who signs in again starts anew.
    thread::sleep(Duration::from_millis(1100));
    let again = launch(server);
    renew(server, &again).expect(200);
}

#[test]
fn an_administrator_ends_one_authorization_by_any_of_its_tokens() {
    let running = with_patients(settings().start());
    let server = &running.server;
    let other = launch(server);
    for name in ["access_token", "refresh_token"] {
        let launched = launch(server);
        revoke_sessions(server, &[("token", text(&launched, name))]);
        let refused = renew(server, &launched);
        assert_token_refused(&refused, 400, "invalid_grant", "revoked");
        let app = server.bearing(text(&launched, "access_token"));
        assert_outcome(&app.get("/Patient/demo-amelia"), 401, "login", "revoked");
    }
    renew(server, &other).expect(200);
}
