//! Launch handles: what an EHR gets for an app to open, in place of a launch that anybody can write.
//! <https://hl7.org/fhir/smart-app-launch/app-launch.html#launch-app-ehr-launch>

use super::parameters::{Parameters, Target};
use super::{
    APP, CONFIDENTIAL, PUBLIC, assert_token_refused, authorize, code, encoded, post_token,
    redemption, request, settings, v1, v2, with_patients,
};
use api::{Answer, Client, Running, Server, assert_outcome};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use std::sync::OnceLock;
use std::thread;

/// Where only handles are taken.
fn strict() -> &'static Server {
    static STRICT: OnceLock<Running> = OnceLock::new();
    let settings = || settings().variable("SMART_UNSIGNED_LAUNCH", "off");
    &STRICT
        .get_or_init(|| with_patients(settings().start()))
        .server
}

fn post(caller: &Client, order: &Value) -> Answer {
    caller.post("/launch", order)
}

#[track_caller]
fn handle(server: &Server, order: &Value) -> String {
    let answer = post(&server.user("writer"), order).expect(201);
    assert_eq!(answer.header("cache-control").as_deref(), Some("no-store"));
    assert_eq!(answer.body["expires_in"], 300, "{answer}");
    let names = Vec::from_iter(answer.body.as_object().expect("an object").keys());
    assert_eq!(names, ["launch", "expires_in"], "{answer}");
    answer.body["launch"].as_str().expect("a handle").to_owned()
}

fn visit() -> Value {
    json!({ "patient": "demo-amelia", "encounter": "demo-visit", "practitioner": "dr-1",
        "need_patient_banner": false, "smart_style_url": "https://ehr.example/style.json" })
}

fn with_launch(server: &Server, launch: &str) -> Parameters {
    request(server).set("launch", launch)
}

#[track_caller]
fn assert_app_refused(answer: &Answer, words: &str) {
    let target = Target::of(answer);
    assert_eq!(target.address, APP);
    assert_eq!(target.value("error"), Some("invalid_request"));
    let description = target.value("error_description").unwrap_or_default();
    assert!(description.contains(words), "{description}");
}

#[test]
fn the_app_learns_what_the_handle_was_issued_for() {
    for server in [v1(), v2(), strict()] {
        let handle = handle(server, &visit());
        let opened = URL_SAFE_NO_PAD.decode(&handle).expect("base64url");
        let found = opened.windows(4).any(|part| part == b"demo");
        assert!(!found && !handle.contains("demo"), "{handle}");
        let code = code(server, &with_launch(server, &handle));
        let answer = post_token(server, &redemption(&code)).expect(200);
        let order = visit();
        for (name, value) in order.as_object().expect("an object") {
            assert_eq!(answer.body[name], *value, "{name}");
        }
        server
            .bearing(answer.body["access_token"].as_str().expect("a token"))
            .get("/Patient/demo-amelia")
            .expect(200);
    }
}

#[test]
fn a_handle_opens_once() {
    let server = v2();
    let request = with_launch(server, &handle(server, &visit()));
    let forms = [(), ()].map(|()| redemption(&code(server, &request)));
    let answers = thread::scope(|scope| {
        let calls = forms
            .each_ref()
            .map(|form| scope.spawn(|| post_token(server, form)));
        calls.map(|call| call.join().expect("an answer"))
    });
    let granted = answers.iter().filter(|answer| answer.status == 200).count();
    assert_eq!(granted, 1);
    for answer in answers.iter().filter(|answer| answer.status != 200) {
        assert_token_refused(answer, 400, "invalid_grant", "The launch was used before");
    }
    assert_app_refused(&authorize(server, &request), "The launch was used before");
}

#[test]
fn a_handle_is_for_the_app_that_it_names() {
    let server = v2();
    let mut order = visit();
    order["client_id"] = json!(CONFIDENTIAL);
    let handle = handle(server, &order);
    let other = authorize(server, &with_launch(server, &handle));
    assert_app_refused(&other, "issued for another app");
    let own = with_launch(server, &handle).set("client_id", CONFIDENTIAL);
    let target = Target::of(&authorize(server, &own));
    assert!(target.address.starts_with(&server.idp), "{target:?}");
    order["client_id"] = json!(PUBLIC);
    let handle = self::handle(server, &order);
    let target = Target::of(&authorize(server, &with_launch(server, &handle)));
    assert!(target.address.starts_with(&server.idp), "{target:?}");
}

#[test]
fn only_handles_are_taken_where_unsigned_launches_are_off() {
    let server = strict();
    let touched = handle(server, &visit()).replacen('A', "B", 1);
    for launch in [
        encoded(&visit()),
        encoded(&json!({})),
        touched,
        handle(v2(), &visit()),
        "!!".to_owned(),
    ] {
        let answer = authorize(server, &with_launch(server, &launch));
        assert_app_refused(&answer, "not issued by this server");
    }
    let without = authorize(server, &request(server).without("launch"));
    let target = Target::of(&without);
    assert!(target.address.starts_with(&server.idp), "{target:?}");
}

#[test]
fn a_handle_names_what_the_caller_may_see_and_what_belongs_together() {
    let server = v2();
    let writer = server.user("writer");
    for (order, status, code, words) in [
        (json!({}), 400, "invalid", "`patient`"),
        (
            json!({ "encounter": "demo-visit" }),
            400,
            "invalid",
            "`patient`",
        ),
        (
            json!({ "patient": "Patient/x" }),
            400,
            "invalid",
            "`patient`",
        ),
        (
            json!({ "patient": "nobody-at-all" }),
            404,
            "not-found",
            "that you may see",
        ),
        (
            json!({ "patient": "demo-other", "encounter": "demo-visit" }),
            400,
            "invalid",
            "Encounter/demo-visit is not one of Patient/demo-other",
        ),
        (
            json!({ "patient": "demo-amelia", "encounter": "none" }),
            404,
            "not-found",
            "Encounter",
        ),
        (
            json!({ "patient": "demo-amelia", "practitioner": "none" }),
            404,
            "not-found",
            "Practitioner",
        ),
        (
            json!({ "patient": "demo-amelia", "intent": "x" }),
            400,
            "invalid",
            "`intent`",
        ),
        (
            json!({ "patient": "demo-amelia", "client_id": "x" }),
            400,
            "invalid",
            "client_id",
        ),
        (
            json!({ "patient": "demo-amelia", "client_id": 1 }),
            400,
            "invalid",
            "client_id",
        ),
        (
            json!({ "patient": "demo-amelia", "smart_style_url": "javascript:x" }),
            400,
            "invalid",
            "`smart_style_url`",
        ),
        (json!([]), 400, "invalid", "JSON object"),
    ] {
        assert_outcome(&post(&writer, &order), status, code, words);
    }
    let broken = writer.request("POST", "/launch").body("{").send();
    assert_outcome(&broken, 400, "invalid", "JSON object");
}

#[test]
fn launching_needs_a_role_with_the_action() {
    let server = v2();
    let own = json!({ "patient": "demo-amelia" });
    assert_outcome(
        &post(&server.anonymous(), &own),
        401,
        "login",
        "Authorization",
    );
    for user in ["reader", "nobody"] {
        assert_outcome(
            &post(&server.user(user), &own),
            403,
            "forbidden",
            "`launch`",
        );
    }
    for user in ["patient", "writer", "admin"] {
        post(&server.user(user), &own).expect(201);
    }
    let other = post(&server.user("patient"), &json!({ "patient": "demo-other" }));
    assert_outcome(&other, 404, "not-found", "that you may see");
    let get = server.admin().get("/launch");
    assert_outcome(&get, 405, "not-supported", "GET");
    assert_eq!(get.header("allow").as_deref(), Some("POST"));
}
