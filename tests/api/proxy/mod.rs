//! The SMART on FHIR proxy, as in `edge/src/proxy`.
//! <https://hl7.org/fhir/smart-app-launch/app-launch.html>

mod authorize;
mod backend_service;
mod callback;
mod ceiling;
mod client_key;
mod context;
mod cors;
mod discovery;
mod dpop;
mod introspect;
mod issuer;
mod launch;
mod launch_handle;
mod logout;
mod parameters;
mod pkce;
mod proof;
mod pushed;
mod rate_limit;
mod redirects;
mod refresh;
mod revoke;
mod shards;
mod token;

use crate::samples::{observation, patient_with_id, with};
use api::{Answer, Browser, Running, Server, Settings};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use parameters::{Parameters, Target};
use serde_json::{Value, json};
use std::sync::OnceLock;

const AUTHORIZE: &str = "/AadSmartOnFhirProxy/authorize";
const CALLBACK: &str = "/AadSmartOnFhirProxy/callback";
const TOKEN: &str = "/AadSmartOnFhirProxy/token";

const PUBLIC: &str = "smart-app";
const CONFIDENTIAL: &str = "smart-confidential";
const SECRET: &str = "dev-secret-1";

/// The app's address, and the segment that stands for it in the callback's.
const APP: &str = "https://app.example/cb";
const APP_SEGMENT: &str = "aHR0cHM6Ly9hcHAuZXhhbXBsZS9jYg";
/// The same app's with a query of its own.
const APP_WITH_QUERY: &str = "https://app.example/cb?tenant=1";
/// An address that only the confidential app has.
const OTHER_APP: &str = "https://other.example/cb";

/// What must come back to the letter, whatever is in it.
const STATE: &str = "app state/+&=%41?#\u{fc}\r\n";

/// The pair of RFC 7636, appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

const LISTED_ORIGIN: &str = "https://app.example";

fn settings() -> Settings {
    let clients = json!([
        { "clientId": PUBLIC, "name": "Growth chart",
          "redirectUris": [APP, APP_WITH_QUERY, "http://localhost:3000/cb"] },
        { "clientId": CONFIDENTIAL, "redirectUris": [APP, OTHER_APP] },
        { "clientId": "svc-client", "introspect": true },
    ]);
    let settings = Settings::default().variable("SMART_CLIENTS", &clients.to_string());
    settings.variable("CORS_ORIGINS", LISTED_ORIGIN)
}

/// In front of the provider's v2 endpoint.
fn v2() -> &'static Server {
    static V2: OnceLock<Running> = OnceLock::new();
    &V2.get_or_init(|| with_patients(settings().start())).server
}

/// In front of the provider's v1 endpoint.
fn v1() -> &'static Server {
    static V1: OnceLock<Running> = OnceLock::new();
    let settings = || {
        let settings = settings().variable("AUTHORITY", "{idp}/{tenant}");
        settings.variable("TRUSTED_AUTHORITIES", "{idp}/{tenant}/v2.0")
    };
    &V1.get_or_init(|| with_patients(settings().start())).server
}

/// The record of the user `patient`, and one that is somebody else's.
fn with_patients(running: Running) -> Running {
    let admin = running.server.admin();
    for id in ["demo-amelia", "demo-other"] {
        admin.save(&patient_with_id(id));
        let pulse = observation("pulse", &format!("Patient/{id}"));
        admin.save(&with(&pulse, "id", json!(format!("pulse-of-{id}"))));
    }
    for (id, patient) in [("demo-visit", "demo-amelia"), ("other-visit", "demo-other")] {
        admin.save(&encounter(id, patient));
    }
    admin.save(&json!({ "resourceType": "Practitioner", "id": "dr-1" }));
    running
}

fn encounter(id: &str, patient: &str) -> Value {
    json!({ "resourceType": "Encounter", "id": id, "status": "finished",
        "class": { "code": "AMB" }, "subject": { "reference": format!("Patient/{patient}") } })
}

/// A launch as an EHR encodes it.
fn encoded(launch: &Value) -> String {
    URL_SAFE_NO_PAD.encode(launch.to_string())
}

/// The request of a public app that an EHR has launched for the patient in front.
fn request(server: &Server) -> Parameters {
    let launch = json!({
        "patient": "demo-amelia",
        "encounter": "demo-visit",
        "need_patient_banner": false,
        "smart_style_url": "https://ehr.example/style.json",
    });
    Parameters::default()
        .set("response_type", "code")
        .set("client_id", PUBLIC)
        .set("redirect_uri", APP)
        .set(
            "scope",
            "openid fhirUser launch patient/*.rs offline_access",
        )
        .set("state", STATE)
        .set("aud", &server.base)
        .set("launch", &encoded(&launch))
        .set("code_challenge", CHALLENGE)
        .set("code_challenge_method", "S256")
}

/// The same of an app that keeps a secret and has no need for PKCE.
fn confidential_request(server: &Server) -> Parameters {
    let request = request(server).set("client_id", CONFIDENTIAL);
    request
        .without("code_challenge")
        .without("code_challenge_method")
}

fn authorize(server: &Server, request: &Parameters) -> Answer {
    server.anonymous().get(&format!("{AUTHORIZE}?{request}"))
}

/// The sealed state that `authorize` sends through the provider.
#[track_caller]
fn sealed_state(server: &Server, request: &Parameters) -> String {
    let target = Target::of(&authorize(server, request));
    target.value("state").expect("a state").to_owned()
}

/// Comes back from the provider: with its answer, to the callback of the app at `APP`.
fn call_back(server: &Server, answer: &Parameters) -> Answer {
    let path = format!("{CALLBACK}/{APP_SEGMENT}?{answer}");
    server.anonymous().get(&path)
}

/// Signs in as the user `patient`; returns the code that the app gets.
#[track_caller]
fn code(server: &Server, request: &Parameters) -> String {
    code_of("patient", server, request)
}

/// The same as another user.
#[track_caller]
fn code_of(user: &str, server: &Server, request: &Parameters) -> String {
    let start = format!("{}{AUTHORIZE}?{request}", server.base);
    let app = request.value("redirect_uri").expect("an address");
    let address = Browser::new(server).sign_in(&start, user, app);
    let target = Target::parse(&address);
    assert_eq!(target.value("error"), None, "{address}");
    assert_eq!(target.value("state"), request.value("state"), "{address}");
    target.value("code").expect("a code").to_owned()
}

/// The redemption of a public app's code.
fn redemption(code: &str) -> Parameters {
    Parameters::default()
        .set("grant_type", "authorization_code")
        .set("code", code)
        .set("redirect_uri", APP)
        .set("client_id", PUBLIC)
        .set("code_verifier", VERIFIER)
}

fn post_token(server: &Server, form: &Parameters) -> Answer {
    let request = server.anonymous().request("POST", TOKEN);
    let request = request.header("content-type", "application/x-www-form-urlencoded");
    request.body(form.to_string()).send()
}

/// The token response of a whole EHR launch.
#[track_caller]
fn launch(server: &Server) -> Answer {
    let form = redemption(&code(server, &request(server)));
    post_token(server, &form).expect(200)
}

/// A token response, of success or failure, is never kept by anybody.
#[track_caller]
fn assert_not_stored(answer: &Answer) {
    let content_type = answer.header("content-type").unwrap_or_default();
    assert!(
        content_type.starts_with("application/json"),
        "{content_type}"
    );
    assert_eq!(answer.header("cache-control").as_deref(), Some("no-store"));
    assert_eq!(answer.header("pragma").as_deref(), Some("no-cache"));
}

/// A refusal in OAuth's words. <https://www.rfc-editor.org/rfc/rfc6749#section-5.2>
#[track_caller]
fn assert_token_refused(answer: &Answer, status: u16, error: &str, words: &str) {
    assert_eq!(answer.status, status, "{answer}");
    assert_eq!(answer.body["error"], error, "{answer}");
    let description = answer.body["error_description"].as_str();
    assert!(
        description.is_some_and(|text| text.contains(words)),
        "no `{words}` in {answer}"
    );
    assert_eq!(answer.body.get("access_token"), None, "{answer}");
    assert_not_stored(answer);
}

/// A token with one character of its last part changed.
fn touched(token: &str) -> String {
    let (before, after) = token.split_at(token.len() - 20);
    let other = if after.starts_with('A') { 'B' } else { 'A' };
    format!("{before}{other}{}", &after[1..])
}

/// A refusal that is shown here: nothing says that the app may be sent anything.
#[track_caller]
fn assert_shown_here(answer: &Answer, words: &str) {
    api::assert_outcome(answer, 400, "invalid", words);
    assert_eq!(answer.header("location"), None, "{answer}");
}
