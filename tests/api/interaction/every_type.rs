//! Every resource type of the release: the least that is valid can be written and read back.

use api::{Server, assert_same_content, assert_stored};
use fhir::Release;
use fhir::definitions::{Definitions, Element, Kind, TypeDefinition};
use serde_json::{Map, Value, json};

/// Builds the least object that the tables allow below `path` of a definition.
fn least(
    definitions: &'static Definitions,
    definition: &TypeDefinition,
    path: &str,
) -> Map<String, Value> {
    let mut object = Map::new();
    for element in definition
        .elements_below(path)
        .filter(|element| element.min > 0)
    {
        let type_name = element.types.first().copied().unwrap_or_default();
        let choice = definition.choice(path, element.name());
        let name = choice.first().map_or(element.name(), String::as_str);
        let value = value(definitions, definition, element, type_name);
        let value = if element.is_list() {
            json!([value])
        } else {
            value
        };
        object.insert(name.to_owned(), value);
    }
    object
}

fn value(
    definitions: &'static Definitions,
    definition: &TypeDefinition,
    element: &Element,
    type_name: &str,
) -> Value {
    if let Some(path) = definition.content_path(element) {
        return filled(least(definitions, definition, path));
    }
    let own = definitions.type_definition(type_name);
    match own.map(|own| own.kind) {
        Some(Kind::Primitive) => primitive(definitions, element, type_name),
        Some(Kind::Resource) => json!({ "resourceType": "Basic", "code": { "text": "x" } }),
        _ if type_name == "Reference" => {
            let target = element.targets.first().copied().unwrap_or("Patient");
            json!({ "reference": format!("{target}/example") })
        }
        _ => filled(
            own.map(|own| least(definitions, own, ""))
                .unwrap_or_default(),
        ),
    }
}

/// An object must not be empty; every element can have an id.
fn filled(mut object: Map<String, Value>) -> Value {
    if object.is_empty() {
        object.insert("id".into(), json!("e1"));
    }
    Value::Object(object)
}

fn primitive(definitions: &'static Definitions, element: &Element, type_name: &str) -> Value {
    if let Some(set) = definitions.value_set(element.value_set) {
        let examples = set.examples();
        let code = examples.split(", ").next().unwrap_or_default();
        return json!(if code.is_empty() { "mg" } else { code });
    }
    match type_name {
        "boolean" => json!(true),
        "integer" | "unsignedInt" | "positiveInt" => json!(1),
        "decimal" => serde_json::from_str("1.50").unwrap(),
        "date" | "dateTime" => json!("2020-05-17"),
        "instant" => json!("2020-05-17T10:20:30.456Z"),
        "time" => json!("10:20:30"),
        "base64Binary" => json!("YWJj"),
        "oid" => json!("urn:oid:1.2.3"),
        "uuid" => json!("urn:uuid:c757873d-ec9a-4326-a141-556f43239520"),
        "xhtml" => json!("<div xmlns=\"http://www.w3.org/1999/xhtml\">x</div>"),
        "uri" | "url" | "canonical" => json!("http://example.org/x"),
        _ => json!("x"),
    }
}

fn every_type_round_trips(server: &Server, release: Release, expected: usize) {
    let client = server.admin();
    let definitions = Definitions::of(release);
    let names = definitions.resource_types();
    assert_eq!(names.len(), expected);
    for name in names {
        let definition = definitions.resource(name).unwrap();
        let mut sent = Map::from_iter([("resourceType".to_owned(), json!(name))]);
        sent.extend(least(definitions, definition, ""));
        let sent = Value::Object(sent);
        let created = client.post(&format!("/{name}"), &sent);
        assert_eq!(created.status, 201, "{name} {sent}: {created}");
        let id = created.id();
        let read = client.get(&format!("/{name}/{id}"));
        assert_stored(&read, 200, name, &id, 1);
        assert_same_content(&sent, &read.body);
        let found = client.search(name, &[("_id", &id)]);
        api::assert_search_finds(&found, &client.base, &[&id]);
    }
}

#[test]
fn the_least_valid_resource_of_every_r4_type_can_be_written_read_and_found() {
    every_type_round_trips(Server::shared(), Release::R4, 146);
}

#[test]
fn the_least_valid_resource_of_every_stu3_type_can_be_written_read_and_found() {
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
