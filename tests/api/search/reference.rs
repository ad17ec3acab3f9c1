//! Reference parameters: which resources point to another.

use super::Shelf;
use api::Server;
use serde_json::{Value, json};

fn about(reference: Value) -> Value {
    json!({ "resourceType": "Observation", "status": "final", "code": {"text": "x"}, "subject": reference })
}

#[test]
fn references_are_found_by_type_id_and_address() {
    let base = &Server::shared().base;
    let shelf = Shelf::of(&[
        ("patient", about(json!({"reference": "Patient/ref-1"}))),
        ("group", about(json!({"reference": "Group/ref-1"}))),
        (
            "absolute",
            about(json!({"reference": format!("{base}/Patient/ref-1")})),
        ),
        (
            "version",
            about(json!({"reference": "Patient/ref-1/_history/3"})),
        ),
        (
            "foreign",
            about(json!({"reference": "http://other.example/fhir/Patient/ref-1"})),
        ),
        ("second", about(json!({"reference": "Patient/ref-2"}))),
        ("contained", {
            let mut observation = about(json!({"reference": "#ref-1"}));
            observation["contained"] = json!([{"resourceType": "Patient", "id": "ref-1"}]);
            observation
        }),
        (
            "urn",
            about(json!({"reference": "urn:uuid:9c9b1d6e-0000-4000-8000-000000000001"})),
        ),
        ("display", about(json!({"display": "Patient/ref-1"}))),
    ]);
    let own = format!("{base}/Patient/ref-1");
    shelf.assert_table(&[
        ("subject", "Patient/ref-1", "patient absolute version"),
        ("subject", "ref-1", "patient group absolute version"),
        ("subject", "Group/ref-1", "group"),
        ("subject", &own, "patient absolute version"),
        (
            "subject",
            "http://other.example/fhir/Patient/ref-1",
            "foreign",
        ),
        ("subject", "http://third.example/fhir/Patient/ref-1", ""),
        ("subject:Patient", "ref-1", "patient absolute version"),
        ("subject:Group", "ref-1", "group"),
        ("subject:Device", "ref-1", ""),
        ("patient", "ref-1", "patient absolute version"),
        ("patient", "Patient/ref-2", "second"),
        (
            "subject",
            "Patient/ref-1,Group/ref-1",
            "patient absolute version group",
        ),
        ("subject", "ref-2,Group/ref-1", "second group"),
        ("subject", "patient/ref-1", ""),
        ("subject", "Patient/REF-1", ""),
        ("subject", "Patient/ref", ""),
        ("subject", "ref-1,", "patient group absolute version"),
        ("subject", ",", ""),
        // What has no address that could be searched for is there all the same.
        ("subject:missing", "true", ""),
    ]);
}

#[test]
fn references_in_lists_are_found_by_each() {
    let shelf = Shelf::of(&[
        (
            "two",
            json!({"resourceType": "Patient", "generalPractitioner": [
            {"reference": "Practitioner/gp-1"}, {"reference": "Organization/gp-1"}],
            "managingOrganization": {"reference": "Organization/org-1"}}),
        ),
        (
            "one",
            json!({"resourceType": "Patient", "generalPractitioner": [{"reference": "Practitioner/gp-2"}]}),
        ),
    ]);
    shelf.assert_table(&[
        ("general-practitioner", "Practitioner/gp-1", "two"),
        ("general-practitioner", "Organization/gp-1", "two"),
        ("general-practitioner", "gp-1,gp-2", "two one"),
        ("general-practitioner:Organization", "gp-2", ""),
        ("organization", "org-1", "two"),
        ("organization", "organization/org-1", ""),
    ]);
}

#[test]
fn canonicals_are_found_by_their_url() {
    let shelf = Shelf::of(&[
        (
            "one",
            json!({"resourceType": "QuestionnaireResponse", "status": "completed", "questionnaire": "http://example.org/q/1"}),
        ),
        (
            "two",
            json!({"resourceType": "QuestionnaireResponse", "status": "completed", "questionnaire": "http://example.org/q/2"}),
        ),
    ]);
    shelf.assert_table(&[
        ("questionnaire", "http://example.org/q/1", "one"),
        ("questionnaire", "http://example.org/q", ""),
    ]);
}
