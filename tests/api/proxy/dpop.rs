//! DPoP: tokens that are good only together with a key. <https://www.rfc-editor.org/rfc/rfc9449>

use super::client_key::{ClientKey, claims, header, now};
use super::parameters::Parameters;
use super::proof::{Proof, ProofKey, hash, nonce, post_proved, post_with_proof, send};
use super::{
    APP, AUTHORIZE, LISTED_ORIGIN, PUBLIC, TOKEN, assert_not_stored, assert_token_refused,
    authorize, code, launch, post_token, redemption, request, v2, with_patients,
};
use api::{Answer, Server, Settings, assert_outcome};
use serde_json::{Value, json};

const PATIENT: &str = "/Patient/demo-amelia";
const KEY: ProofKey = ProofKey::Es384(11);
const OTHER: ProofKey = ProofKey::Es384(12);

fn text<'a>(answer: &'a Answer, name: &str) -> &'a str {
    answer.body[name].as_str().expect(name)
}

/// The token response of a launch by an app that has a key.
#[track_caller]
fn bound_launch(server: &Server, key: &ProofKey) -> Answer {
    let form = redemption(&code(server, &request(server)));
    let answer = post_proved(server, &form, key).expect(200);
    assert_eq!(answer.body["token_type"], "DPoP");
    answer
}

fn renewal(answer: &Answer) -> Parameters {
    let form = Parameters::default().set("grant_type", "refresh_token");
    let form = form.set("refresh_token", text(answer, "refresh_token"));
    form.set("client_id", PUBLIC)
}

fn get(server: &Server, token: &str, key: &ProofKey) -> Answer {
    let proof = Proof::of(server, key, "GET", PATIENT).with_token(token);
    send(server, ("GET", PATIENT), token, &proof.sign())
}

#[track_caller]
fn assert_unproven(answer: &Answer, error: &str, words: &str) {
    assert_outcome(answer, 401, "login", words);
    let challenge = answer.header("www-authenticate").expect("a challenge");
    let start = format!("DPoP error=\"{error}\", error_description=\"");
    assert!(challenge.starts_with(&start), "{challenge}");
    assert!(challenge.contains("algs=\"ES256 ES384 "), "{challenge}");
}

#[test]
fn tokens_are_bound_to_the_key_whatever_its_kind() {
    let server = v2();
    for key in [ProofKey::Es256, ProofKey::Es384(13), ProofKey::Rs256] {
        let answer = bound_launch(server, &key);
        assert_not_stored(&answer);
        assert_eq!(answer.body["patient"], "demo-amelia");
        assert!(answer.header("dpop-nonce").is_some(), "for the next one");
        get(server, text(&answer, "access_token"), &key).expect(200);
    }
}

#[test]
fn a_proof_needs_a_nonce_and_without_one_nothing_is_used_up() {
    let server = v2();
    let form = redemption(&code(server, &request(server)));
    let bare = Proof::of(server, &KEY, "POST", TOKEN);
    let foreign = nonce(v2(), &KEY).replace('A', "B") + "A";
    for proof in [
        bare.clone(),
        bare.clone().claim("nonce", json!("x")),
        bare.clone().claim("nonce", json!(foreign)),
        bare.clone().claim("nonce", json!(1)),
    ] {
        let answer = post_with_proof(server, &form, &proof.sign());
        assert_token_refused(&answer, 400, "use_dpop_nonce", "DPoP-Nonce");
        assert!(answer.header("dpop-nonce").is_some());
    }
    // The nonce that came with the refusal is good, and again: it says when, not which one.
    let nonce = nonce(server, &KEY);
    let proof = bare.claim("nonce", json!(nonce));
    let answer = post_with_proof(server, &form, &proof.sign()).expect(200);
    let again = Proof::of(server, &KEY, "POST", TOKEN).claim("nonce", json!(nonce));
    post_with_proof(server, &renewal(&answer), &again.sign()).expect(200);
}

#[test]
fn a_bound_token_is_no_bearer_token_on_any_route() {
    let server = v2();
    let answer = bound_launch(server, &KEY);
    let token = text(&answer, "access_token");
    let client = server.bearing(token);
    for (method, path) in [
        ("GET", PATIENT),
        ("HEAD", PATIENT),
        ("GET", "/Observation?patient=demo-amelia"),
        ("GET", "/Patient/demo-amelia/_history"),
        ("GET", "/Patient/demo-amelia/_history/1"),
        ("POST", "/Observation/_search"),
        ("POST", "/Observation"),
        ("PUT", PATIENT),
        ("DELETE", PATIENT),
        ("POST", "/"),
        ("GET", "/nothing/here"),
        ("POST", "/connect/introspect"),
        ("POST", "/connect/revoke-sessions"),
    ] {
        let refused = client.request(method, path).send();
        if method == "HEAD" {
            assert_eq!(refused.status, 401);
            continue;
        }
        assert_unproven(&refused, "invalid_token", "is bound to a key");
    }
    let standalone = request(server)
        .without("launch")
        .set("scope", "launch/patient");
    let page = authorize(server, &standalone)
        .header("location")
        .expect("a page");
    let pending = page.split("request=").nth(1).expect("a request");
    let choice = json!({ "request": pending, "patient": "demo-amelia" });
    let refused = client.post("/AadSmartOnFhirProxy/context", &choice);
    assert_unproven(&refused, "invalid_token", "is bound to a key");
    get(server, token, &KEY).expect(200);
}

#[test]
fn a_bearer_token_is_none_that_a_key_makes_better() {
    let server = v2();
    let answer = launch(server);
    assert_ne!(answer.body["token_type"], "DPoP");
    let token = text(&answer, "access_token");
    assert_unproven(&get(server, token, &KEY), "invalid_token", "not bound");
    server.bearing(token).get(PATIENT).expect(200);
}

/// Every way to break a proof, and what the refusal says of it.
fn broken<'a>(server: &'a Server, right: &Proof<'a>) -> Vec<(String, String, &'static str)> {
    let mut broken: Vec<(String, String, &'static str)> = Vec::new();
    let own = KEY.jwk(server);
    let with = |name: &str, value: Value| {
        let mut key = own.clone();
        key[name] = value;
        key
    };
    for (name, value, reason) in [
        ("typ", json!(null), "`typ`"),
        ("typ", json!("JWT"), "`typ`"),
        ("typ", json!("at+jwt"), "`typ`"),
        ("alg", json!("none"), "algorithm"),
        ("alg", json!("HS256"), "algorithm"),
        ("alg", json!("ES256"), "does not fit"),
        ("alg", json!("RS256"), "does not fit"),
        ("crit", json!(["x"]), "crit"),
        ("jwk", json!(null), "`jwk`"),
        ("jwk", json!({}), "`jwk`"),
        ("jwk", json!("x"), "`jwk`"),
        ("jwk", json!({ "kty": "oct", "k": "AAAA" }), "private"),
        ("jwk", with("d", json!("AAAA")), "private"),
        ("jwk", with("x", json!("AAAA")), "curve"),
        ("jwk", with("crv", json!("P-521")), "`jwk`"),
        // A point that is not on the curve.
        ("jwk", with("x", json!("A".repeat(64))), "signature"),
        ("jwk", OTHER.jwk(server), "signature"),
    ] {
        let proof = right.clone().header(name, value.clone()).sign();
        broken.push((format!("{name} {value}"), proof, reason));
    }
    for (name, value, reason) in [
        ("jti", json!(null), "`jti`"),
        ("jti", json!(""), "`jti`"),
        ("jti", json!("x".repeat(300)), "`jti`"),
        ("htm", json!(null), "`htm`"),
        ("htm", json!("PATCH"), "`htm`"),
        ("htu", json!(null), "`htu`"),
        ("htu", json!(format!("{}/elsewhere", server.base)), "`htu`"),
        (
            "htu",
            json!("https://fhir.example/Patient/demo-amelia"),
            "`htu`",
        ),
        ("iat", json!(null), "`iat`"),
        ("iat", json!(now() - 70), "`iat`"),
        ("iat", json!(now() + 70), "`iat`"),
        ("iat", json!("now"), "`iat`"),
    ] {
        let proof = right.clone().claim(name, value.clone()).sign();
        broken.push((format!("{name} {value}"), proof, reason));
    }
    let proof = right.clone().sign();
    for (wrong, proof, reason) in [
        ("no JWT", "garbage".to_owned(), "no JWT"),
        ("two proofs", format!("{proof}, {proof}"), "three parts"),
        (
            "no signature",
            format!("{}.", proof.rsplit_once('.').expect("parts").0),
            "signature",
        ),
        (
            "another key's",
            right.clone().signed_by(&OTHER).sign(),
            "signature",
        ),
        ("too long", "x".repeat(9000), "too long"),
    ] {
        broken.push((wrong.to_owned(), proof, reason));
    }
    broken
}

#[test]
fn every_broken_proof_is_refused_with_its_reason() {
    let server = v2();
    let answer = bound_launch(server, &KEY);
    let token = text(&answer, "access_token");
    let right = || Proof::of(server, &KEY, "GET", PATIENT).with_token(token);
    let mut cases = broken(server, &right());
    for (wrong, proof, reason) in [
        ("no ath", right().claim("ath", json!(null)), "`ath`"),
        ("ath", right().claim("ath", json!(hash("another"))), "`ath`"),
        (
            "another key",
            Proof::of(server, &OTHER, "GET", PATIENT).with_token(token),
            "another key",
        ),
    ] {
        cases.push((wrong.to_owned(), proof.sign(), reason));
    }
    assert!(cases.len() > 35);
    for (wrong, proof, reason) in cases {
        let refused = send(server, ("GET", PATIENT), token, &proof);
        assert!(refused.text.contains(reason), "{wrong}: {refused}");
        assert_unproven(&refused, "invalid_dpop_proof", reason);
    }
    let none = server.anonymous().request("GET", PATIENT);
    let none = none
        .header("authorization", &format!("DPoP {token}"))
        .send();
    assert_unproven(&none, "invalid_dpop_proof", "no DPoP header");
    // Query, case of the host and encoding of the path make no difference.
    let spelled =
        format!("{}/%50atient/demo-amelia?x#y", server.base).replace("localhost", "LocalHost");
    let proof = right().claim("htu", json!(spelled)).sign();
    send(server, ("GET", PATIENT), token, &proof).expect(200);
}

#[test]
fn every_broken_proof_is_refused_at_the_token_endpoint() {
    let server = v2();
    let form = redemption(&code(server, &request(server)));
    let nonce = nonce(server, &KEY);
    let right = Proof::of(server, &KEY, "POST", TOKEN).claim("nonce", json!(nonce));
    for (wrong, proof, reason) in broken(server, &right) {
        let refused = post_with_proof(server, &form, &proof);
        assert!(refused.text.contains(reason), "{wrong}: {refused}");
        assert_token_refused(&refused, 400, "invalid_dpop_proof", reason);
    }
    let form = post_with_proof(server, &form, &right.sign()).expect(200);
    assert_eq!(form.body["token_type"], "DPoP", "nothing was used up");
}

#[test]
fn a_proof_is_used_once() {
    let server = v2();
    let answer = bound_launch(server, &KEY);
    let token = text(&answer, "access_token");
    for (method, path) in [("GET", PATIENT), ("POST", "/Observation/_search")] {
        let proof = Proof::of(server, &KEY, method, path)
            .with_token(token)
            .sign();
        send(server, (method, path), token, &proof).expect(200);
        let refused = send(server, (method, path), token, &proof);
        assert_unproven(&refused, "invalid_dpop_proof", "used before");
    }
    let proof = Proof::of(server, &KEY, "POST", TOKEN);
    let proof = proof.claim("nonce", json!(nonce(server, &KEY))).sign();
    let renewed = post_with_proof(server, &renewal(&answer), &proof).expect(200);
    let refused = post_with_proof(server, &renewal(&renewed), &proof);
    assert_token_refused(&refused, 400, "invalid_dpop_proof", "used before");
}

#[test]
fn a_refresh_needs_the_same_key() {
    let server = v2();
    let first = bound_launch(server, &KEY);
    let bare = post_token(server, &renewal(&first));
    assert_token_refused(&bare, 400, "invalid_dpop_proof", "must have a DPoP proof");
    let other = post_proved(server, &renewal(&first), &OTHER);
    assert_token_refused(&other, 400, "invalid_grant", "another key");
    // A thief's attempts use nothing up.
    let second = post_proved(server, &renewal(&first), &KEY).expect(200);
    assert_eq!(second.body["token_type"], "DPoP");
    get(server, text(&second, "access_token"), &KEY).expect(200);
    let refused = get(server, text(&second, "access_token"), &OTHER);
    assert_unproven(&refused, "invalid_dpop_proof", "another key");
    let bearer = server.bearing(text(&second, "access_token")).get(PATIENT);
    assert_unproven(&bearer, "invalid_token", "is bound to a key");
    let third = post_proved(server, &renewal(&second), &KEY).expect(200);
    post_proved(server, &renewal(&third), &KEY).expect(200);
}

#[test]
fn a_code_can_be_bound_before_it_is_given() {
    let server = v2();
    let bound = request(server).set("dpop_jkt", &KEY.thumbprint(server));
    let form = redemption(&code(server, &bound));
    let bare = post_token(server, &form);
    assert_token_refused(&bare, 400, "invalid_dpop_proof", "must have a DPoP proof");
    let other = post_proved(server, &form, &OTHER);
    assert_token_refused(&other, 400, "invalid_grant", "another key");
    post_proved(server, &form, &KEY).expect(200);
    for wrong in ["x", &"!".repeat(43)] {
        let answer = authorize(server, &request(server).set("dpop_jkt", wrong));
        let location = answer.header("location").unwrap_or_default();
        assert!(location.contains("error=invalid_request"), "{location}");
        assert!(location.contains("dpop_jkt"), "{AUTHORIZE}: {location}");
    }
}

#[test]
fn an_app_that_is_registered_for_it_gets_no_other_tokens() {
    let clients = json!([{ "clientId": PUBLIC, "redirectUris": [APP],
        "dpopBoundAccessTokens": true }]);
    let running = Settings::default()
        .variable("SMART_CLIENTS", &clients.to_string())
        .start();
    let server = &with_patients(running).server;
    let form = redemption(&code(server, &request(server)));
    let bare = post_token(server, &form);
    assert_token_refused(&bare, 400, "invalid_dpop_proof", "registered for tokens");
    let bound = post_proved(server, &form, &KEY).expect(200);
    let bare = post_token(server, &renewal(&bound));
    assert_token_refused(&bare, 400, "invalid_dpop_proof", "must have a DPoP proof");
    // Some apps do not say who they are when they refresh.
    let nameless = post_token(server, &renewal(&bound).without("client_id"));
    assert_token_refused(&nameless, 400, "invalid_dpop_proof", "bound to a key");
    post_proved(server, &renewal(&bound), &KEY).expect(200);
}

#[test]
fn introspection_tells_the_key() {
    let server = v2();
    let answer = bound_launch(server, &KEY);
    let introspect = |token: &str| {
        let request = server.admin().request("POST", "/connect/introspect");
        request.form(&[("token", token)]).send().expect(200).body
    };
    let key = json!({ "jkt": KEY.thumbprint(server) });
    let access = introspect(text(&answer, "access_token"));
    assert_eq!(
        (&access["cnf"], &access["token_type"]),
        (&key, &json!("DPoP"))
    );
    assert_eq!(introspect(text(&answer, "refresh_token"))["cnf"], key);
    let unbound = introspect(text(&launch(server), "access_token"));
    assert_eq!(
        (unbound.get("cnf"), &unbound["token_type"]),
        (None, &json!("Bearer"))
    );
}

#[test]
fn a_backend_service_can_bind_its_token() {
    let own = ClientKey::of(21);
    let clients = json!([{ "clientId": "reader", "jwks": own.jwks(), "roles": ["globalReader"],
        "scope": "system/*.rs" }]);
    let running = Settings::default()
        .variable("SMART_CLIENTS", &clients.to_string())
        .start();
    let server = &running.server;
    let audience = format!("{}{TOKEN}", server.base);
    let form = || {
        Parameters::default()
            .set("grant_type", "client_credentials")
            .set("scope", "system/*.rs")
            .set(
                "client_assertion_type",
                "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            )
            .set(
                "client_assertion",
                &own.sign(&header(), &claims("reader", &audience)),
            )
    };
    let nonce = nonce(server, &KEY);
    let proof = Proof::of(server, &KEY, "POST", TOKEN).claim("nonce", json!(nonce));
    let answer = post_with_proof(server, &form(), &proof.sign()).expect(200);
    assert_eq!(answer.body["token_type"], "DPoP");
    let token = text(&answer, "access_token");
    let path = "/Patient";
    let proof = Proof::of(server, &KEY, "GET", path).with_token(token);
    send(server, ("GET", path), token, &proof.sign()).expect(200);
    let bearer = server.bearing(token).get(path);
    assert_unproven(&bearer, "invalid_token", "is bound to a key");
}

#[test]
fn apps_can_find_out_and_scripts_can_take_part() {
    let server = v2();
    let document = server.anonymous().get("/.well-known/smart-configuration");
    let algorithms = &document.body["dpop_signing_alg_values_supported"];
    for algorithm in ["ES256", "ES384", "RS256", "PS256"] {
        let listed = algorithms.as_array().expect("a list");
        assert!(listed.contains(&json!(algorithm)), "{algorithms}");
    }
    let preflight = server.anonymous().request("OPTIONS", TOKEN);
    let preflight = preflight.header("origin", LISTED_ORIGIN);
    let preflight = preflight.header("access-control-request-method", "POST");
    let allowed = preflight
        .header("access-control-request-headers", "dpop")
        .send();
    let allowed = allowed
        .header("access-control-allow-headers")
        .unwrap_or_default();
    assert!(allowed.split(", ").any(|name| name == "DPoP"), "{allowed}");
    let request = server.anonymous().request("POST", TOKEN);
    let exposed = request.header("origin", LISTED_ORIGIN).send();
    let exposed = exposed
        .header("access-control-expose-headers")
        .unwrap_or_default();
    assert!(exposed.contains("DPoP-Nonce"), "{exposed}");
}
