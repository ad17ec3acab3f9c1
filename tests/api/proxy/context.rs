//! Standalone launch: the person chooses the patient that the app asks for.
//! <https://hl7.org/fhir/smart-app-launch/app-launch.html#launch-app-standalone-launch>

use super::parameters::{Parameters, Target};
use super::{
    APP, PUBLIC, STATE, assert_not_stored, assert_shown_here, assert_token_refused, authorize,
    encoded, post_token, redemption, request, v1, v2,
};
use crate::samples::with;
use api::{Answer, Browser, Client, Server, assert_outcome, unique};
use serde_json::{Value, json};

const CONTEXT: &str = "/AadSmartOnFhirProxy/context";

/// The request of an app that was opened by itself and asks for a patient.
fn standalone(server: &Server) -> Parameters {
    request(server)
        .without("launch")
        .set("scope", "openid fhirUser launch/patient patient/*.rs")
}

/// What the page is given in place of the app's request.
#[track_caller]
fn pending(server: &Server, request: &Parameters) -> String {
    let target = Target::of(&authorize(server, request));
    let page = format!("{}/app/launch-context", server.base);
    assert_eq!(target.address, page);
    target.value("request").expect("a request").to_owned()
}

fn describe(server: &Server, pending: &str) -> Answer {
    let query = Parameters::default().set("request", pending);
    server.anonymous().get(&format!("{CONTEXT}?{query}"))
}

fn choose(person: &Client, choice: &Value) -> Answer {
    person.post(CONTEXT, choice)
}

fn location(answer: &Answer) -> String {
    answer.body["location"].as_str().expect("a location").into()
}

#[test]
fn the_app_learns_the_patient_that_the_person_chose() {
    for server in [v1(), v2()] {
        let pending = pending(server, &standalone(server));
        let described = describe(server, &pending).expect(200);
        let expected = json!({
            "clientId": PUBLIC,
            "name": "Growth chart",
            "redirectHost": "app.example",
            "scope": "openid fhirUser launch/patient patient/*.rs",
            "needs": ["patient"],
        });
        assert_eq!(described.body, expected);
        assert_eq!(
            described.header("cache-control").as_deref(),
            Some("no-store")
        );

        let choice = json!({ "request": pending, "patient": "demo-other" });
        let chosen = choose(&server.bearing(&server.user_token("reader")), &choice).expect(200);
        assert_eq!(chosen.header("cache-control").as_deref(), Some("no-store"));
        let app = Browser::new(server).sign_in(&location(&chosen), "reader", APP);
        let target = Target::parse(&app);
        assert_eq!(target.value("state"), Some(STATE));
        let code = target.value("code").expect("a code");
        let answer = post_token(server, &redemption(code)).expect(200);
        assert_not_stored(&answer);
        assert_eq!(answer.body["patient"], "demo-other");
        assert_eq!(answer.body.get("encounter"), None);
    }
}

#[test]
fn a_launch_that_names_the_patient_asks_nothing() {
    let server = v2();
    let launched = standalone(server).set("launch", &encoded(&json!({ "patient": "p" })));
    let target = Target::of(&authorize(server, &launched));
    assert!(
        target.address.starts_with(&server.idp),
        "{}",
        target.address
    );
    let without = standalone(server).set("scope", "openid patient/*.rs");
    let target = Target::of(&authorize(server, &without));
    assert!(
        target.address.starts_with(&server.idp),
        "{}",
        target.address
    );
    let partly = standalone(server).set("launch", &encoded(&json!({ "encounter": "e" })));
    pending(server, &partly);
}

#[test]
fn nobody_is_asked_where_the_app_forbids_it() {
    let server = v2();
    let silent = standalone(server).set("prompt", "none");
    let target = Target::of(&authorize(server, &silent));
    assert_eq!(target.address, APP);
    assert_eq!(target.value("error"), Some("interaction_required"));
    assert_eq!(target.value("state"), Some(STATE));
}

#[test]
fn only_what_the_person_may_see_can_be_chosen() {
    let server = v2();
    let pending = pending(server, &standalone(server));
    let choice = |patient: &str| json!({ "request": pending, "patient": patient });
    let patient = server.bearing(&server.user_token("patient"));
    let other = choose(&patient, &choice("demo-other"));
    assert_outcome(&other, 404, "not-found", "that you may see");
    let missing = choose(&patient, &choice("nobody-at-all"));
    assert_outcome(&missing, 404, "not-found", "that you may see");
    let nobody = server.bearing(&server.user_token("nobody"));
    assert_outcome(
        &choose(&nobody, &choice("demo-amelia")),
        403,
        "forbidden",
        "role",
    );
    let anonymous = choose(&server.anonymous(), &choice("demo-amelia"));
    assert_outcome(&anonymous, 401, "login", "Authorization");
    // None of these used the request up.
    choose(&patient, &choice("demo-amelia")).expect(200);
    let again = choose(&patient, &choice("demo-amelia"));
    assert_shown_here(&again, "answered before");
}

#[test]
fn an_encounter_can_be_chosen_with_its_patient() {
    let server = v2();
    let admin = server.admin();
    let encounter = |subject: &str| {
        let class = json!({ "code": "AMB" });
        let visit = json!({ "resourceType": "Encounter", "status": "finished", "class": class });
        let subject = json!({ "reference": format!("Patient/{subject}") });
        let visit = with(
            &with(&visit, "subject", subject),
            "id",
            json!(unique("visit")),
        );
        admin.save(&visit);
        visit["id"].as_str().unwrap_or_default().to_owned()
    };
    let (own, other) = (encounter("demo-amelia"), encounter("demo-other"));
    let scope = "openid launch/patient launch/encounter patient/*.rs";
    let pending = pending(server, &standalone(server).set("scope", scope));
    let described = describe(server, &pending).expect(200);
    assert_eq!(described.body["needs"], json!(["patient", "encounter"]));
    let choice = |encounter: &str| json!({ "request": pending, "patient": "demo-amelia", "encounter": encounter });
    let reader = server.bearing(&server.user_token("reader"));
    assert_shown_here(
        &choose(&reader, &choice(&other)),
        "not one of Patient/demo-amelia",
    );
    let chosen = choose(&reader, &choice(&own)).expect(200);
    let app = Browser::new(server).sign_in(&location(&chosen), "reader", APP);
    let code = Target::parse(&app)
        .value("code")
        .expect("a code")
        .to_owned();
    let answer = post_token(server, &redemption(&code)).expect(200);
    assert_eq!(answer.body["patient"], "demo-amelia");
    assert_eq!(answer.body["encounter"], json!(own));
}

#[test]
fn the_launch_s_encounter_goes_when_the_person_picks_another_patient() {
    let server = v2();
    let launch = encoded(&json!({ "encounter": "demo-visit" }));
    let scope = "openid launch/patient launch/encounter patient/*.rs";
    for (patient, encounter) in [
        ("demo-other", None),
        ("demo-amelia", Some(json!("demo-visit"))),
    ] {
        let request = standalone(server).set("scope", scope);
        let pending = pending(server, &request.set("launch", &launch));
        let choice = json!({ "request": pending, "patient": patient });
        let chosen = choose(&server.user("reader"), &choice).expect(200);
        let app = Browser::new(server).sign_in(&location(&chosen), "reader", APP);
        let target = Target::parse(&app);
        let form = redemption(target.value("code").expect("a code"));
        let answer = post_token(server, &form).expect(200);
        assert_eq!(answer.body["patient"], patient);
        assert_eq!(answer.body.get("encounter"), encounter.as_ref(), "{answer}");
    }
}

#[test]
fn a_person_may_decline() {
    let server = v2();
    let pending = pending(server, &standalone(server));
    let declined = json!({ "request": pending, "declined": true });
    let answer = choose(&server.anonymous(), &declined).expect(200);
    let target = Target::parse(&location(&answer));
    assert_eq!(target.address, APP);
    assert_eq!(target.value("error"), Some("access_denied"));
    assert_eq!(target.value("state"), Some(STATE));
    assert_shown_here(&choose(&server.anonymous(), &declined), "answered before");
}

#[test]
fn who_signs_in_must_be_who_chose() {
    let server = v2();
    let pending = pending(server, &standalone(server));
    let choice = json!({ "request": pending, "patient": "demo-other" });
    let chosen = choose(&server.bearing(&server.user_token("reader")), &choice).expect(200);
    let app = Browser::new(server).sign_in(&location(&chosen), "patient", APP);
    let code = Target::parse(&app)
        .value("code")
        .expect("a code")
        .to_owned();
    let answer = post_token(server, &redemption(&code));
    assert_token_refused(
        &answer,
        400,
        "invalid_grant",
        "is not the one who chose the patient",
    );
}

#[test]
fn a_request_that_is_not_ours_is_refused() {
    let server = v2();
    let pending = pending(server, &standalone(server));
    let state = super::sealed_state(server, &request(server));
    for sealed in ["", "x", &pending[1..], &state] {
        let words = if sealed.is_empty() {
            "required"
        } else {
            "not made by this server"
        };
        assert_shown_here(&describe(server, sealed), words);
    }
    let admin = server.admin();
    let cases = [
        (
            json!({ "request": state, "patient": "demo-amelia" }),
            "not made by this server",
        ),
        (json!({ "request": pending }), "`patient`"),
        (json!({ "patient": "demo-amelia" }), "`request`"),
        (json!({ "request": pending, "patient": 1 }), "invalid type"),
        (
            json!({ "request": pending, "patient": "a", "more": 1 }),
            "`more`",
        ),
        (json!([]), "cannot be understood"),
    ];
    for (choice, words) in cases {
        assert_shown_here(&choose(&admin, &choice), words);
    }
}
