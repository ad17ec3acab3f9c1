//! Introspection: what a token says, for those who may ask.
//! <https://hl7.org/fhir/smart-app-launch/token-introspection.html>

use super::parameters::Parameters;
use super::{PUBLIC, assert_not_stored, assert_token_refused, launch, v1, v2};
use api::{Answer, Client, Server, assert_outcome};
use serde_json::{Value, json};

const INTROSPECT: &str = "/connect/introspect";

fn introspect(caller: &Client, token: &str) -> Answer {
    post(caller, &Parameters::default().set("token", token))
}

fn post(caller: &Client, form: &Parameters) -> Answer {
    let request = caller.request("POST", INTROSPECT);
    let request = request.header("content-type", "application/x-www-form-urlencoded");
    request.body(form.to_string()).send()
}

fn text<'a>(answer: &'a Answer, name: &str) -> &'a str {
    answer.body[name].as_str().expect(name)
}

#[track_caller]
fn assert_inactive(answer: &Answer) {
    assert_eq!(answer.status, 200, "{answer}");
    assert_eq!(answer.body, json!({ "active": false }));
    assert_not_stored(answer);
}

#[test]
fn a_launched_token_is_told_with_its_launch() {
    for server in [v1(), v2()] {
        let launched = launch(server);
        let answer = introspect(&server.admin(), text(&launched, "access_token")).expect(200);
        assert_not_stored(&answer);
        let told = &answer.body;
        let expected = [
            ("active", json!(true)),
            ("token_type", json!("Bearer")),
            ("client_id", json!(PUBLIC)),
            ("username", json!("patient@dev.example")),
            ("aud", json!(server.base)),
            ("fhirUser", json!("Patient/demo-amelia")),
            ("patient", json!("demo-amelia")),
            ("encounter", json!("demo-visit")),
            ("need_patient_banner", json!(false)),
        ];
        for (name, value) in expected {
            assert_eq!(told[name], value, "{name} of {answer}");
        }
        assert!(told["exp"].as_i64() > told["iat"].as_i64(), "{answer}");
        assert!(
            told["iss"].is_string() && told["sub"].is_string(),
            "{answer}"
        );
        let refresh = introspect(&server.admin(), text(&launched, "refresh_token")).expect(200);
        assert_eq!(refresh.body["active"], true);
        assert_eq!(refresh.body["client_id"], PUBLIC);
        assert_eq!(refresh.body["patient"], "demo-amelia");
    }
    let scope = introspect(&v2().admin(), text(&launch(v2()), "access_token"));
    let scope = text(&scope, "scope")
        .split(' ')
        .any(|scope| scope == "patient/*.rs");
    assert!(scope, "as the app named it");
}

#[test]
fn a_token_that_is_not_good_is_just_inactive() {
    let server = v2();
    let admin = server.admin();
    let good = server.user_token("reader");
    let expired = server.forgery().claim("exp", json!(1)).sign();
    let foreign = server.forgery().foreign_key().sign();
    let other = server
        .forgery()
        .claim("aud", json!("https://other.example"))
        .sign();
    let touched = super::touched(&good);
    for token in [
        &expired,
        &foreign,
        &other,
        &touched,
        "x",
        "a.b.c",
        "..",
        &"x".repeat(20_000),
    ] {
        assert_inactive(&introspect(&admin, token));
    }
    assert_eq!(introspect(&admin, &good).body["active"], true);
}

#[test]
fn only_callers_with_a_role_may_ask() {
    let server = v2();
    let token = server.user_token("reader");
    assert_outcome(
        &introspect(&server.anonymous(), &token),
        401,
        "login",
        "Authorization",
    );
    let nobody = server.bearing(&server.user_token("nobody"));
    assert_outcome(&introspect(&nobody, &token), 403, "forbidden", "introspect");
    for user in ["reader", "exporter", "writer", "admin"] {
        let own = server.user_token(user);
        let caller = server.bearing(&own);
        assert_eq!(introspect(&caller, &own).body["active"], true, "{user}");
    }
}

#[test]
fn an_app_may_ask_about_the_tokens_of_its_own_authorization_only() {
    let server = v2();
    let own = launch(server);
    let other = launch(server);
    let app = server.bearing(text(&own, "access_token"));
    for name in ["access_token", "refresh_token"] {
        assert_eq!(introspect(&app, text(&own, name)).body["active"], true);
    }
    let renewal = Parameters::default()
        .set("grant_type", "refresh_token")
        .set("refresh_token", text(&own, "refresh_token"));
    let renewed = super::post_token(server, &renewal).expect(200);
    assert_inactive(&introspect(&app, text(&own, "refresh_token")));
    for name in ["access_token", "refresh_token"] {
        assert_eq!(introspect(&app, text(&renewed, name)).body["active"], true);
    }
    // The answer is the same for a good token of somebody else and for none.
    let reader = server.user_token("reader");
    let expired = server.forgery().claim("exp", json!(1)).sign();
    for caller in [&app, &server.user("admin"), &server.user("reader")] {
        for token in [
            text(&other, "access_token"),
            text(&other, "refresh_token"),
            &super::touched(&reader),
            &expired,
            "x",
            "a.b.c",
        ] {
            let answer = introspect(caller, token);
            assert_outcome(&answer, 403, "forbidden", "own authorization");
        }
    }
    assert_outcome(
        &introspect(&app, &reader),
        403,
        "forbidden",
        "SMART_CLIENTS",
    );
}

#[test]
fn a_service_asks_about_others_tokens_only_where_it_is_registered_for_it() {
    let server = v2();
    let token = server.user_token("reader");
    let registered = server.bearing(&server.service_token("svc-client"));
    assert_eq!(introspect(&registered, &token).body["active"], true);
    let other = server.bearing(&server.service_token("svc-reader"));
    assert_outcome(
        &introspect(&other, &token),
        403,
        "forbidden",
        "SMART_CLIENTS",
    );
    // A person's token of a registered client is not the client's own.
    let person = server.forgery().claim("azp", json!("svc-client")).sign();
    let person = introspect(&server.bearing(&person), &token);
    assert_outcome(&person, 403, "forbidden", "SMART_CLIENTS");
}

#[test]
fn a_request_without_a_token_or_in_another_form_is_refused() {
    let admin = v2().admin();
    let refused = |answer: &Answer| assert_token_refused(answer, 400, "invalid_request", "");
    refused(&post(&admin, &Parameters::default()));
    refused(&post(&admin, &Parameters::default().set("token", "")));
    refused(&admin.post(INTROSPECT, &json!({ "token": "x" })));
    let twice = admin.request("POST", INTROSPECT);
    let twice = twice.header("content-type", "application/x-www-form-urlencoded");
    refused(&twice.body("token=a&token=b").send());
    let other = admin.get(INTROSPECT);
    assert_outcome(&other, 405, "not-supported", "GET");
}

/// The value of a claim is told as it is, whatever it is.
#[test]
fn odd_claims_are_told_and_break_nothing() {
    let server: &Server = v2();
    let odd = server
        .forgery()
        .claim("scp", json!(["a", "b"]))
        .claim("aud", json!([server.base]));
    let answer = introspect(&server.admin(), &odd.sign()).expect(200);
    assert_eq!(answer.body["aud"], json!([server.base]));
    assert_eq!(answer.body.get("patient"), None::<&Value>);
}

#[test]
fn a_refresh_token_that_a_newer_one_replaced_is_inactive() {
    let server = v2();
    let first = launch(server);
    let form = Parameters::default()
        .set("grant_type", "refresh_token")
        .set("refresh_token", text(&first, "refresh_token"));
    let second = super::post_token(server, &form).expect(200);
    assert_inactive(&introspect(&server.admin(), text(&first, "refresh_token")));
    let newest = introspect(&server.admin(), text(&second, "refresh_token"));
    assert_eq!(newest.body["active"], true, "{newest}");
}
