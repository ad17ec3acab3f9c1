//! SMART scopes narrow a role, in reads, searches, pages, bundles and writes.

use crate::samples::{
    SYSTEM, bundle, by_identifier, observation, patient_with_id, put, request, with,
};
use api::{Client, Forgery, Server, assert_outcome, assert_search_finds, entries, ids, unique};
use serde_json::{Value, json};

/// A SMART app of a patient of its own, and what it works on.
struct App {
    client: Client,
    patient: String,
    tag: String,
}

fn app(scopes: &str) -> App {
    let server = Server::shared();
    let (patient, tag) = (unique("smart"), unique("scoped"));
    server.admin().save(&patient_with_id(&patient));
    let token = server
        .forgery()
        .claim("roles", json!(["smartUser"]))
        .claim("fhirUser", json!(format!("Patient/{patient}")))
        .claim("scp", json!(scopes))
        .sign();
    App {
        client: server.bearing(&token),
        patient,
        tag,
    }
}

impl App {
    fn sample(&self) -> Value {
        observation(&self.tag, &format!("Patient/{}", self.patient))
    }

    fn stranger(&self) -> Value {
        let stranger = unique("stranger");
        Server::shared().admin().save(&patient_with_id(&stranger));
        observation(&self.tag, &format!("Patient/{stranger}"))
    }
}

#[test]
fn each_letter_allows_its_interactions_and_no_other() {
    for letters in ["c", "r", "u", "d", "s", "cruds", "rs", "cud"] {
        let app = app(&format!("patient/Observation.{letters}"));
        let admin = Server::shared().admin();
        let id = admin.post("/Observation", &app.sample()).expect(201).id();
        let path = format!("/Observation/{id}");
        let changed = with(
            &with(&app.sample(), "id", json!(id)),
            "status",
            json!("amended"),
        );
        let query = format!("/Observation?{}", by_identifier(&app.tag));
        let attempts = [
            ('r', app.client.get(&path)),
            ('r', app.client.get(&format!("{path}/_history"))),
            ('r', app.client.get(&format!("{path}/_history/1"))),
            ('s', app.client.get(&query)),
            ('c', app.client.post("/Observation", &app.sample())),
            ('u', app.client.put(&path, &changed)),
            ('d', app.client.delete(&path)),
        ];
        for (letter, answer) in attempts {
            if letters.contains(letter) {
                assert!(answer.status < 300, "{letters} {letter}: {answer}");
            } else {
                assert_outcome(&answer, 403, "forbidden", "no scope");
            }
        }
        let other = app.client.get("/Condition?_count=1");
        assert_outcome(&other, 403, "forbidden", "no scope");
    }
}

#[test]
fn an_app_writes_inside_its_compartment_only() {
    let app = app("patient/*.cruds");
    let admin = Server::shared().admin();
    app.client.post("/Observation", &app.sample()).expect(201);
    let outside = app.client.post("/Observation", &app.stranger());
    assert_outcome(&outside, 403, "forbidden", "outside the compartment");

    let foreign = admin.post("/Observation", &app.stranger()).expect(201);
    let path = format!("/Observation/{}", foreign.id());
    let taken_over = with(&app.sample(), "id", json!(foreign.id()));
    assert_outcome(
        &app.client.put(&path, &taken_over),
        403,
        "forbidden",
        "outside",
    );
    app.client.delete(&path).expect(204);
    assert_eq!(
        admin.get(&path).expect(200).body,
        foreign.body,
        "nothing has changed"
    );

    let own = app.client.post("/Observation", &app.sample()).expect(201);
    let path = format!("/Observation/{}", own.id());
    let given_away = with(&app.stranger(), "id", json!(own.id()));
    assert_outcome(
        &app.client.put(&path, &given_away),
        403,
        "forbidden",
        "outside",
    );
    assert_eq!(
        app.client.get(&path).expect(200).body,
        own.body,
        "nothing has changed"
    );
}

#[test]
fn what_was_deleted_cannot_be_revived_by_an_app() {
    let app = app("patient/*.cruds");
    let admin = Server::shared().admin();
    let foreign = admin.post("/Observation", &app.stranger()).expect(201).id();
    let path = format!("/Observation/{foreign}");
    admin.delete(&path).expect(204);
    let revived = with(&app.sample(), "id", json!(foreign));
    assert_outcome(
        &app.client.put(&path, &revived),
        403,
        "forbidden",
        "outside",
    );
    assert_outcome(
        &app.client.get(&format!("{path}/_history")),
        404,
        "not-found",
        "",
    );
}

#[test]
fn a_transaction_with_one_entry_outside_changes_nothing() {
    let app = app("patient/*.cruds");
    let entries = [app.sample(), app.stranger()]
        .map(|resource| put(&with(&resource, "id", json!(unique("entry")))));
    let answer = app.client.post("/", &bundle("transaction", &entries));
    assert_outcome(&answer, 403, "forbidden", "outside");
    let query = format!("/Observation?{}", by_identifier(&app.tag));
    let found = Server::shared().admin().get(&query).expect(200);
    assert!(ids(&found.body).is_empty(), "{found}");
}

#[test]
fn a_constraint_holds_for_reads_searches_counts_and_writes() {
    let app = app("patient/Observation.cruds?status=final");
    let admin = Server::shared().admin();
    let last = with(&app.sample(), "status", json!("final"));
    let first = with(&app.sample(), "status", json!("preliminary"));
    let visible = admin.post("/Observation", &last).expect(201).id();
    let hidden = admin.post("/Observation", &first).expect(201).id();
    app.client
        .get(&format!("/Observation/{visible}"))
        .expect(200);
    for path in ["", "/_history", "/_history/1"] {
        let answer = app.client.get(&format!("/Observation/{hidden}{path}"));
        assert_outcome(&answer, 404, "not-found", "");
    }
    let query = format!("/Observation?{}", by_identifier(&app.tag));
    let found = app
        .client
        .get(&format!("{query}&_total=accurate"))
        .expect(200);
    assert_search_finds(&found, &app.client.base, &[&visible]);
    assert_eq!(found.body["total"], 1);
    assert_outcome(
        &app.client.post("/Observation", &first),
        403,
        "forbidden",
        "scopes",
    );
    app.client.post("/Observation", &last).expect(201);
}

#[test]
fn a_batch_answers_entry_by_entry() {
    let app = app("patient/Observation.rs");
    let query = format!("Observation?{}", by_identifier(&app.tag));
    let sent = [
        request("GET", &query),
        request("GET", "Condition"),
        put(&with(&app.sample(), "id", json!(unique("entry")))),
    ];
    let answer = app.client.post("/", &bundle("batch", &sent)).expect(200);
    let statuses: Vec<Value> = entries(&answer.body)
        .iter()
        .map(|entry| entry["response"]["status"].clone())
        .collect();
    assert_eq!(statuses, ["200", "403", "403"], "{answer}");
}

#[test]
fn a_practitioner_has_a_compartment_too_and_a_system_has_none() {
    let server = Server::shared();
    let admin = server.admin();
    let (practitioner, tag) = (unique("doctor"), unique("seen"));
    let patient = unique("patient");
    admin.save(&patient_with_id(&patient));
    let seen = with(
        &observation(&tag, &format!("Patient/{patient}")),
        "performer",
        json!([{ "reference": format!("Practitioner/{practitioner}") }]),
    );
    let seen = admin.post("/Observation", &seen).expect(201).id();
    let other = observation(&tag, &format!("Patient/{patient}"));
    let other = admin.post("/Observation", &other).expect(201).id();
    let query = format!("/Observation?{}", by_identifier(&tag));
    let person = format!("{}/Practitioner/{practitioner}", server.base);
    let token = |forgery: Forgery<'_>, scopes: &str| {
        let claims = forgery.claim("roles", json!(["smartUser"]));
        let claims = claims.claim("fhirUser", json!(person));
        claims.claim("scp", json!(scopes)).sign()
    };
    let doctor = server.bearing(&token(server.forgery(), "user/*.rs"));
    assert_search_finds(&doctor.get(&query), &doctor.base, &[&seen]);
    let system = token(server.service_forgery(), "system/Observation.rs");
    let system = server.bearing(&system);
    assert_search_finds(&system.get(&query), &system.base, &[&seen, &other]);
}

#[test]
fn a_scope_never_widens_a_role() {
    let server = Server::shared();
    let token = server
        .service_forgery()
        .claim("roles", json!(["globalReader"]))
        .claim("scp", json!("system/*.cruds"))
        .sign();
    let reader = server.bearing(&token);
    let sample = json!({ "resourceType": "Basic", "code": { "text": "x" },
        "identifier": [{ "system": SYSTEM, "value": unique("basic") }] });
    assert_outcome(
        &reader.post("/Basic", &sample),
        403,
        "forbidden",
        "globalReader",
    );
}

#[test]
fn scopes_that_cannot_be_understood_are_named() {
    let server = Server::shared();
    for (scopes, words) in [
        (
            "patient/Observation.rs patient/Patient.read",
            "mixes SMART v1 and v2",
        ),
        (
            "patient/Observation.rs user/Patient.rs",
            "mixes patient, user and system",
        ),
        ("patient/Observation.sr", "letters of `cruds`"),
        ("patient/Observation.rs?code:not=1", "plain param=value"),
    ] {
        let claims = server.forgery().claim("roles", json!(["smartUser"]));
        let claims = claims
            .claim("fhirUser", json!("Patient/1"))
            .claim("scp", json!(scopes));
        let client = server.bearing(&claims.sign());
        assert_outcome(&client.get("/Observation"), 400, "invalid", words);
    }
}

#[test]
fn what_everybody_may_see_nobody_may_change_from_a_compartment() {
    let app = app("patient/*.cruds");
    let admin = Server::shared().admin();
    let organization =
        json!({ "resourceType": "Organization", "id": unique("clinic"), "name": "Clinic" });
    let stored = admin.save(&organization).body;
    let path = format!("/Organization/{}", organization["id"].as_str().unwrap());
    app.client.get(&path).expect(200);
    let renamed = with(&organization, "name", json!("Mine"));
    assert_outcome(
        &app.client.put(&path, &renamed),
        403,
        "forbidden",
        "outside",
    );
    assert_outcome(&app.client.delete(&path), 403, "forbidden", "outside");
    assert_eq!(
        admin.get(&path).expect(200).body,
        stored,
        "nothing has changed"
    );
    let own = json!({ "resourceType": "Organization", "name": "Mine" });
    assert_outcome(
        &app.client.post("/Organization", &own),
        403,
        "forbidden",
        "outside",
    );
}

#[test]
fn the_past_of_a_resource_that_moved_is_not_told() {
    let app = app("patient/*.rs");
    let admin = Server::shared().admin();
    let misfiled = admin.post("/Observation", &app.stranger()).expect(201).id();
    let path = format!("/Observation/{misfiled}");
    let corrected = with(&app.sample(), "id", json!(misfiled));
    admin.put(&path, &corrected).expect(200);
    app.client.get(&path).expect(200);
    assert_outcome(
        &app.client.get(&format!("{path}/_history/1")),
        404,
        "not-found",
        "",
    );
    let history = app.client.get(&format!("{path}/_history")).expect(200);
    assert_eq!(entries(&history.body).len(), 1, "{history}");
    assert!(!history.text.contains("stranger"), "{history}");
    assert_eq!(
        entries(&admin.get(&format!("{path}/_history")).body).len(),
        2
    );
}

#[test]
fn deleting_with_a_version_tells_nothing_of_what_is_outside() {
    let app = app("patient/*.cruds");
    let foreign = Server::shared()
        .admin()
        .post("/Observation", &app.stranger())
        .expect(201)
        .id();
    for id in [foreign, unique("nothing")] {
        let path = format!("/Observation/{id}");
        let answer = app
            .client
            .request("DELETE", &path)
            .header("if-match", "W/\"1\"")
            .send();
        assert_outcome(&answer, 404, "not-found", "");
    }
}

#[test]
fn what_stands_in_a_constraint_is_no_scope() {
    let server = Server::shared();
    for constraint in [
        "http://x/system/*.cruds",
        "http:%2F%2Fx%2Fsystem%2F*.cruds",
        "https://fhir.example/patient/*.cruds",
    ] {
        for start in ["", &format!("{}/", server.base)] {
            let app = app(&format!(
                "{start}patient/Observation.rs?category={constraint}"
            ));
            let other = unique("other");
            server.admin().save(&patient_with_id(&other));
            for id in [&other, &app.patient] {
                let path = format!("/Patient/{id}");
                assert_outcome(&app.client.get(&path), 403, "forbidden", "scope");
                let put = app.client.put(&path, &patient_with_id(id));
                assert_outcome(&put, 403, "forbidden", "scope");
            }
            app.client.get("/Observation").expect(200);
        }
    }
}
