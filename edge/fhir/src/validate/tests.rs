//! What passes, and how the rest is named.

use super::validate;
use crate::Release;
use crate::definitions::Definitions;
use serde_json::{Value, json};

fn issues(release: Release, resource: &Value) -> Vec<(String, String)> {
    validate(Definitions::of(release), resource)
        .into_iter()
        .map(|issue| (issue.expression.unwrap_or_default(), issue.diagnostics))
        .collect()
}

#[test]
fn a_valid_patient_has_no_issues() {
    let patient = json!({
        "resourceType": "Patient", "id": "kirk", "active": true,
        "text": {"status": "generated", "div": "<div xmlns=\"http://www.w3.org/1999/xhtml\">Kirk</div>"},
        "contained": [{"resourceType": "Organization", "id": "o", "name": "Starfleet"}],
        "name": [{"family": "Kirk", "given": ["James", null], "_given": [null, {"extension": [
            {"url": "http://example.org/initial", "valueString": "T"}]}]}],
        "gender": "male", "birthDate": "2233-03-22", "_birthDate": {"id": "b"},
        "deceasedBoolean": false,
        "contact": [{"relationship": [{"text": "friend"}], "name": {"text": "Spock"}}],
    });
    assert_eq!(issues(Release::R4, &patient), []);
    assert_eq!(issues(Release::Stu3, &patient), []);
}

#[test]
fn every_fault_is_named_with_its_place_and_remedy() {
    let patient = |extra: Value| {
        let mut patient = json!({"resourceType": "Patient"});
        patient
            .as_object_mut()
            .unwrap()
            .extend(extra.as_object().unwrap().clone());
        patient
    };
    let cases = [
        (json!([]), "Resource", "must be a JSON object"),
        (json!({}), "Resource", "`resourceType` must name"),
        (
            json!({"resourceType": "Pacient"}),
            "Resource",
            "`Pacient` is not a resource type",
        ),
        (
            json!({"resourceType": "DomainResource"}),
            "Resource",
            "not a resource type",
        ),
        (
            patient(json!({"id": "a b"})),
            "Patient.id",
            "1 to 64 letters",
        ),
        (
            patient(json!({"gendre": "male"})),
            "Patient.gendre",
            "did you mean `gender`?",
        ),
        (
            patient(json!({"gender": "m"})),
            "Patient.gender",
            "female, male, other, unknown",
        ),
        (
            patient(json!({"gender": 1})),
            "Patient.gender",
            "a string, in quotes",
        ),
        (
            patient(json!({"birthDate": "22.3.2233"})),
            "Patient.birthDate",
            "YYYY-MM-DD",
        ),
        (
            patient(json!({"active": "true"})),
            "Patient.active",
            "true or false, without quotes",
        ),
        (
            patient(json!({"active": null})),
            "Patient.active",
            "without quotes",
        ),
        (
            patient(json!({"name": {"family": "K"}})),
            "Patient.name",
            "must be an array",
        ),
        (
            patient(json!({"name": []})),
            "Patient.name",
            "must not be empty",
        ),
        (
            patient(json!({"name": [{}]})),
            "Patient.name[0]",
            "must not be empty",
        ),
        (
            patient(json!({"name": ["K"]})),
            "Patient.name[0]",
            "object of type HumanName",
        ),
        (
            patient(json!({"name": [{"family": ["K"]}]})),
            "Patient.name[0].family",
            "not an array",
        ),
        (
            patient(json!({"name": [{"given": [null]}]})),
            "Patient.name[0].given[0]",
            "in quotes",
        ),
        (
            patient(json!({"deceasedBoolean": true, "deceasedDateTime": "2020"})),
            "Patient.deceased",
            "one type",
        ),
        (
            patient(json!({"_name": {}})),
            "Patient.name",
            "no primitive element",
        ),
        (
            patient(json!({"_gender": []})),
            "Patient.gender",
            "must hold objects",
        ),
        (
            patient(json!({"link": [{"type": "seealso"}]})),
            "Patient.link[0].other",
            "is required",
        ),
        (
            patient(json!({"contained": [{"resourceType": "X"}]})),
            "Patient.contained[0]",
            "`X` is not",
        ),
        (
            patient(json!({"text": {"status": "generated", "div": "<p/>"}})),
            "Patient.text.div",
            "one <div>",
        ),
        (
            patient(json!({"maritalStatus": {"text": 1}})),
            "Patient.maritalStatus.text",
            "in quotes",
        ),
        (
            json!({"resourceType": "Observation", "status": "final"}),
            "Observation.code",
            "required",
        ),
        (
            json!({"resourceType": "Condition", "subject": {"display": "x"}, "clinicalStatus": {"coding": [{"system": "http://x", "code": "active"}]}}),
            "Condition.clinicalStatus",
            "required value set",
        ),
        (
            json!({"resourceType": "Annotation"}),
            "Resource",
            "not a resource type",
        ),
        (
            json!({"resourceType": "List", "status": "current", "mode": "working", "entry": [{}]}),
            "List.entry[0]",
            "not be empty",
        ),
    ];
    for (resource, expression, remedy) in cases {
        let issues = issues(Release::R4, &resource);
        let [(place, message)] = issues.as_slice() else {
            panic!("{resource}: {issues:?}");
        };
        assert_eq!(place, expression, "{resource}");
        assert!(message.contains(remedy), "{resource}: {message}");
    }
}

#[test]
fn elements_that_borrow_their_content_are_walked() {
    let questionnaire = json!({"resourceType": "Questionnaire", "status": "draft", "item": [
        {"linkId": "1", "type": "group", "item": [{"linkId": "2", "type": "group", "item": [{"type": "group"}]}]}
    ]});
    let issues = issues(Release::R4, &questionnaire);
    assert_eq!(issues.len(), 1);
    assert_eq!(issues[0].0, "Questionnaire.item[0].item[0].item[0].linkId");
}

#[test]
fn no_more_issues_than_a_person_reads() {
    let names: Vec<Value> = (0..500).map(|_| json!({"family": 1})).collect();
    let patient = json!({"resourceType": "Patient", "name": names});
    assert_eq!(issues(Release::R4, &patient).len(), 50);
}
