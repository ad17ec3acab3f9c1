//! Token parameters: codes with and without their system.

use super::Shelf;
use serde_json::{Value, json};

fn coded(codings: Value, text: &str) -> Value {
    json!({ "resourceType": "Observation", "status": "final", "code": { "coding": codings, "text": text } })
}

#[test]
fn codes_are_found_in_the_four_forms() {
    let shelf = Shelf::of(&[
        (
            "a1",
            coded(
                json!([{"system": "http://a", "code": "1", "display": "Heart rate"}]),
                "Pulse",
            ),
        ),
        (
            "b1",
            coded(json!([{"system": "http://b", "code": "1"}]), "Other"),
        ),
        (
            "a2",
            coded(json!([{"system": "http://a", "code": "2"}]), "Other"),
        ),
        ("none1", coded(json!([{"code": "1"}]), "Other")),
        (
            "both",
            coded(
                json!([{"system": "http://a", "code": "1"}, {"system": "http://b", "code": "2"}]),
                "Both",
            ),
        ),
        (
            "case",
            coded(json!([{"system": "http://a", "code": "Abc"}]), "Case"),
        ),
        (
            "odd",
            coded(json!([{"system": "http://a", "code": "x|y,z$\\"}]), "Odd"),
        ),
        ("system", coded(json!([{"system": "http://only"}]), "Only")),
        (
            "text",
            json!({"resourceType": "Observation", "status": "amended", "code": {"text": "Herzfrequenz"}}),
        ),
        (
            "long",
            coded(
                json!([{"system": "http://a", "code": "c".repeat(400)}]),
                "Long",
            ),
        ),
    ]);
    let long = "c".repeat(400);
    shelf.assert_table(&[
        ("code", "1", "a1 b1 none1 both"),
        ("code", "http://a|1", "a1 both"),
        ("code", "http://b|1", "b1"),
        ("code", "|1", "none1"),
        ("code", "http://a|", "a1 a2 both case odd long"),
        ("code", "http://only|", "system"),
        ("code", "http://A|1", ""),
        ("code", "abc", ""),
        ("code", "Abc", "case"),
        ("code", r"x\|y\,z\$\\", "odd"),
        ("code", r"http://a|x\|y\,z\$\\", "odd"),
        ("code", &long, "long"),
        ("code", "2,Abc", "a2 both case"),
        ("code", "http://b|1,http://a|2", "b1 a2"),
        ("code", "|1,http://only|,Abc", "none1 case system"),
        ("code:not", "1", "a2 case odd system text long"),
        (
            "status",
            "final",
            "a1 b1 a2 none1 both case odd system long",
        ),
        ("status", "amended", "text"),
        ("code:text", "heart", "a1"),
        ("code:text", "pulse", "a1"),
        ("code:text", "herz", "text"),
        ("code:text", "rate", ""),
        ("code:text", "ODD,both", "odd both"),
    ]);
}

#[test]
fn identifiers_telecoms_and_truth_values_are_tokens() {
    let shelf = Shelf::of(&[
        (
            "a",
            json!({"resourceType": "Patient", "active": true, "gender": "female", "deceasedBoolean": false,
            "identifier": [{"system": "http://mrn", "value": "123", "type": {"text": "Medical record"}}],
            "telecom": [{"system": "phone", "value": "555-1234", "use": "home"}, {"system": "email", "value": "a@x.example"}]}),
        ),
        (
            "b",
            json!({"resourceType": "Patient", "active": false, "gender": "male", "deceasedDateTime": "2020-01-01",
            "identifier": [{"system": "http://ssn", "value": "123"}, {"value": "B-7"}],
            "telecom": [{"system": "phone", "value": "555-1234", "use": "work"}]}),
        ),
        (
            "c",
            json!({"resourceType": "Patient", "deceasedBoolean": true, "communication": [{"language": {"coding": [{"code": "de-CH"}]}}]}),
        ),
    ]);
    shelf.assert_table(&[
        ("identifier", "123", "a b"),
        ("identifier", "http://mrn|123", "a"),
        ("identifier", "http://ssn|", "b"),
        ("identifier", "|B-7", "b"),
        ("identifier", "b-7", ""),
        ("identifier:text", "medical", "a"),
        ("identifier:not", "http://mrn|123", "b c"),
        ("active", "true", "a"),
        ("active", "false", "b"),
        ("active:not", "true", "b c"),
        ("gender", "female", "a"),
        ("gender", "male,female", "a b"),
        ("gender:not", "male", "a c"),
        ("gender:not", "male,female", "c"),
        ("deceased", "true", "b c"),
        ("deceased", "false", "a"),
        ("phone", "555-1234", "a b"),
        ("email", "a@x.example", "a"),
        ("telecom", "home|555-1234", "a"),
        ("telecom", "a@x.example,555-1234", "a b"),
        ("language", "de-CH", "c"),
    ]);
}

#[test]
fn a_bare_code_has_the_system_of_its_value_set() {
    let shelf = Shelf::of(&[
        ("a", json!({"resourceType": "Patient", "gender": "female"})),
        ("b", json!({"resourceType": "Patient", "gender": "male"})),
    ]);
    shelf.assert_table(&[
        (
            "gender",
            "http://hl7.org/fhir/administrative-gender|female",
            "a",
        ),
        (
            "gender",
            "http://hl7.org/fhir/administrative-gender|",
            "a b",
        ),
        ("gender", "http://other|female", ""),
    ]);
}

#[test]
fn tags_and_labels_are_found() {
    let client = api::Server::shared().admin();
    let code = api::unique("label");
    let sent = json!({"resourceType": "Basic", "code": {"text": "x"},
        "meta": {"tag": [{"system": "http://t", "code": code}], "security": [{"system": "http://s", "code": code}]}});
    let id = client.post("/Basic", &sent).expect(201).id();
    for (name, value, expected) in [
        ("_tag", format!("http://t|{code}"), true),
        ("_tag", code.clone(), true),
        ("_tag", format!("http://s|{code}"), false),
        ("_security", format!("http://s|{code}"), true),
        ("_security", format!("|{code}"), false),
    ] {
        let found = client.search("Basic", &[(name, &value)]);
        let expected = if expected { vec![id.as_str()] } else { vec![] };
        api::assert_search_finds(&found, &client.base, &expected);
    }
}
