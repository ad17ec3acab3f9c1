//! Pushed authorization requests. <https://www.rfc-editor.org/rfc/rfc9126>

use super::client_key::{ClientKey, claims, header};
use super::parameters::{Parameters, Target};
use super::{
    APP, CHALLENGE, CONFIDENTIAL, OTHER_APP, PUBLIC, SECRET, STATE, assert_not_stored,
    assert_shown_here, assert_token_refused, authorize, code, post_token, redemption, request,
    with_patients,
};
use api::{Answer, Running, Server, Settings, assert_outcome};
use serde_json::json;
use std::sync::OnceLock;
use std::thread;

const PAR: &str = "/AadSmartOnFhirProxy/par";
const URN: &str = "urn:ietf:params:oauth:request_uri:";

/// An app without keys, and one with keys that must push its requests.
fn server() -> &'static Server {
    static SERVER: OnceLock<Running> = OnceLock::new();
    let start = || {
        let clients = json!([
            { "clientId": PUBLIC, "redirectUris": [APP] },
            { "clientId": CONFIDENTIAL, "redirectUris": [APP], "jwks": ClientKey::of(7).jwks(),
              "requirePushedAuthorizationRequests": true },
        ]);
        let secrets = json!({ CONFIDENTIAL: SECRET });
        let settings = Settings::default().variable("SMART_CLIENTS", &clients.to_string());
        let settings = settings.variable("SMART_CLIENT_SECRETS", &secrets.to_string());
        with_patients(settings.start())
    };
    &SERVER.get_or_init(start).server
}

fn push(form: &Parameters) -> Answer {
    let request = server().anonymous().request("POST", PAR);
    let request = request.header("content-type", "application/x-www-form-urlencoded");
    request.body(form.to_string()).send()
}

#[track_caller]
fn pushed(form: &Parameters) -> String {
    let answer = push(form);
    assert_eq!(answer.status, 201, "{answer}");
    assert_not_stored(&answer);
    let names = Vec::from_iter(answer.body.as_object().expect("an object").keys());
    assert_eq!(names, ["request_uri", "expires_in"], "{answer}");
    assert_eq!(answer.body["expires_in"], 90);
    answer.body["request_uri"].as_str().expect("a URI").into()
}

/// What the browser brings in place of the request itself.
fn reference(client: &str, request_uri: &str) -> Parameters {
    Parameters::default()
        .set("client_id", client)
        .set("redirect_uri", APP)
        .set("request_uri", request_uri)
}

fn with_assertion(form: Parameters, audience: &str) -> Parameters {
    let claims = claims(CONFIDENTIAL, audience);
    form.set(
        "client_assertion_type",
        "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    )
    .set(
        "client_assertion",
        &ClientKey::of(7).sign(&header(), &claims),
    )
}

#[test]
fn a_pushed_request_leads_to_the_same_sign_in_and_token() {
    let server = server();
    let uri = pushed(&request(server));
    assert!(uri.starts_with(URN), "{uri}");
    assert!(
        !uri.contains("demo-amelia") && !uri.contains(CHALLENGE),
        "{uri}"
    );
    // `code` finds the app's address and state in what it sends; only the reference counts.
    let sent = reference(PUBLIC, &uri).set("state", STATE);
    let answer = post_token(server, &redemption(&code(server, &sent))).expect(200);
    assert_eq!(answer.body["patient"], "demo-amelia");
    let app = server.bearing(answer.body["access_token"].as_str().expect("a token"));
    app.get("/Patient/demo-amelia").expect(200);
}

#[test]
fn only_what_was_pushed_counts() {
    let server = server();
    let plain = Target::of(&authorize(server, &request(server)));
    let sly = reference(PUBLIC, &pushed(&request(server)))
        .set("redirect_uri", "https://evil.example/cb")
        .set("scope", "user/*.cruds")
        .set("prompt", "none")
        .set("launch", "!!")
        .set("code_challenge", "x");
    let target = Target::of(&authorize(server, &sly));
    assert_eq!(target.address, plain.address);
    assert_eq!(target.names(), plain.names());
    for name in plain.names() {
        if name != "state" {
            assert_eq!(target.value(name), plain.value(name), "{name}");
        }
    }
}

#[test]
fn a_reference_opens_once_even_for_many_at_the_same_time() {
    let server = server();
    let sent = reference(PUBLIC, &pushed(&request(server)));
    let answers = thread::scope(|scope| {
        let calls = Vec::from_iter((0..8).map(|_| scope.spawn(|| authorize(server, &sent))));
        Vec::from_iter(
            calls
                .into_iter()
                .map(|call| call.join().expect("an answer")),
        )
    });
    let opened = answers.iter().filter(|answer| answer.status == 302).count();
    assert_eq!(opened, 1);
    for answer in answers.iter().filter(|answer| answer.status != 302) {
        assert_shown_here(answer, "used before");
    }
}

#[test]
fn a_reference_is_for_the_client_that_pushed_and_of_this_server() {
    let server = server();
    let uri = pushed(&request(server));
    let state = super::sealed_state(server, &request(server));
    let foreign = format!("{URN}{state}");
    for sent in [
        reference(CONFIDENTIAL, &uri),
        reference("unknown", &uri),
        reference(PUBLIC, &foreign),
        reference(PUBLIC, &uri[..uri.len() - 4]),
        reference(PUBLIC, &uri.replace("urn:ietf", "URN:ietf")),
        reference(PUBLIC, URN),
        reference(PUBLIC, "https://evil.example/request.jwt"),
        reference(PUBLIC, "x"),
    ] {
        assert_shown_here(&authorize(server, &sent), "not issued by this server");
    }
    let nobody = reference(PUBLIC, &uri).without("client_id");
    assert_shown_here(&authorize(server, &nobody), "client_id is required");
    let twice = format!("{}&client_id={PUBLIC}", reference(PUBLIC, &uri));
    let twice = server
        .anonymous()
        .get(&format!("{}?{twice}", super::AUTHORIZE));
    assert_shown_here(&twice, "client_id must not be repeated");
    // None of these used it up.
    Target::of(&authorize(server, &reference(PUBLIC, &uri)));
}

#[test]
fn a_wrong_request_is_refused_when_it_is_pushed() {
    let right = request(server());
    for (form, error, words) in [
        (
            right.clone().without("client_id"),
            "invalid_request",
            "client_id is required",
        ),
        (
            right.clone().set("client_id", "unknown"),
            "invalid_request",
            "not registered",
        ),
        (
            right.clone().without("redirect_uri"),
            "invalid_request",
            "redirect_uri is required",
        ),
        (
            right.clone().set("redirect_uri", OTHER_APP),
            "invalid_request",
            "not registered",
        ),
        (
            right.clone().without("state"),
            "invalid_request",
            "state is required",
        ),
        (
            right.clone().set("response_type", "token"),
            "unsupported_response_type",
            "code",
        ),
        (
            right.clone().set("aud", "https://evil.example"),
            "invalid_request",
            "aud",
        ),
        (
            right.clone().set("scope", "system/*.rs"),
            "invalid_scope",
            "backend services",
        ),
        (
            right.clone().set("launch", "!!"),
            "invalid_request",
            "launch",
        ),
        (
            right.clone().set("code_challenge_method", "plain"),
            "invalid_request",
            "S256",
        ),
        (
            right.clone().set("request_uri", URN),
            "invalid_request",
            "request_uri",
        ),
        (
            right.clone().set("state", &"x".repeat(9000)),
            "invalid_request",
            "too long",
        ),
    ] {
        let answer = push(&form);
        assert_token_refused(&answer, 400, error, words);
        assert_eq!(answer.header("location"), None);
    }
    let twice = server().anonymous().request("POST", PAR);
    let twice = twice.header("content-type", "application/x-www-form-urlencoded");
    let twice = twice.body(format!("{right}&state=x")).send();
    assert_token_refused(&twice, 400, "invalid_request", "must not be repeated");
    let json = server()
        .anonymous()
        .post(PAR, &json!({ "client_id": PUBLIC }));
    assert_token_refused(&json, 400, "invalid_request", "x-www-form-urlencoded");
    let get = server().anonymous().get(PAR);
    assert_outcome(&get, 405, "not-supported", "GET");
}

#[test]
fn a_client_with_keys_proves_itself_when_it_pushes() {
    let server = server();
    let form = request(server).set("client_id", CONFIDENTIAL);
    assert_token_refused(&push(&form), 401, "invalid_client", "client_assertion");
    let elsewhere = with_assertion(form.clone(), &server.base);
    assert_token_refused(&push(&elsewhere), 401, "invalid_client", "`aud`");
    for endpoint in ["token", "par"] {
        let audience = format!("{}/AadSmartOnFhirProxy/{endpoint}", server.base);
        let once = with_assertion(form.clone(), &audience);
        let uri = pushed(&once);
        assert_token_refused(&push(&once), 401, "invalid_client", "used before");
        let target = Target::of(&authorize(server, &reference(CONFIDENTIAL, &uri)));
        assert!(target.address.starts_with(&server.idp), "{target:?}");
    }
    // The assertion names the client where the form does not.
    let audience = format!("{}{PAR}", server.base);
    pushed(&with_assertion(form.without("client_id"), &audience));
}

#[test]
fn an_app_that_must_push_gets_no_code_without() {
    let server = server();
    let plain = request(server).set("client_id", CONFIDENTIAL);
    let target = Target::of(&authorize(server, &plain));
    assert_eq!(target.address, APP);
    assert_eq!(target.names(), ["error", "error_description", "state"]);
    assert_eq!(target.value("error"), Some("invalid_request"));
    let words = target.value("error_description").unwrap_or_default();
    assert!(
        words.contains("pushed_authorization_request_endpoint"),
        "{words}"
    );
}
