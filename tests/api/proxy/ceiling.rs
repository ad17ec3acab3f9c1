//! The most that an app can be granted, whatever it asks for and the provider grants.
//! <https://www.rfc-editor.org/rfc/rfc6749#section-3.3>

use super::parameters::{Parameters, Target};
use super::{
    APP, CONFIDENTIAL, PUBLIC, SECRET, STATE, assert_token_refused, authorize, code_of, post_token,
    redemption, request, with_patients,
};
use crate::samples::observation;
use api::{Answer, Client, Running, Server, Settings, assert_outcome};
use serde_json::json;
use std::sync::OnceLock;

fn settings() -> Settings {
    let clients = json!([
        { "clientId": PUBLIC, "redirectUris": [APP], "scopeCeiling": "patient/Observation.rs" },
        { "clientId": CONFIDENTIAL, "redirectUris": [APP],
          "scopeCeiling": "patient/*.cruds user/Practitioner.r" },
    ]);
    Settings::default().variable("SMART_CLIENTS", &clients.to_string())
}

fn v2() -> &'static Server {
    static V2: OnceLock<Running> = OnceLock::new();
    &V2.get_or_init(|| with_patients(settings().start())).server
}

/// In front of an endpoint that knows no scopes: its tokens say user_impersonation.
fn v1() -> &'static Server {
    static V1: OnceLock<Running> = OnceLock::new();
    let settings = || {
        let settings = settings().variable("AUTHORITY", "{idp}/{tenant}");
        settings.variable("TRUSTED_AUTHORITIES", "{idp}/{tenant}/v2.0")
    };
    &V1.get_or_init(|| with_patients(settings().start())).server
}

fn app(server: &Server, answer: &Answer) -> Client {
    server.bearing(answer.body["access_token"].as_str().expect("a token"))
}

fn scopes(answer: &Answer) -> Vec<&str> {
    let scope = answer.body["scope"].as_str().expect("a scope");
    let mut scopes = Vec::from_iter(scope.split(' ').filter(|scope| *scope != "openid"));
    scopes.sort_unstable();
    scopes
}

#[test]
fn the_provider_is_asked_for_what_lies_below_the_ceiling() {
    let server = v2();
    let base = &server.base;
    for (asked, expected) in [
        (
            "openid launch patient/*.cruds",
            format!("openid {base}/launch {base}/patient$Observation.rs"),
        ),
        (
            "patient/Observation.read user_impersonation",
            format!("{base}/patient$Observation.read"),
        ),
        ("openid profile", "openid profile".to_owned()),
    ] {
        let answer = authorize(server, &request(server).set("scope", asked));
        let target = Target::of(&answer);
        assert_eq!(target.value("scope"), Some(expected.as_str()), "{asked}");
    }
}

#[test]
fn an_app_that_is_left_with_nothing_is_told() {
    for server in [v1(), v2()] {
        for scope in [
            "launch patient/Patient.rs",
            "user/*.rs",
            "openid user_impersonation",
            "patient/Observation.cud",
            "patient/nonsense",
        ] {
            let request = request(server).set("scope", scope);
            let target = Target::of(&authorize(server, &request));
            assert_eq!(target.address, APP, "{scope}");
            assert_eq!(target.names(), ["error", "error_description", "state"]);
            assert_eq!(target.value("error"), Some("invalid_scope"), "{scope}");
            let words = target.value("error_description").unwrap_or_default();
            assert!(words.contains("patient/Observation.rs"), "{words}");
            assert_eq!(target.value("state"), Some(STATE));
        }
    }
}

#[test]
fn the_token_does_no_more_than_the_ceiling_says_whoever_signs_in() {
    for server in [v1(), v2()] {
        for user in ["admin", "patient"] {
            let request = request(server).set("scope", "openid launch patient/*.cruds");
            let form = redemption(&code_of(user, server, &request));
            let answer = post_token(server, &form).expect(200);
            let told = scopes(&answer);
            assert!(told.contains(&"patient/Observation.rs"), "{told:?}");
            assert!(
                !told.iter().any(|scope| scope.contains("cruds")),
                "{told:?}"
            );
            assert!(!told.contains(&"user_impersonation"), "{told:?}");
            let app = app(server, &answer);
            app.get("/Observation/pulse-of-demo-amelia").expect(200);
            app.get("/Observation/pulse-of-demo-other").expect(404);
            let patient = app.get("/Patient/demo-amelia");
            assert_outcome(&patient, 403, "forbidden", "scope");
            let pulse = observation("pulse", "Patient/demo-amelia");
            let created = app.post("/Observation", &pulse);
            assert_outcome(&created, 403, "forbidden", "");
        }
    }
}

#[test]
fn an_app_that_asks_for_nothing_at_an_endpoint_without_scopes_gets_no_data() {
    let server = v1();
    let request = request(server).without("scope");
    let form = redemption(&code_of("admin", server, &request));
    let answer = post_token(server, &form).expect(200);
    let scope = answer.body["scope"].as_str().unwrap_or_default();
    assert!(!scope.contains("user_impersonation"), "{answer}");
    let refused = app(server, &answer).get("/Observation");
    assert_outcome(&refused, 403, "forbidden", "scope");
}

#[test]
fn a_refresh_does_not_reach_above_the_ceiling() {
    let server = v2();
    let request = request(server)
        .set("client_id", CONFIDENTIAL)
        .set("scope", "openid launch patient/*.cruds offline_access");
    let form = redemption(&code_of("admin", server, &request))
        .set("client_id", CONFIDENTIAL)
        .set("client_secret", SECRET);
    let first = post_token(server, &form).expect(200);
    let renewal = Parameters::default()
        .set("grant_type", "refresh_token")
        .set("client_id", CONFIDENTIAL)
        .set("client_secret", SECRET)
        .set(
            "refresh_token",
            first.body["refresh_token"].as_str().expect("a token"),
        );
    for beyond in [
        "system/*.rs",
        "user/Patient.rs",
        "user_impersonation",
        &format!("{}/.default", server.base),
    ] {
        let answer = post_token(server, &renewal.clone().set("scope", beyond));
        assert_token_refused(&answer, 400, "invalid_scope", "");
        let words = answer.body["error_description"]
            .as_str()
            .unwrap_or_default();
        assert!(!words.contains("AADSTS"), "the provider was asked: {words}");
    }
    let renewed = post_token(server, &renewal).expect(200);
    assert!(scopes(&renewed).contains(&"patient/*.cruds"), "{renewed}");
}

#[test]
fn introspection_tells_what_was_granted() {
    let server = v1();
    let request = request(server).set("scope", "launch patient/*.rs");
    let form = redemption(&code_of("admin", server, &request));
    let answer = post_token(server, &form).expect(200);
    let token = answer.body["access_token"].as_str().expect("a token");
    let form = Parameters::default().set("token", token).to_string();
    let asked = app(server, &answer).request("POST", "/connect/introspect");
    let asked = asked.header("content-type", "application/x-www-form-urlencoded");
    let told = asked.body(form).send().expect(200);
    assert_eq!(told.body["scope"], answer.body["scope"], "{told}");
}
