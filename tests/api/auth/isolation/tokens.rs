//! The same with every form of token: whatever the role, the scopes and the launch, a token that is
//! for one patient opens nothing of another.

use super::attempt::{Attempt, Sent, attempts};
use super::judgement::judge;
use super::{Pair, Sides};
use api::{Browser, Client, Server};
use fhir::route::ROUTES;
use serde_json::{Value, json};

/// Types of every kind: the patient, what is about one, and what lists several.
const TYPES: [&str; 7] = [
    "Patient",
    "Observation",
    "Condition",
    "Encounter",
    "Appointment",
    "Group",
    "Provenance",
];

/// Scopes with which a SMART user stays in the own record.
const SCOPES: [&str; 9] = [
    "patient/*.cruds",
    "user/*.cruds",
    "system/*.cruds",
    "patient/*.cruds system/*.cruds",
    "user/*.cruds system/*.cruds",
    "user_impersonation",
    "user_impersonation patient/*.cruds system/*.cruds",
    "openid fhirUser launch launch/patient",
    "",
];

/// An attempt that may be refused for want of a scope as well.
fn or_forbidden(mut attempt: Attempt) -> Attempt {
    attempt.expected.push(403);
    attempt.entries = attempt.entries.into_iter().map(or_forbidden).collect();
    attempt
}

fn all_attempts(sides: Sides<'_>) -> Vec<Attempt> {
    let each = TYPES
        .iter()
        .flat_map(|name| ROUTES.iter().map(move |route| (route, *name)));
    let attempts = each.flat_map(|(route, name)| attempts(sides, route, name));
    attempts
        .filter(|attempt| attempt.is_bundle() || attempt.sent == Sent::Alone)
        .map(or_forbidden)
        .collect()
}

/// Tries everything, and asserts that nothing of the victim came back or changed.
fn assert_isolated(pair: &Pair, about: &str, client: &Client) {
    let sides = pair.sides();
    let before = sides.victim.stored(&pair.server.admin());
    // What is written would be counted by what is read.
    let (writing, reading): (Vec<_>, Vec<_>) =
        all_attempts(sides).into_iter().partition(Attempt::writes);
    for attempt in reading.into_iter().chain(writing) {
        judge(sides, &attempt, &attempt.send(client));
    }
    let after = sides.victim.stored(&pair.server.admin());
    assert_eq!(before, after, "{about}");
}

fn forged(server: &Server, claims: &[(&str, Value)]) -> Client {
    let forgery = claims
        .iter()
        .fold(server.forgery(), |forgery, (name, value)| {
            forgery.claim(name, value.clone())
        });
    server.bearing(&forgery.sign())
}

#[test]
fn a_smart_user_stays_in_the_own_record_with_every_form_of_scopes() {
    for scopes in SCOPES {
        for absolute in [false, true] {
            let pair = Pair::plant(Server::shared(), "Patient");
            let reference = pair.sides().thief.reference();
            let fhir_user = if absolute {
                format!("{}/{reference}", pair.server.base)
            } else {
                reference
            };
            let claims = [
                ("roles", json!(["smartUser"])),
                ("fhirUser", json!(fhir_user)),
                ("scp", json!(scopes)),
            ];
            assert_isolated(&pair, scopes, &forged(pair.server, &claims));
            if scopes != "patient/*.cruds" {
                break;
            }
        }
    }
}

/// The access token of an app that was launched for a patient, for the person who signs in.
fn launched(server: &Server, user: &str, patient: &str, scope: &str) -> Client {
    const APP: &str = "http://localhost/callback";
    // The pair of RFC 7636, appendix B.
    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
    use base64::Engine;
    let launch = json!({ "patient": patient }).to_string();
    let launch = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(launch);
    let query = form_urlencoded::Serializer::new(String::new())
        .extend_pairs([
            ("response_type", "code"),
            ("client_id", "smart-app"),
            ("redirect_uri", APP),
            ("scope", scope),
            ("state", "s"),
            ("aud", &server.base),
            ("launch", &launch),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
        ])
        .finish();
    let start = format!("{}/AadSmartOnFhirProxy/authorize?{query}", server.base);
    let address = Browser::new(server).sign_in(&start, user, APP);
    let query = address.split_once('?').expect("a query").1;
    let code = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "code");
    let code = code.unwrap_or_else(|| panic!("no code in {address}")).1;
    let answer = server
        .anonymous()
        .request("POST", "/AadSmartOnFhirProxy/token")
        .form(&[
            ("grant_type", "authorization_code"),
            ("code", &code),
            ("redirect_uri", APP),
            ("client_id", "smart-app"),
            ("code_verifier", VERIFIER),
        ])
        .send()
        .expect(200);
    server.bearing(answer.body["access_token"].as_str().expect("a token"))
}

#[test]
fn an_app_stays_in_the_record_that_it_was_launched_for_whoever_signs_in() {
    for (user, scope) in [
        ("admin", "openid launch patient/*.cruds"),
        ("writer", "launch patient/*.*"),
        ("reader", "launch patient/*.rs user_impersonation"),
    ] {
        let pair = Pair::plant(Server::shared(), "Patient");
        let patient = &pair.sides().thief.id;
        let app = launched(pair.server, user, patient, scope);
        let own = app.get(&format!("/Patient/{patient}"));
        assert_eq!(own.status, 200, "{user}: {own}");
        assert_isolated(&pair, scope, &app);
    }
}

#[test]
fn an_administrator_hands_an_app_no_more_than_its_scopes() {
    let pair = Pair::shared();
    let patient = &pair.sides().thief.id;
    let app = launched(
        pair.server,
        "admin",
        patient,
        "launch patient/Observation.rs",
    );
    app.get("/Observation?_count=1").expect(200);
    let stranger = crate::samples::patient("handed");
    for answer in [
        app.post("/Patient", &stranger),
        app.get(&format!("/Patient/{patient}")),
        app.get("/Condition?_count=1"),
        app.delete("/Observation/absent"),
    ] {
        api::assert_outcome(
            &answer,
            403,
            "forbidden",
            "no scope of the token lets the app",
        );
    }
}

#[test]
fn patient_scopes_of_a_practitioner_open_nothing_without_a_launch() {
    let pair = Pair::plant(Server::shared(), "Practitioner");
    let claims = [
        ("roles", json!(["smartUser"])),
        ("fhirUser", json!(pair.sides().thief.reference())),
        ("scp", json!("patient/*.cruds")),
    ];
    let client = forged(pair.server, &claims);
    for name in ["Observation", "Encounter", "Patient"] {
        let id = &pair.sides().thief.id;
        for answer in [
            client.get(&format!("/{name}?_count=1")),
            client.get(&format!("/{name}/{id}")),
        ] {
            api::assert_outcome(&answer, 403, "forbidden", "launched for no patient");
        }
    }
    assert_isolated(&pair, "patient/*.cruds", &client);
}
