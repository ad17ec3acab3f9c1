//! From the app to the provider: what is passed on, what is rewritten, what stays.

use super::parameters::Target;
use super::{
    APP, APP_SEGMENT, CALLBACK, CHALLENGE, STATE, authorize, encoded, request, sealed_state, v1, v2,
};
use api::Server;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE, URL_SAFE_NO_PAD};
use serde_json::json;

fn endpoint(server: &Server, version: &str) -> String {
    let tenant = server.authority.trim_end_matches("/v2.0");
    format!("{tenant}/oauth2{version}/authorize")
}

#[test]
fn the_browser_goes_to_the_v2_endpoint_with_qualified_scopes() {
    let server = v2();
    let base = &server.base;
    let target = Target::of(&authorize(server, &request(server)));
    assert_eq!(target.address, endpoint(server, "/v2.0"));
    let names = [
        "client_id",
        "code_challenge",
        "code_challenge_method",
        "redirect_uri",
        "response_type",
        "scope",
        "state",
    ];
    assert_eq!(target.names(), names);
    let callback = format!("{base}{CALLBACK}/{APP_SEGMENT}");
    assert_eq!(target.value("redirect_uri"), Some(callback.as_str()));
    assert_eq!(target.value("response_type"), Some("code"));
    assert_eq!(target.value("client_id"), Some("smart-app"));
    assert_eq!(target.value("code_challenge"), Some(CHALLENGE));
    assert_eq!(target.value("code_challenge_method"), Some("S256"));
    let scope = format!("openid {base}/fhirUser {base}/launch {base}/patient$*.rs offline_access");
    assert_eq!(target.value("scope"), Some(scope.as_str()));
}

#[test]
fn the_v1_endpoint_gets_the_resource_and_no_scope() {
    let server = v1();
    let target = Target::of(&authorize(server, &request(server)));
    assert_eq!(target.address, endpoint(server, ""));
    assert_eq!(target.value("resource"), Some(server.base.as_str()));
    assert_eq!(target.value("scope"), None);
    assert_eq!(target.value("code_challenge"), Some(CHALLENGE));
}

#[test]
fn scopes_of_every_kind_are_qualified_once() {
    let server = v2();
    let base = &server.base;
    for (asked, expected) in [
        ("profile email", "profile email".to_owned()),
        ("launch/patient", format!("{base}/launch$patient")),
        (
            "patient/Observation.rs?category=vital-signs",
            format!("{base}/patient$Observation.rs?category=vital-signs"),
        ),
        (
            "user/*.read  user/Group.*",
            format!("{base}/user$*.read {base}/user$Group.*"),
        ),
    ] {
        for aud in [base.clone(), format!("{base}/")] {
            let request = request(server).set("scope", asked).set("aud", &aud);
            let target = Target::of(&authorize(server, &request));
            assert_eq!(target.value("scope"), Some(expected.as_str()), "{asked}");
        }
    }
}

#[test]
fn a_person_cannot_be_asked_for_scopes_of_services() {
    let server = v2();
    for scope in [
        "system/*.rs",
        "openid system/Patient.read patient/*.read",
        "system$*.*",
        "system%2FPatient.rs",
        "system/nonsense",
        &format!("{}/system$*.cruds", server.base),
    ] {
        let target = Target::of(&authorize(server, &request(server).set("scope", scope)));
        assert_eq!(target.address, APP, "{scope}");
        assert_eq!(target.names(), ["error", "error_description", "state"]);
        assert_eq!(target.value("error"), Some("invalid_scope"), "{scope}");
        let description = target.value("error_description").unwrap_or_default();
        assert!(description.contains("backend services"), "{description}");
        assert_eq!(target.value("state"), Some(STATE));
    }
    let constraint = "patient/Observation.rs?category=system/*.rs";
    let target = Target::of(&authorize(
        server,
        &request(server).set("scope", constraint),
    ));
    assert_eq!(target.address, endpoint(server, "/v2.0"));
}

#[test]
fn hints_for_the_sign_in_are_passed_on() {
    for server in [v1(), v2()] {
        let hints = [
            ("nonce", "n-1"),
            ("prompt", "none"),
            ("login_hint", "patient@dev.example"),
            ("domain_hint", "dev.example"),
        ];
        let mut request = request(server);
        for (name, value) in hints {
            request = request.set(name, value);
        }
        let target = Target::of(&authorize(server, &request));
        for (name, value) in hints {
            assert_eq!(target.value(name), Some(value));
        }
    }
}

#[test]
fn nothing_else_that_an_app_sends_reaches_the_provider() {
    let server = v2();
    let mut changed = request(server);
    for name in [
        "request",
        "response_mode",
        "resource",
        "redirect_url",
        "claims",
        "client_secret",
        "iss",
    ] {
        changed = changed.set(name, "https://evil.example/x");
    }
    let target = Target::of(&authorize(server, &changed));
    let plain = Target::of(&authorize(server, &request(server)));
    assert_eq!(target.names(), plain.names());
    assert!(
        target
            .parameters
            .iter()
            .all(|(_, value)| !value.contains("evil"))
    );
}

#[test]
fn a_value_never_becomes_a_parameter_of_its_own() {
    let server = v2();
    let sly =
        "x&redirect_uri=https://evil.example#&client_id=evil\r\nLocation: https://evil.example";
    for name in ["state", "scope", "nonce", "prompt", "login_hint"] {
        let answer = authorize(server, &request(server).set(name, sly));
        let target = Target::of(&answer);
        assert_eq!(target.address, endpoint(server, "/v2.0"), "{name}");
        assert_eq!(target.value("client_id"), Some("smart-app"), "{name}");
        let callback = format!("{}{CALLBACK}/{APP_SEGMENT}", server.base);
        assert_eq!(
            target.value("redirect_uri"),
            Some(callback.as_str()),
            "{name}"
        );
    }
}

#[test]
fn nobody_can_read_the_state_and_no_two_are_alike() {
    let server = v2();
    let launch = encoded(&json!({ "patient": "the-patient" }));
    let request = request(server)
        .set("launch", &launch)
        .set("state", "the-state");
    let sealed = || sealed_state(server, &request);
    let (first, second) = (sealed(), sealed());
    assert_ne!(first, second);
    let url_safe = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    assert!(first.chars().all(url_safe), "{first}");
    let opened = URL_SAFE_NO_PAD.decode(&first).expect("base64url");
    for secret in [
        "the-state",
        "the-patient",
        "patient",
        APP,
        "smart-app",
        launch.as_str(),
    ] {
        let found = opened
            .windows(secret.len())
            .any(|part| part == secret.as_bytes());
        assert!(!found && !first.contains(secret), "{secret}");
    }
}

#[test]
fn launches_are_taken_in_every_base64_that_ehrs_write() {
    let server = v2();
    let launch = "{\r\n \"patient\": \"p-1\", \"ehr\": \"\u{fc}\u{fe}?>\" }";
    for encoded in [
        STANDARD.encode(launch),
        URL_SAFE.encode(launch),
        URL_SAFE.encode(launch).trim_end_matches('=').to_owned(),
        "e30".to_owned(),
        String::new(),
    ] {
        let target = Target::of(&authorize(server, &request(server).set("launch", &encoded)));
        assert_eq!(target.address, endpoint(server, "/v2.0"), "{encoded}");
    }
    let none = Target::of(&authorize(server, &request(server).without("launch")));
    assert_eq!(none.address, endpoint(server, "/v2.0"));
}

#[test]
fn an_app_on_a_desktop_may_choose_its_port() {
    let server = v2();
    for app in [
        "http://localhost:3000/cb",
        "http://localhost:49152/cb",
        "http://localhost/cb",
    ] {
        let target = Target::of(&authorize(
            server,
            &request(server).set("redirect_uri", app),
        ));
        assert_eq!(target.address, endpoint(server, "/v2.0"), "{app}");
    }
}

#[test]
fn what_the_app_did_wrong_it_learns_with_its_state() {
    let server = v2();
    for (name, value, error, words) in [
        (
            "response_type",
            "token",
            "unsupported_response_type",
            "code",
        ),
        ("aud", "https://evil.example", "invalid_request", "aud"),
        ("code_challenge_method", "plain", "invalid_request", "S256"),
        ("launch", "!!", "invalid_request", "launch"),
    ] {
        let target = Target::of(&authorize(server, &request(server).set(name, value)));
        assert_eq!(target.address, APP);
        assert_eq!(target.names(), ["error", "error_description", "state"]);
        assert_eq!(target.value("error"), Some(error));
        assert!(
            target
                .value("error_description")
                .is_some_and(|text| text.contains(words))
        );
        assert_eq!(target.value("state"), Some(STATE));
    }
    let target = Target::of(&authorize(server, &request(server).without("state")));
    assert_eq!(target.address, APP);
    assert_eq!(target.names(), ["error", "error_description"]);
    assert_eq!(target.value("error"), Some("invalid_request"));
}

#[test]
fn a_launch_that_no_app_could_use_is_refused() {
    let server = v2();
    for (launch, words) in [
        (json!({ "patient": ["p"] }), "`patient`"),
        (json!({ "patient": "Patient/p" }), "`patient`"),
        (json!({ "encounter": 7 }), "`encounter`"),
        (
            json!({ "need_patient_banner": "yes" }),
            "`need_patient_banner`",
        ),
        (
            json!({ "smart_style_url": "javascript:x" }),
            "`smart_style_url`",
        ),
    ] {
        let request = request(server).set("launch", &encoded(&launch));
        let target = Target::of(&authorize(server, &request));
        assert_eq!(target.address, APP);
        assert_eq!(target.value("error"), Some("invalid_request"));
        let description = target.value("error_description").unwrap_or_default();
        assert!(description.contains(words), "{description}");
    }
    // Nobody is named: the app that asks for a patient is given the choice.
    let request = request(server).set("launch", &encoded(&json!({ "patient": null })));
    let target = Target::of(&authorize(server, &request.set("scope", "launch/patient")));
    assert!(target.address.ends_with("/app/launch-context"));
}

#[test]
fn a_head_uses_nothing_up() {
    let server = v2();
    let state = sealed_state(server, &request(server));
    let path = format!("{CALLBACK}/{APP_SEGMENT}?code=x&state={state}");
    let head = server.anonymous().request("HEAD", &path).send();
    assert_eq!(head.status, 405);
    assert_eq!(head.header("allow").as_deref(), Some("GET"));
    assert_eq!(server.anonymous().get(&path).status, 302);
}

#[test]
fn refusals_are_kept_and_told_on_by_nobody() {
    let answer = v2()
        .anonymous()
        .get(&format!("{}?state=secret", super::AUTHORIZE));
    assert_eq!(answer.status, 400);
    assert_eq!(answer.header("cache-control").as_deref(), Some("no-store"));
    assert_eq!(
        answer.header("referrer-policy").as_deref(),
        Some("no-referrer")
    );
}
