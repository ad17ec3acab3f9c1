//! Every resource type of the release: the least that is valid, and one with nearly every element,
//! can be written and read back.

use crate::example::Example;
use api::{Client, Server, assert_same_content, assert_stored};
use fhir::Release;
use fhir::definitions::Definitions;
use serde_json::{Value, json};

fn every_type_round_trips(server: &Server, release: Release, expected: usize) {
    let client = server.admin();
    let definitions = Definitions::of(release);
    let names = definitions.resource_types();
    assert_eq!(names.len(), expected);
    let reference = |targets: &[&str]| {
        let target = targets.first().copied().unwrap_or("Patient");
        format!("{target}/example")
    };
    let example = Example {
        definitions,
        text: "x",
        reference: &reference,
    };
    for name in names {
        let (least, full) = (example.least(name), example.full(name));
        assert_round_trip(&client, name, &least);
        assert_round_trip(&client, name, &full);
    }
}

#[track_caller]
fn assert_round_trip(client: &Client, name: &str, sent: &Value) {
    let created = client.post(&format!("/{name}"), sent);
    assert_eq!(created.status, 201, "{name} {sent}: {created}");
    let id = created.id();
    let read = client.get(&format!("/{name}/{id}"));
    assert_stored(&read, 200, name, &id, 1);
    assert_same_content(sent, &read.body);
    let found = client.search(name, &[("_id", &id)]);
    api::assert_search_finds(&found, &client.base, &[&id]);
}

#[test]
fn the_least_and_the_fullest_resource_of_every_r4_type_can_be_written_read_and_found() {
    every_type_round_trips(Server::shared(), Release::R4, 146);
}

#[test]
fn the_least_and_the_fullest_resource_of_every_stu3_type_can_be_written_read_and_found() {
    every_type_round_trips(crate::synthea::stu3(), Release::Stu3, 117);
}

#[test]
fn create_read_update_delete_and_history_are_the_same_for_all_types() {
    let client = Server::shared().admin();
    let samples = [
        json!({"resourceType": "AllergyIntolerance", "patient": {"reference": "Patient/1"}}),
        json!({"resourceType": "Binary", "contentType": "text/plain", "data": "aGVsbG8="}),
        json!({"resourceType": "Bundle", "type": "collection", "entry": [{"resource": {"resourceType": "Basic", "code": {"text": "in"}}}]}),
        json!({"resourceType": "CarePlan", "status": "active", "intent": "plan", "subject": {"reference": "Patient/1"}}),
        json!({"resourceType": "Condition", "subject": {"reference": "Patient/1"}, "onsetDateTime": "2020"}),
        json!({"resourceType": "Device", "deviceName": [{"name": "x", "type": "user-friendly-name"}]}),
        json!({"resourceType": "Encounter", "status": "finished", "class": {"code": "AMB"}, "period": {"start": "2020-01-01"}}),
        json!({"resourceType": "Group", "type": "person", "actual": true}),
        json!({"resourceType": "Immunization", "status": "completed", "vaccineCode": {"text": "x"},
            "patient": {"reference": "Patient/1"}, "occurrenceString": "last year"}),
        json!({"resourceType": "MedicationRequest", "status": "active", "intent": "order",
            "medicationCodeableConcept": {"text": "x"}, "subject": {"reference": "Patient/1"}}),
        json!({"resourceType": "Organization", "name": "Clinic"}),
        json!({"resourceType": "Parameters", "parameter": [{"name": "x", "valueDecimal": 1.5}]}),
        json!({"resourceType": "Practitioner", "name": [{"text": "Dr. X"}]}),
        json!({"resourceType": "Procedure", "status": "completed", "subject": {"reference": "Patient/1"}}),
        json!({"resourceType": "Questionnaire", "status": "draft", "item": [{"linkId": "1", "type": "group",
            "item": [{"linkId": "1.1", "type": "string", "text": "?"}]}]}),
        json!({"resourceType": "ValueSet", "status": "draft", "compose": {"include": [{"system": "http://x"}]}}),
    ];
    for sent in samples {
        let name = sent["resourceType"].as_str().unwrap();
        let created = client.post(&format!("/{name}"), &sent);
        let id = created.id();
        assert_stored(&created, 201, name, &id, 1);
        let address = format!("/{name}/{id}");
        let mut changed = created.body.clone();
        changed["language"] = json!("en");
        assert_stored(&client.put(&address, &changed), 200, name, &id, 2);
        assert_same_content(&sent, &client.get(&format!("{address}/_history/1")).body);
        assert_eq!(client.delete(&address).expect(204).version(), 3);
        assert_eq!(client.get(&address).expect(410).version(), 3);
        let history = client.get(&format!("{address}/_history")).expect(200);
        assert_eq!(history.body["total"], 3, "{history}");
    }
}
