//! The whole EHR launch, with the provider's own sign-in page in the middle.
//! <https://hl7.org/fhir/smart-app-launch/app-launch.html#launch-app-ehr-launch>

use super::parameters::Parameters;
use super::{
    CONFIDENTIAL, PUBLIC, SECRET, TOKEN, assert_not_stored, assert_token_refused, code, code_of,
    confidential_request, encoded, launch, post_token, redemption, request, v1, v2,
};
use api::{Answer, Client, Server, assert_outcome, assert_search_finds};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};

/// The scopes that a token response grants, sorted.
fn scopes(answer: &Answer) -> Vec<String> {
    let scope = answer.body["scope"].as_str().expect("scope");
    let mut scopes = Vec::from_iter(scope.split(' ').map(ToOwned::to_owned));
    scopes.sort_unstable();
    scopes
}

fn app(server: &Server, answer: &Answer) -> Client {
    server.bearing(answer.body["access_token"].as_str().expect("a token"))
}

/// The record of the patient in front, and nothing of another.
#[track_caller]
fn assert_reads_the_patient_only(app: &Client) {
    let patient = app.get("/Patient/demo-amelia").expect(200);
    assert_eq!(patient.id(), "demo-amelia");
    assert_outcome(&app.get("/Patient/demo-other"), 404, "not-found", "");
    for path in ["/_history", "/_history/1"] {
        let other = app.get(&format!("/Patient/demo-other{path}"));
        assert_outcome(&other, 404, "not-found", "");
    }
}

#[test]
fn the_app_learns_the_launch_and_reads_the_patient() {
    let server = v2();
    let answer = launch(server);
    assert_not_stored(&answer);
    let body = &answer.body;
    assert_eq!(body["patient"], "demo-amelia");
    assert_eq!(body["encounter"], "demo-visit");
    assert_eq!(body["need_patient_banner"], json!(false));
    assert_eq!(body["smart_style_url"], "https://ehr.example/style.json");
    assert_eq!(body["client_id"], PUBLIC);
    assert_eq!(body["token_type"], "Bearer");
    assert!(
        body["id_token"].is_string() && body["refresh_token"].is_string(),
        "{answer}"
    );
    let seconds = body["expires_in"].as_u64();
    assert!(
        seconds.is_some_and(|seconds| (1..=3600).contains(&seconds)),
        "{answer}"
    );
    let granted = scopes(&answer);
    for scope in ["fhirUser", "launch", "offline_access", "patient/*.rs"] {
        assert!(
            granted.contains(&scope.to_owned()),
            "{scope} in {granted:?}"
        );
    }
    assert!(
        granted
            .iter()
            .all(|scope| !scope.contains("://") && !scope.contains('$'))
    );

    let app = app(server, &answer);
    assert_reads_the_patient_only(&app);
    let found = app.get("/Observation?identifier=urn:test%7Cpulse");
    assert_search_finds(&found, &app.base, &["pulse-of-demo-amelia"]);
    let change = crate::samples::patient_with_id("demo-amelia");
    assert_outcome(
        &app.put("/Patient/demo-amelia", &change),
        403,
        "forbidden",
        "no scope",
    );
}

#[test]
fn numbers_are_numbers_on_v1_too() {
    let server = v1();
    let answer = launch(server);
    assert_not_stored(&answer);
    for name in ["expires_in", "ext_expires_in", "expires_on", "not_before"] {
        assert!(answer.body[name].is_u64(), "{name} in {answer}");
    }
    assert_eq!(answer.body["patient"], "demo-amelia");
    assert_eq!(answer.body["encounter"], "demo-visit");
    assert!(
        scopes(&answer).contains(&"offline_access".to_owned()),
        "{answer}"
    );
    assert_reads_the_patient_only(&app(server, &answer));
}

#[test]
fn an_ehr_tells_the_app_only_what_a_launch_may() {
    let server = v2();
    let sly = json!({
        "patient": "demo-amelia", "practitioner": "dr-1", "code": "evil", "access_token": "evil",
        "refresh_token": "evil", "scope": "user/*.*", "token_type": "evil", "expires_in": 9,
        "client_id": "evil", "intent": "evil",
    });
    let code = code(server, &request(server).set("launch", &encoded(&sly)));
    let answer = post_token(server, &redemption(&code)).expect(200);
    assert_eq!(answer.body["patient"], "demo-amelia");
    assert_eq!(answer.body["practitioner"], "dr-1");
    assert_eq!(answer.body["client_id"], PUBLIC);
    assert_eq!(answer.body.get("intent"), None);
    assert_eq!(answer.body.get("code"), None);
    assert!(!answer.text.contains("evil"), "{answer}");
    assert_reads_the_patient_only(&app(server, &answer));
}

#[test]
fn the_server_vouches_for_no_launch_that_the_person_may_not_see() {
    let server = v2();
    for (user, launch, words) in [
        ("patient", json!({ "patient": "demo-other" }), "no Patient"),
        (
            "reader",
            json!({ "patient": "nobody-at-all" }),
            "no Patient",
        ),
        (
            "patient",
            json!({ "encounter": "other-visit" }),
            "no Encounter",
        ),
        (
            "patient",
            json!({ "patient": "demo-amelia", "encounter": "other-visit" }),
            "no Encounter",
        ),
        (
            "reader",
            json!({ "patient": "demo-amelia", "encounter": "other-visit" }),
            "Encounter/other-visit is not one of Patient/demo-amelia",
        ),
        (
            "reader",
            json!({ "patient": "demo-amelia", "practitioner": "nobody" }),
            "no Practitioner",
        ),
        ("nobody", json!({ "patient": "demo-amelia" }), "role"),
    ] {
        let request = request(server).set("launch", &encoded(&launch));
        let form = redemption(&code_of(user, server, &request));
        let answer = post_token(server, &form);
        assert_token_refused(&answer, 400, "invalid_grant", "The launch cannot be used: ");
        assert_token_refused(&answer, 400, "invalid_grant", words);
        let again = post_token(server, &form);
        assert_token_refused(&again, 400, "invalid_grant", "used before");
    }
}

#[test]
fn what_the_app_may_see_does_not_decide_what_the_launch_may_name() {
    let server = v2();
    for scope in ["openid launch", "launch patient/Observation.rs"] {
        let form = redemption(&code(server, &request(server).set("scope", scope)));
        let answer = post_token(server, &form).expect(200);
        assert_eq!(answer.body["patient"], "demo-amelia", "{scope}");
        assert_eq!(answer.body["encounter"], "demo-visit", "{scope}");
    }
    let request = request(server).set("scope", "launch patient/Observation.rs");
    let answer = post_token(server, &redemption(&code(server, &request))).expect(200);
    let refused = app(server, &answer).get("/Patient/demo-amelia");
    assert_outcome(&refused, 403, "forbidden", "scope");
}

#[test]
fn without_a_launch_and_without_offline_access_neither_is_spoken_of() {
    let server = v2();
    let request = request(server)
        .without("launch")
        .set("scope", "openid patient/Patient.read");
    let answer = post_token(server, &redemption(&code(server, &request))).expect(200);
    for name in [
        "patient",
        "encounter",
        "need_patient_banner",
        "smart_style_url",
        "refresh_token",
    ] {
        assert_eq!(answer.body.get(name), None, "{name} in {answer}");
    }
    let granted = scopes(&answer);
    assert!(
        granted.contains(&"patient/Patient.read".to_owned()),
        "{granted:?}"
    );
    assert!(
        !granted.contains(&"offline_access".to_owned()),
        "{granted:?}"
    );
    let app = app(server, &answer);
    assert_reads_the_patient_only(&app);
    assert_outcome(&app.get("/Observation"), 403, "forbidden", "no scope");
}

/// The redemption of a new code of the app with a secret, without the secret.
fn confidential_form(server: &Server) -> Parameters {
    let code = code(server, &confidential_request(server));
    let form = redemption(&code).without("code_verifier");
    form.set("client_id", CONFIDENTIAL)
}

fn post_with_basic(server: &Server, form: &Parameters, credentials: &str) -> Answer {
    let authorization = format!("Basic {}", STANDARD.encode(credentials));
    let request = server.anonymous().request("POST", TOKEN);
    let request = request.header("content-type", "application/x-www-form-urlencoded");
    let request = request.header("authorization", &authorization);
    request.body(form.to_string()).send()
}

#[test]
fn an_app_with_a_secret_shows_it_in_the_form_or_in_the_header() {
    let server = v2();
    let in_form = confidential_form(server).set("client_secret", SECRET);
    let in_header = confidential_form(server).without("client_id");
    let credentials = format!("{CONFIDENTIAL}:{SECRET}");
    for answer in [
        post_token(server, &in_form),
        post_with_basic(server, &in_header, &credentials),
    ] {
        let answer = answer.expect(200);
        assert_eq!(answer.body["client_id"], CONFIDENTIAL);
        assert_eq!(answer.body["patient"], "demo-amelia");
        assert_reads_the_patient_only(&app(server, &answer));
    }
}

#[test]
fn an_app_may_name_itself_in_the_form_beside_its_secret_in_the_header() {
    let server = v2();
    let credentials = format!("{CONFIDENTIAL}:{SECRET}");
    let form = confidential_form(server);
    let answer = post_with_basic(server, &form, &credentials).expect(200);
    assert_eq!(answer.body["client_id"], CONFIDENTIAL);
    // But not as somebody else.
    for other in ["svc-reader:dev-secret-3", "smart-app:"] {
        let answer = post_with_basic(server, &confidential_form(server), other);
        assert!(matches!(answer.status, 400 | 401), "{answer}");
        assert_eq!(answer.body.get("access_token"), None, "{answer}");
    }
}

#[test]
fn a_service_gets_its_token_here_too() {
    for server in [v1(), v2()] {
        let form = Parameters::default()
            .set("grant_type", "client_credentials")
            .set("client_id", "svc-reader")
            .set("client_secret", "dev-secret-3")
            .set("scope", &format!("{}/.default", server.base));
        let answer = post_token(server, &form).expect(200);
        assert_not_stored(&answer);
        assert!(answer.body["expires_in"].is_u64(), "{answer}");
        assert_eq!(answer.body.get("patient"), None, "{answer}");
        let service = app(server, &answer);
        service.get("/Patient/demo-other").expect(200);
        let refused = service.delete("/Patient/demo-other");
        assert_outcome(&refused, 403, "forbidden", "globalReader");
    }
}

#[test]
fn the_id_token_names_the_person_and_answers_the_request() {
    let server = v2();
    let code = code(server, &request(server).set("nonce", "n-1"));
    let answer = post_token(server, &redemption(&code)).expect(200);
    let token = answer.body["id_token"].as_str().expect("an ID token");
    let claims = token.split('.').nth(1).expect("claims");
    let claims = URL_SAFE_NO_PAD.decode(claims);
    let claims: Value = serde_json::from_slice(&claims.expect("base64url")).expect("claims");
    assert_eq!(claims["nonce"], "n-1");
    assert_eq!(claims["aud"], PUBLIC);
    assert_eq!(claims["fhirUser"], "Patient/demo-amelia");
    let published = server.anonymous().get("/.well-known/smart-configuration");
    assert_eq!(claims["iss"], published.body["issuer"]);
}
