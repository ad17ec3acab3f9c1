//! create: `POST /{type}`.

use crate::samples::{SYSTEM, by_identifier, observation, patient, with};
use api::{
    Server, assert_issue_at, assert_outcome, assert_refused, assert_same_content,
    assert_search_finds, assert_stored, unique,
};
use serde_json::json;

#[test]
fn a_created_resource_is_answered_with_id_version_and_location() {
    let server = Server::shared();
    let sent = patient(&unique("create"));
    let answer = server.admin().post("/Patient", &sent);
    let id = answer.id();
    assert_stored(&answer, 201, "Patient", &id, 1);
    assert_same_content(&sent, &answer.body);
    let location = format!("{}/Patient/{id}/_history/1", server.base);
    assert_eq!(answer.header("location"), Some(location));
    assert!(answer.header("x-correlation-id").is_none());
}

#[test]
fn an_id_and_version_that_are_sent_are_not_used_but_the_rest_of_meta_is_kept() {
    let tag = json!([{ "system": SYSTEM, "code": "kept" }]);
    let mut sent = patient(&unique("create"));
    sent["id"] = json!("chosen-by-client");
    sent["meta"] = json!({
        "versionId": "99", "lastUpdated": "2001-01-01T00:00:00Z", "tag": tag,
        "profile": ["http://example.org/profile"],
    });
    let answer = Server::shared().admin().post("/Patient", &sent);
    assert_stored(&answer, 201, "Patient", &answer.id(), 1);
    assert_ne!(answer.id(), "chosen-by-client");
    assert_eq!(answer.body["meta"]["tag"], tag);
    assert_eq!(answer.body["meta"]["profile"], sent["meta"]["profile"]);
    assert_same_content(&sent, &answer.body);
}

#[test]
fn with_prefer_return_minimal_the_body_is_left_out() {
    let client = Server::shared().admin();
    let request = client.request("POST", "/Patient");
    let request = request.header("prefer", "return=minimal");
    let answer = request.json(&patient(&unique("create"))).send().expect(201);
    assert_eq!(answer.text, "");
    assert_eq!(answer.version(), 1);
    assert!(answer.header("location").is_some());
}

#[test]
fn if_none_exist_creates_only_when_nothing_matches() {
    let server = Server::shared();
    let client = server.admin();
    let tag = unique("conditional");
    let create = |criteria: &str| {
        let request = client.request("POST", "/Patient");
        let request = request.header("if-none-exist", criteria);
        request.json(&patient(&tag)).send()
    };
    let first = create(&by_identifier(&tag));
    assert_stored(&first, 201, "Patient", &first.id(), 1);
    let second = create(&by_identifier(&tag));
    assert_stored(&second, 200, "Patient", &first.id(), 1);
    assert_same_content(&first.body, &second.body);
    client.post("/Patient", &patient(&tag)).expect(201);
    assert_outcome(
        &create(&by_identifier(&tag)),
        412,
        "multiple-matches",
        "More than one",
    );
    for useless in ["", "?", "_count=1", "nonsense=1", "identifier="] {
        let refused = create(useless);
        assert!(
            matches!(refused.status, 400 | 412),
            "`{useless}`: {refused}"
        );
        assert_eq!(
            refused.body["resourceType"], "OperationOutcome",
            "{refused}"
        );
    }
    let found = client.get(&format!("/Patient?{}", by_identifier(&tag)));
    assert_eq!(api::ids(&found.body).len(), 2, "{found}");
}

#[test]
fn a_deleted_resource_does_not_count_for_if_none_exist() {
    let client = Server::shared().admin();
    let tag = unique("conditional");
    let create = || {
        let request = client.request("POST", "/Patient");
        let request = request.header("if-none-exist", &by_identifier(&tag));
        request.json(&patient(&tag)).send().expect(201).id()
    };
    let first = create();
    client.delete(&format!("/Patient/{first}")).expect(204);
    let second = create();
    let found = client.get(&format!("/Patient?{}", by_identifier(&tag)));
    assert_search_finds(&found, &client.base, &[&second]);
}

#[test]
fn what_is_wrong_with_a_resource_is_told_with_its_place_and_the_remedy() {
    let client = Server::shared().admin();
    let patient = patient(&unique("invalid"));
    let observation = observation(&unique("invalid"), "Patient/1");
    let cases = [
        (
            with(&patient, "gendre", json!("male")),
            "structure",
            "did you mean `gender`",
            "Patient.gendre",
        ),
        (
            with(&patient, "gender", json!("m")),
            "code-invalid",
            "female, male",
            "Patient.gender",
        ),
        (
            with(&patient, "gender", json!(["male"])),
            "structure",
            "one value",
            "Patient.gender",
        ),
        (
            with(&patient, "birthDate", json!("1980-02-30")),
            "value",
            "YYYY-MM-DD",
            "Patient.birthDate",
        ),
        (
            with(&patient, "birthDate", json!("1980-001-01")),
            "value",
            "YYYY-MM-DD",
            "Patient.birthDate",
        ),
        (
            with(&patient, "active", json!("true")),
            "value",
            "without quotes",
            "Patient.active",
        ),
        (
            with(&patient, "name", json!({"family": "x"})),
            "structure",
            "must be an array",
            "Patient.name",
        ),
        (
            with(&patient, "name", json!([])),
            "structure",
            "must not be empty",
            "Patient.name",
        ),
        (
            with(&patient, "name", json!([{}])),
            "structure",
            "must not be empty",
            "Patient.name[0]",
        ),
        (
            with(&patient, "name", json!([{"family": ""}])),
            "value",
            "at least one character",
            "Patient.name[0].family",
        ),
        (
            with(&patient, "name", json!([{"given": ["a", null]}])),
            "value",
            "in quotes",
            "Patient.name[0].given[1]",
        ),
        (
            with(&patient, "_birthDate", json!({})),
            "structure",
            "id",
            "Patient.birthDate",
        ),
        (
            with(&patient, "_nothing", json!({"id": "x"})),
            "structure",
            "no primitive element",
            "Patient.nothing",
        ),
        (
            with(&patient, "id", json!("a_b")),
            "value",
            "letters, digits",
            "Patient.id",
        ),
        (
            with(&patient, "multipleBirthInteger", json!(1.5)),
            "value",
            "whole number",
            "Patient.multipleBirth",
        ),
        (
            with(
                &patient,
                "text",
                json!({"status": "generated", "div": "<div xmlns=\"http://www.w3.org/1999/xhtml\"><script>x</script></div>"}),
            ),
            "structure",
            "script",
            "Patient.text.div",
        ),
        (
            with(
                &patient,
                "text",
                json!({"status": "generated", "div": "<div xmlns=\"http://www.w3.org/1999/xhtml\"><p onclick=\"x()\">x</p></div>"}),
            ),
            "structure",
            "onclick",
            "Patient.text.div",
        ),
        (
            with(
                &with(&patient, "deceasedBoolean", json!(true)),
                "deceasedDateTime",
                json!("2020"),
            ),
            "structure",
            "one type",
            "Patient.deceased",
        ),
        (
            with(&patient, "contained", json!([{"resourceType": "Nonsense"}])),
            "structure",
            "not a resource type",
            "Patient.contained[0]",
        ),
        (
            with(&observation, "valueQuantity", json!({"value": "72"})),
            "value",
            "without quotes",
            "Observation.value.value",
        ),
        (
            json!({"resourceType": "Observation", "status": "final"}),
            "required",
            "`code` is required",
            "Observation.code",
        ),
        (
            json!({"resourceType": "Observation", "code": {"text": "x"}}),
            "required",
            "`status` is required",
            "Observation.status",
        ),
    ];
    for (resource, code, remedy, place) in cases {
        let resource_type = resource["resourceType"].as_str().unwrap();
        let answer = client.post(&format!("/{resource_type}"), &resource);
        assert_refused(&answer, 400, code, remedy, place);
    }
}

#[test]
fn every_issue_is_told_at_once() {
    let mut sent = patient(&unique("invalid"));
    sent["gender"] = json!("m");
    sent["birthDate"] = json!("yesterday");
    sent["colour"] = json!("red");
    let answer = Server::shared().admin().post("/Patient", &sent);
    assert_eq!(answer.status, 400, "{answer}");
    for place in ["Patient.gender", "Patient.birthDate", "Patient.colour"] {
        assert_issue_at(&answer, place);
    }
}

#[test]
fn a_body_that_is_no_resource_of_the_type_in_the_address_is_refused() {
    let client = Server::shared().admin();
    let post = |text: &str| {
        let request = client.request("POST", "/Patient");
        let request = request.header("content-type", "application/fhir+json");
        request.body(text).send()
    };
    let other_type = post(r#"{"resourceType":"Device"}"#);
    assert_refused(
        &other_type,
        400,
        "invalid",
        "is a Device",
        "Resource.resourceType",
    );
    for (text, code, words) in [
        ("", "structure", "JSON"),
        ("{", "structure", "line 1 column"),
        (
            r#"{"resourceType":"Patient",}"#,
            "structure",
            "line 1 column",
        ),
        (
            r#"{"resourceType":"Patient","gender":"male","gender":"female"}"#,
            "structure",
            "`gender` stands twice",
        ),
        ("[]", "structure", "JSON object"),
        ("null", "structure", "JSON object"),
        ("\"Patient\"", "structure", "JSON object"),
        ("{}", "structure", "resourceType"),
        (r#"{"resourceType":1}"#, "structure", "resourceType"),
        (
            r#"<Patient xmlns="http://hl7.org/fhir"/>"#,
            "structure",
            "JSON",
        ),
    ] {
        assert_outcome(&post(text), 400, code, words);
    }
    let bytes = client.request("POST", "/Patient");
    let bytes = bytes.header("content-type", "application/fhir+json");
    let not_utf8 = bytes
        .body(*b"{\"resourceType\":\"Patient\",\"id\":\"\xff\"}")
        .send();
    assert_outcome(&not_utf8, 400, "structure", "JSON");
}
