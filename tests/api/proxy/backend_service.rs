//! Backend services: a signed assertion for a short token, which does what its scopes say.
//! <https://hl7.org/fhir/smart-app-launch/backend-services.html>

use super::client_key::{ClientKey, claims, header, now};
use super::parameters::Parameters;
use super::{
    APP, CONFIDENTIAL, SECRET, TOKEN, assert_not_stored, assert_token_refused, code,
    confidential_request, post_token, with_patients,
};
use crate::samples::patient_with_id;
use api::{Answer, Client, Running, Server, Settings, assert_outcome, unique};
use serde_json::{Value, json};
use std::sync::OnceLock;

const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

fn key() -> ClientKey {
    ClientKey::of(7)
}

/// A reader and a writer with keys, an app with keys and no service, an app without either.
fn server() -> &'static Server {
    static SERVER: OnceLock<Running> = OnceLock::new();
    let start = || {
        let clients = json!([
            { "clientId": "reader", "jwks": key().jwks(),
              "roles": ["globalReader"], "scope": "system/*.cruds", "introspect": true },
            { "clientId": "writer", "jwksUri": "{idp}/test/foreign-keys",
              "roles": ["globalWriter"], "scope": "system/Patient.cruds system/Observation.rs" },
            { "clientId": "outage", "jwksUri": "{idp}/no/keys/here",
              "roles": ["globalReader"], "scope": "system/*.rs" },
            { "clientId": CONFIDENTIAL, "jwks": key().jwks(), "redirectUris": [APP] },
        ]);
        let secrets = json!({ CONFIDENTIAL: SECRET });
        let settings = Settings::default().variable("SMART_CLIENTS", &clients.to_string());
        let settings = settings.variable("SMART_CLIENT_SECRETS", &secrets.to_string());
        with_patients(settings.start())
    };
    &SERVER.get_or_init(start).server
}

fn audience() -> String {
    format!("{}{TOKEN}", server().base)
}

/// A request for a token by assertion.
fn request(assertion: &str, scope: &str) -> Parameters {
    Parameters::default()
        .set("grant_type", "client_credentials")
        .set("scope", scope)
        .set("client_assertion_type", ASSERTION_TYPE)
        .set("client_assertion", assertion)
}

fn assertion(client: &str) -> String {
    key().sign(&header(), &claims(client, &audience()))
}

fn service(answer: &Answer) -> Client {
    let token = answer.body["access_token"].as_str().expect("a token");
    server().bearing(token)
}

fn reader(scope: &str) -> Client {
    service(&post_token(server(), &request(&assertion("reader"), scope)).expect(200))
}

#[test]
fn a_service_gets_a_short_token_for_what_it_asked() {
    let answer = post_token(server(), &request(&assertion("reader"), "system/*.read")).expect(200);
    assert_not_stored(&answer);
    let mut body = answer.body.clone();
    let token = body["access_token"].take();
    assert!(
        token.as_str().is_some_and(|token| !token.contains('.')),
        "{answer}"
    );
    let expected = json!({ "access_token": null, "token_type": "bearer", "expires_in": 300,
        "scope": "system/*.read" });
    assert_eq!(body, expected);
    let client = service(&answer);
    client.get("/Patient/demo-amelia").expect(200);
    client.get("/Patient/demo-other").expect(200);
    assert!(client.get("/Patient").expect(200).body["entry"].is_array());
}

#[test]
fn the_development_service_signs_in_by_the_token_command() {
    let server = Server::shared();
    let client = server.bearing(&server.backend_service_token("system/Patient.rs"));
    client.get("/Patient").expect(200);
    assert_outcome(&client.get("/Observation"), 403, "forbidden", "scope");
}

#[test]
fn the_discovery_document_tells_so() {
    let document = server()
        .anonymous()
        .get("/.well-known/smart-configuration")
        .expect(200)
        .body;
    let has = |list: &str, item: &str| {
        document[list]
            .as_array()
            .is_some_and(|all| all.contains(&json!(item)))
    };
    assert!(has("capabilities", "client-confidential-asymmetric"));
    assert!(has(
        "token_endpoint_auth_methods_supported",
        "private_key_jwt"
    ));
    for algorithm in ["RS384", "ES384"] {
        assert!(has(
            "token_endpoint_auth_signing_alg_values_supported",
            algorithm
        ));
    }
}

#[test]
fn scopes_narrow_the_role_and_never_widen_it() {
    let patients = reader("system/Patient.r");
    patients.get("/Patient/demo-amelia").expect(200);
    assert_outcome(&patients.get("/Patient"), 403, "forbidden", "scope");
    assert_outcome(
        &patients.get("/Observation/pulse-of-demo-amelia"),
        403,
        "forbidden",
        "scope",
    );
    // The scope is there, the role is not.
    let all = reader("system/*.cruds");
    let change = patient_with_id("demo-amelia");
    assert_outcome(
        &all.put("/Patient/demo-amelia", &change),
        403,
        "forbidden",
        "globalReader",
    );
    let constrained = reader("system/Patient.rs?_id=demo-amelia");
    constrained.get("/Patient/demo-amelia").expect(200);
    assert_outcome(
        &constrained.get("/Patient/demo-other"),
        404,
        "not-found",
        "",
    );
}

#[test]
fn keys_are_taken_from_where_the_client_publishes_them() {
    let server = server();
    let forge = |algorithm: &str| {
        let claims = claims("writer", &audience());
        let mut forgery = server.forgery().foreign_key();
        for name in ["iss", "sub", "aud", "iat", "nbf", "exp", "jti"] {
            forgery = forgery.claim(name, claims[name].clone());
        }
        let header = forgery
            .header("alg", json!(algorithm))
            .header("kid", json!("foreign"));
        header.sign()
    };
    for algorithm in ["RS384", "RS256"] {
        let form = request(&forge(algorithm), "system/*.cruds");
        let answer = post_token(server, &form).expect(200);
        assert_eq!(
            answer.body["scope"],
            "system/Patient.cruds system/Observation.rs"
        );
        let writer = service(&answer);
        let id = unique("written");
        writer
            .put(&format!("/Patient/{id}"), &patient_with_id(&id))
            .expect(201);
        let denied = writer.delete("/Observation/pulse-of-demo-amelia");
        assert_outcome(&denied, 403, "forbidden", "scope");
    }
    // Where they cannot be had, it is not the client's fault.
    let form = request(&assertion("outage"), "system/*.rs");
    assert_outcome(&post_token(server, &form), 503, "transient", "");
}

#[test]
fn an_assertion_opens_once() {
    let form = request(&assertion("reader"), "system/*.rs");
    post_token(server(), &form).expect(200);
    let again = post_token(server(), &form);
    assert_token_refused(&again, 401, "invalid_client", "used before");
}

#[test]
fn what_is_wrong_with_an_assertion_is_told() {
    let right = claims("reader", &audience());
    let with = |name: &str, value: Value| {
        let mut claims = right.clone();
        claims["jti"] = json!(unique("assertion"));
        claims[name] = value;
        key().sign(&header(), &claims)
    };
    let headed = |name: &str, value: Value| {
        let mut header = header();
        header[name] = value;
        key().sign(&header, &claims("reader", &audience()))
    };
    let cases = [
        (with("iss", json!("writer")), "`iss`"),
        (with("aud", json!(server().base)), "`aud`"),
        (with("aud", json!(format!("{}/", audience()))), "`aud`"),
        (with("exp", json!(now() - 100)), "expired"),
        (with("exp", json!(now() + 900)), "five minutes"),
        (with("exp", Value::Null), "no end"),
        (with("nbf", json!(now() + 200)), "not valid yet"),
        (with("jti", Value::Null), "`jti`"),
        (headed("kid", json!("key-2")), "`kid`"),
        (headed("kid", Value::Null), "kid"),
        (headed("alg", json!("none")), "algorithm"),
        (headed("alg", json!("HS384")), "algorithm"),
        (headed("alg", json!("ES256")), "`kid`"),
        (headed("jku", json!("https://evil.example/keys")), "`jku`"),
        (
            ClientKey::of(8).sign(&header(), &claims("reader", &audience())),
            "signature",
        ),
    ];
    for (assertion, words) in cases {
        let form = request(&assertion, "system/*.rs");
        for form in [form.clone(), form.set("client_id", "reader")] {
            let answer = post_token(server(), &form);
            assert_token_refused(&answer, 401, "invalid_client", words);
        }
    }
    let form = request(&assertion("reader"), "system/*.rs");
    let wrong_type = form.clone().set("client_assertion_type", "jwt");
    assert_token_refused(
        &post_token(server(), &wrong_type),
        401,
        "invalid_client",
        "_type must be",
    );
    let without = form.without("client_assertion").set("client_id", "reader");
    assert_token_refused(
        &post_token(server(), &without),
        401,
        "invalid_client",
        "has keys",
    );
    // A secret does not stand in for the key.
    let secret = without.set("client_secret", "x");
    assert_token_refused(
        &post_token(server(), &secret),
        401,
        "invalid_client",
        "has keys",
    );
}

#[test]
fn scopes_that_cannot_be_granted_are_told() {
    for (scope, words) in [
        ("", "system/*.cruds"),
        ("openid", "system/*.cruds"),
        ("patient/*.rs", "system/*.cruds"),
        ("system/Patient", "must be context/Type.access"),
        ("system/Patient.rs system/Patient.read", "mixes"),
    ] {
        let answer = post_token(server(), &request(&assertion("reader"), scope));
        assert_token_refused(&answer, 400, "invalid_scope", words);
    }
    let answer = post_token(server(), &request(&assertion(CONFIDENTIAL), "system/*.rs"));
    assert_token_refused(&answer, 400, "unauthorized_client", "not a backend service");
}

#[test]
fn a_token_that_was_touched_is_none() {
    let answer = post_token(server(), &request(&assertion("reader"), "system/*.rs")).expect(200);
    let token = answer.body["access_token"].as_str().expect("a token");
    let changed = super::touched(token);
    for token in [&token[1..], &changed, &token.to_uppercase(), "x"] {
        let answer = server().bearing(token).get("/Patient/demo-amelia");
        assert_outcome(&answer, 401, "login", "no JWT");
    }
}

#[test]
fn an_app_with_keys_redeems_its_code_by_assertion() {
    let server = server();
    let code = code(server, &confidential_request(server));
    let form = Parameters::default()
        .set("grant_type", "authorization_code")
        .set("code", &code)
        .set("redirect_uri", APP);
    let bare = post_token(server, &form.clone().set("client_id", CONFIDENTIAL));
    assert_token_refused(&bare, 401, "invalid_client", "has keys");
    let form = form
        .set("client_assertion_type", ASSERTION_TYPE)
        .set("client_assertion", &assertion(CONFIDENTIAL));
    let answer = post_token(server, &form).expect(200);
    assert_eq!(answer.body["patient"], "demo-amelia");
    assert_eq!(answer.body["client_id"], CONFIDENTIAL);
    let token = answer.body["refresh_token"]
        .as_str()
        .expect("a refresh token");
    let renewal = Parameters::default()
        .set("grant_type", "refresh_token")
        .set("refresh_token", token);
    for bare in [
        renewal.clone(),
        renewal.clone().set("client_id", CONFIDENTIAL),
    ] {
        let answer = post_token(server, &bare);
        assert_token_refused(&answer, 401, "invalid_client", "has keys");
    }
    let proved = renewal
        .set("client_assertion_type", ASSERTION_TYPE)
        .set("client_assertion", &assertion(CONFIDENTIAL));
    post_token(server, &proved).expect(200);
}

#[test]
fn a_revoked_token_is_revoked_in_every_spelling() {
    let server = server();
    let answer = post_token(server, &request(&assertion("reader"), "system/*.rs")).expect(200);
    let token = answer.body["access_token"].as_str().expect("a token");
    let form = Parameters::default()
        .set("token", token)
        .set("client_assertion_type", ASSERTION_TYPE)
        .set("client_assertion", &assertion("reader"));
    let request = server.anonymous().request("POST", "/connect/revoke");
    let request = request.header("content-type", "application/x-www-form-urlencoded");
    request.body(form.to_string()).send().expect(200);
    let other = token.replace('-', "+").replace('_', "/");
    for token in [
        token.to_owned(),
        other,
        format!("{token}="),
        format!("{token}=="),
    ] {
        let refused = server.bearing(&token).get("/Patient/demo-amelia");
        assert_outcome(&refused, 401, "login", "");
    }
}

#[test]
fn nothing_in_a_constraint_widens_what_is_granted() {
    let scope = "system/Patient.r?x=http://a/system/*.rs";
    let answer = post_token(server(), &request(&assertion("reader"), scope));
    if answer.status == 200 {
        let refused = service(&answer).get("/Observation/pulse-of-demo-amelia");
        assert_outcome(&refused, 403, "forbidden", "scope");
    }
    let category = "http://terminology.hl7.org/CodeSystem/observation-category|vital-signs";
    let scope = format!("system/Observation.rs?category={category}");
    let answer = post_token(server(), &request(&assertion("reader"), &scope)).expect(200);
    assert_eq!(answer.body["scope"], scope);
    service(&answer).get("/Observation").expect(200);
}

#[test]
fn a_client_with_keys_introspects_by_assertion_where_it_is_registered_for_it() {
    let token = server().user_token("reader");
    let ask = |assertion: &str| {
        let form = Parameters::default()
            .set("token", &token)
            .set("client_assertion_type", ASSERTION_TYPE)
            .set("client_assertion", assertion);
        let request = server().anonymous().request("POST", "/connect/introspect");
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        request.body(form.to_string()).send()
    };
    let once = assertion("reader");
    assert_eq!(ask(&once).expect(200).body["active"], true);
    assert_token_refused(&ask(&once), 401, "invalid_client", "used before");
    let unregistered = ask(&assertion(CONFIDENTIAL));
    assert_token_refused(&unregistered, 400, "unauthorized_client", "introspect");
    let unknown = ask(&assertion("unknown"));
    assert_token_refused(&unknown, 401, "invalid_client", "no keys");
    let touched = super::touched(&assertion("reader"));
    assert_token_refused(&ask(&touched), 401, "invalid_client", "signature");
    let service = reader("system/*.rs");
    let form = Parameters::default().set("token", &token).to_string();
    let request = service.request("POST", "/connect/introspect");
    let request = request.header("content-type", "application/x-www-form-urlencoded");
    assert_eq!(request.body(form).send().body["active"], true);
    let document = server().anonymous().get("/.well-known/smart-configuration");
    assert_eq!(
        document.body["introspection_endpoint_auth_methods_supported"],
        json!(["Bearer", "private_key_jwt"])
    );
}
