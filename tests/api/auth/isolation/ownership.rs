//! Whose record a write changes: a patient's app writes what names that patient as its owner in
//! every reference that says so, and nothing else, whoever else takes part. Generated for every
//! type and every reference of a nearly full resource.
//! <https://hl7.org/fhir/R4/compartmentdefinition-patient.html>

use super::record::Record;
use super::{Pair, Sides};
use crate::samples::{bundle, post, put, with};
use api::{Client, Server, entries, unique};
use fhir::search::extract;
use fhir::search::value::reference;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// The first step to a reference that says whose record a resource is, as people read FHIR.
const OWNER_STEPS: [&str; 6] = [
    "subject",
    "patient",
    "beneficiary",
    "individual",
    "candidate",
    "deliverTo",
];
/// The same, by type, where the name of the element does not tell.
const OWNERS_BY_TYPE: [(&str, &str); 5] = [
    ("Appointment", "participant"),
    ("AppointmentResponse", "actor"),
    ("Group", "member"),
    ("Person", "link"),
    ("Schedule", "actor"),
];
/// What says who did what is never written on behalf of a patient.
const EVIDENCE: [&str; 2] = ["AuditEvent", "Provenance"];

fn is_owner(name: &str, pointer: &str) -> bool {
    let is_name = |step: &&str| step.starts_with(|c: char| c.is_ascii_alphabetic());
    let steps: Vec<&str> = pointer.split('/').filter(is_name).collect();
    match steps.as_slice() {
        [step] if OWNER_STEPS.contains(step) => true,
        [step, ..] => OWNERS_BY_TYPE.contains(&(name, *step)),
        [] => false,
    }
}

/// The pointers to all references to `target`.
fn references(value: &Value, target: &str) -> Vec<String> {
    fn collect(value: &Value, target: &str, at: &str, found: &mut Vec<String>) {
        match value {
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    collect(item, target, &format!("{at}/{index}"), found);
                }
            }
            Value::Object(members) => {
                if members.get("reference").and_then(Value::as_str) == Some(target) {
                    found.push(at.to_owned());
                }
                for (name, item) in members {
                    collect(item, target, &format!("{at}/{name}"), found);
                }
            }
            _ => {}
        }
    }
    let mut found = Vec::new();
    collect(value, target, "", &mut found);
    found
}

fn replaced(resource: &Value, pointer: &str, value: &Value) -> Value {
    let mut resource = resource.clone();
    *resource.pointer_mut(pointer).expect("a place") = value.clone();
    resource
}

/// Whether a resource lies in the compartment of a record's patient.
fn belongs(record: &Record, resource: &Value) -> bool {
    let name = resource["resourceType"].as_str().expect("a type");
    let rows = extract(record.definitions, resource);
    let rows = rows.of(&reference::KIND).iter().flat_map(|rows| {
        let rows: Vec<Value> = serde_json::from_str(rows).expect("an array of rows");
        rows
    });
    let keys = record.definitions.compartment_keys(record.person, name);
    rows.into_iter().any(|row| {
        let is_member = keys.iter().any(|key| row[0] == *key);
        is_member && row[1] == record.id.as_str() && row[2] == record.person && row[3] == ""
    })
}

/// One write, and whether the thief may do it.
struct Attempt {
    entry: Value,
    may: bool,
    about: String,
}

/// Names without an address by which somebody else can be meant.
fn unaddressed(record: &Record) -> Vec<Value> {
    let id = &record.id;
    vec![
        json!({ "identifier": { "value": record.word } }),
        json!({ "display": record.word }),
        json!({ "reference": "#other" }),
        json!({ "reference": format!("urn:uuid:{id}") }),
        json!({ "reference": format!("https://other.example/Patient/{id}") }),
        json!({ "reference": format!("Group/{id}") }),
        json!({ "reference": id }),
    ]
}

fn attempts(sides: Sides<'_>, name: &str) -> Vec<Attempt> {
    let Sides { thief, victim } = sides;
    let (mine, theirs) = (thief.resource(name), victim.resource(name));
    let (Some(mine), Some(theirs)) = (mine, theirs) else {
        return Vec::new();
    };
    let to = |record: &Record| json!({ "reference": record.reference() });
    let own = references(mine, &thief.reference());
    let owners = own.iter().filter(|pointer| is_owner(name, pointer)).count();
    let members = thief.definitions.compartment_parameters("Patient", name);
    let is_member = owners > 0 && !members.is_empty() && !EVIDENCE.contains(&name);
    let mut attempts = Vec::new();
    let mut attempt = |resource: &Value, may: bool, about: String| {
        let posted = resource.clone();
        let placed = with(resource, "id", json!(unique("placed")));
        // Under an id of its choice a patient's app creates nothing: that would tell which are taken.
        for (entry, may) in [(post(&posted), may), (put(&placed), false)] {
            attempts.push(Attempt {
                entry,
                may: may && name != "Patient",
                about: format!("{name}: {about}"),
            });
        }
    };
    attempt(theirs, false, "the victim's own".into());
    attempt(mine, is_member, "the thief's own".into());
    for pointer in &own {
        let is_owner = is_owner(name, pointer);
        let given_away = replaced(mine, pointer, &to(victim));
        // In what the victim takes part in, the victim would find it in the own record.
        let may = is_member && !is_owner && !belongs(victim, &given_away);
        attempt(&given_away, may, format!("{pointer} to the victim"));
        let taken = replaced(theirs, pointer, &to(thief));
        let may = is_member && is_owner && owners == 1 && !belongs(victim, &taken);
        attempt(&taken, may, format!("only {pointer} to the thief"));
        if is_owner {
            // Among participants a Group is one; elsewhere it stands in the patient's place.
            let others = unaddressed(victim).into_iter();
            for other in others {
                let changed = replaced(mine, pointer, &other);
                attempt(&changed, false, format!("{pointer} to {other}"));
            }
        }
    }
    attempts
}

fn statuses(client: &Client, attempts: &[Attempt]) -> Vec<String> {
    let sent: Vec<Value> = attempts
        .iter()
        .map(|attempt| attempt.entry.clone())
        .collect();
    let answer = client.post("/", &bundle("batch", &sent)).expect(200);
    let status = |entry: &Value| entry["response"]["status"].as_str().map(ToOwned::to_owned);
    entries(&answer.body).iter().filter_map(status).collect()
}

#[test]
fn an_app_writes_only_what_names_its_patient_as_the_owner() {
    let pair = Pair::plant(Server::shared(), "Patient");
    let sides = pair.sides();
    let thief = pair.thief("patient/*.cruds");
    let (mut allowed, mut refused) = (BTreeSet::new(), 0);
    for (name, _) in sides.thief.resources() {
        let attempts = attempts(sides, name);
        let statuses = statuses(&thief, &attempts);
        assert_eq!(statuses.len(), attempts.len());
        for (attempt, status) in attempts.iter().zip(statuses) {
            let Attempt { may, about, .. } = attempt;
            if *may {
                assert_eq!(status, "201", "{about}");
                allowed.insert(name);
            } else {
                // What is not valid is refused before anybody's rights are looked at.
                assert!(
                    matches!(status.as_str(), "403" | "400"),
                    "{about}: {status}"
                );
                refused += usize::from(status == "403");
            }
        }
    }
    assert!(allowed.len() > 55, "only {allowed:?} can be written");
    assert!(refused > 1500, "only {refused} were refused as another's");
}

#[test]
fn what_names_another_owner_is_neither_moved_nor_deleted() {
    let pair = Pair::plant(Server::shared(), "Patient");
    let Sides { thief, victim } = pair.sides();
    let (admin, client) = (pair.server.admin(), pair.thief("patient/*.cruds"));
    let mut seen = 0;
    for (name, theirs) in victim.resources() {
        let Some(mine) = thief.resource(name) else {
            continue;
        };
        let to_thief = json!({ "reference": thief.reference() });
        let all = references(theirs, &victim.reference());
        let others = all.iter().filter(|pointer| !is_owner(name, pointer));
        let mut planted = Vec::new();
        for pointer in others {
            let id = unique("shared");
            let shared = with(&replaced(theirs, pointer, &to_thief), "id", json!(id));
            planted.push((pointer, id, shared));
        }
        let stored: Vec<Value> = planted.iter().map(|(_, _, shared)| put(shared)).collect();
        admin.post("/", &bundle("batch", &stored)).expect(200);
        for (pointer, id, _) in planted {
            let path = format!("/{name}/{id}");
            let before = admin.get(&path).expect(200);
            let is_seen = client.get(&path).status == 200;
            seen += usize::from(is_seen);
            let about = format!("{name}: {pointer}");
            let moved = client.put(&path, &with(mine, "id", json!(id)));
            assert_eq!(moved.status, 403, "{about}: {moved}");
            let deleted = client.delete(&path);
            // What cannot be seen is not there.
            let expected = if is_seen { 403 } else { 204 };
            assert_eq!(deleted.status, expected, "{about}: {deleted}");
            assert_eq!(admin.get(&path).expect(200).body, before.body, "{about}");
        }
    }
    assert!(seen > 20, "only {seen} could be seen");
}

#[test]
fn an_app_puts_nothing_into_the_record_of_another_who_takes_part() {
    let pair = Pair::plant(Server::shared(), "Patient");
    let Sides { thief, victim } = pair.sides();
    let client = pair.thief("patient/*.cruds");
    let mut sample = crate::samples::observation("part", &thief.reference());
    sample["performer"] = json!([{ "reference": victim.reference() }]);
    let mut own = client
        .get(&format!("/Patient/{}", thief.id))
        .expect(200)
        .body;
    own["link"] = json!([{ "other": { "reference": victim.reference() }, "type": "replaces" }]);
    let path = format!("/Patient/{}", thief.id);
    for answer in [
        client.post("/Observation", &sample),
        client.put(&path, &own),
    ] {
        api::assert_outcome(&answer, 403, "forbidden", "outside the compartment");
    }
}

#[test]
fn nobody_becomes_a_patient_by_linking_to_one() {
    let pair = Pair::shared();
    let Sides { thief, .. } = pair.sides();
    let client = pair.thief("patient/*.cruds");
    let second = json!({
        "resourceType": "Patient",
        "id": unique("second"),
        "link": [{ "other": { "reference": thief.reference() }, "type": "seealso" }],
    });
    let path = format!("/Patient/{}", second["id"].as_str().expect("an id"));
    for answer in [client.post("/Patient", &second), client.put(&path, &second)] {
        api::assert_outcome(&answer, 403, "forbidden", "outside the compartment");
    }
}
