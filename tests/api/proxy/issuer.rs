//! The issuer in the answers that the browser brings an app. <https://www.rfc-editor.org/rfc/rfc9207>

use super::parameters::{Parameters, Target};
use super::{
    APP, CONFIDENTIAL, PUBLIC, STATE, authorize, call_back, code, post_token, redemption, request,
    sealed_state, v1, v2, with_patients,
};
use api::{Running, Server, Settings};
use serde_json::{Value, json};
use std::sync::OnceLock;

/// One app is registered for it, the other is not.
fn mixed() -> &'static Server {
    static MIXED: OnceLock<Running> = OnceLock::new();
    let start = || {
        let clients = json!([
            { "clientId": PUBLIC, "redirectUris": [APP], "authorizationResponseIss": true },
            { "clientId": CONFIDENTIAL, "redirectUris": [APP] },
        ]);
        let settings = Settings::default().variable("SMART_CLIENTS", &clients.to_string());
        with_patients(settings.start())
    };
    &MIXED.get_or_init(start).server
}

fn configuration(server: &Server) -> Value {
    let path = "/.well-known/smart-configuration";
    server.anonymous().get(path).expect(200).body
}

#[track_caller]
fn assert_names_issuer(server: &Server, target: &Target) {
    let issuer = configuration(server)["issuer"].clone();
    assert_eq!(target.value("iss"), issuer.as_str(), "{target:?}");
    assert_eq!(target.value("state"), Some(STATE));
    assert_eq!(target.address, APP);
}

#[test]
fn every_answer_to_a_registered_app_names_the_issuer() {
    let server = mixed();
    let answered = Parameters::default()
        .set("code", "x")
        .set("iss", "https://evil.example")
        .set("state", &sealed_state(server, &request(server)));
    let target = Target::of(&call_back(server, &answered));
    assert_eq!(target.names(), ["code", "iss", "state"]);
    assert_names_issuer(server, &target);

    let refused = Parameters::default()
        .set("error", "access_denied")
        .set("state", &sealed_state(server, &request(server)));
    assert_names_issuer(server, &Target::of(&call_back(server, &refused)));

    for (name, value) in [
        ("response_type", "token"),
        ("scope", "system/*.rs"),
        ("launch", "!!"),
    ] {
        let answer = authorize(server, &request(server).set(name, value));
        assert_names_issuer(server, &Target::of(&answer));
    }
    let silent = request(server)
        .without("launch")
        .set("scope", "launch/patient")
        .set("prompt", "none");
    assert_names_issuer(server, &Target::of(&authorize(server, &silent)));

    let standalone = silent.without("prompt");
    let page = Target::of(&authorize(server, &standalone));
    let pending = page.value("request").expect("a request");
    let declined = json!({ "request": pending, "declined": true });
    let answer = server
        .anonymous()
        .post("/AadSmartOnFhirProxy/context", &declined);
    let location = answer.body["location"].as_str().expect("a location");
    assert_names_issuer(server, &Target::parse(location));
    // And the whole way leads to a token.
    let form = redemption(&code(server, &request(server)));
    post_token(server, &form).expect(200);
}

#[test]
fn nobody_else_is_told() {
    for (server, client) in [(mixed(), CONFIDENTIAL), (v1(), PUBLIC), (v2(), PUBLIC)] {
        let request = request(server).set("client_id", client);
        let answered = Parameters::default()
            .set("code", "x")
            .set("iss", "https://evil.example")
            .set("state", &sealed_state(server, &request));
        let target = Target::of(&call_back(server, &answered));
        assert_eq!(target.value("iss"), None, "{target:?}");
    }
}

#[test]
fn the_configuration_promises_it_only_when_every_app_gets_it() {
    let name = "authorization_response_iss_parameter_supported";
    assert_eq!(configuration(mixed())[name], false);
    assert_eq!(configuration(v2())[name], false);
    let clients = json!([
        { "clientId": PUBLIC, "redirectUris": [APP], "authorizationResponseIss": true },
        { "clientId": "svc-client", "introspect": true },
    ]);
    let settings = Settings::default().variable("SMART_CLIENTS", &clients.to_string());
    assert_eq!(configuration(&settings.start().server)[name], true);
}
