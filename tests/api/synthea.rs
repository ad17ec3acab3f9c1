//! Whole records of synthetic patients: loaded, read back, equal.
//!
//! The data stands beside the checkout; where it does not, the tests say so and pass.

use crate::samples::{bundle, post};
use api::{Client, Server, Settings, assert_same_content, entries};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::sync::OnceLock;
use std::thread;

/// The server that speaks STU3.
pub(crate) fn stu3() -> &'static Server {
    static STU3: OnceLock<api::Running> = OnceLock::new();
    &STU3
        .get_or_init(|| Settings::default().stu3().start())
        .server
}

/// The bundles of a folder, each with the name of its file.
fn bundles(folder: &str) -> Vec<(String, Value)> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../../shared/data")
        .join(folder);
    let Ok(files) = fs::read_dir(&path) else {
        println!("skipped: there is no {}", path.display());
        return Vec::new();
    };
    let mut paths: Vec<_> = files.map(|file| file.unwrap().path()).collect();
    paths.sort();
    let read = |path: &Path| serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    let named = paths.iter().map(|path| {
        (
            path.file_name().unwrap().to_string_lossy().into_owned(),
            read(path),
        )
    });
    named.collect()
}

/// What the entries of a transaction became: fullUrl -> Type/id.
fn addresses(sent: &Value, answer: &Value) -> HashMap<String, String> {
    let pairs = entries(sent).into_iter().zip(entries(answer));
    pairs
        .map(|(sent, answered)| {
            assert_eq!(answered["response"]["status"], "201", "{answered}");
            let resource = &answered["resource"];
            let text = |name: &str| resource[name].as_str().unwrap();
            let address = format!("{}/{}", text("resourceType"), text("id"));
            (sent["fullUrl"].as_str().unwrap().to_owned(), address)
        })
        .collect()
}

/// The resource with its references as the server must have rewritten them.
fn rewritten(resource: &Value, addresses: &HashMap<String, String>) -> Value {
    match resource {
        Value::Array(values) => values
            .iter()
            .map(|value| rewritten(value, addresses))
            .collect(),
        Value::Object(map) => {
            let pairs = map.iter().map(|(name, value)| {
                match value.as_str().and_then(|text| addresses.get(text)) {
                    Some(address) if name == "reference" => (name.clone(), json!(address)),
                    _ => (name.clone(), rewritten(value, addresses)),
                }
            });
            Value::Object(pairs.collect())
        }
        other => other.clone(),
    }
}

/// Posts the bundle and compares every resource that can be read afterwards.
fn load_and_compare(client: &Client, name: &str, sent: &Value) {
    let answer = client.post("/", sent);
    assert_eq!(answer.status, 200, "{name}: {answer}");
    let addresses = addresses(sent, &answer.body);
    for entry in entries(sent) {
        let address = &addresses[entry["fullUrl"].as_str().unwrap()];
        let read = client.get(&format!("/{address}")).expect(200);
        assert_same_content(&rewritten(&entry["resource"], &addresses), &read.body);
        assert!(
            !read.text.contains("\"reference\":\"urn:uuid:"),
            "{name} {address}"
        );
    }
    let patient = addresses
        .values()
        .find(|address| address.starts_with("Patient/"))
        .unwrap();
    let expected = entries(sent)
        .iter()
        .filter(|entry| entry["resource"]["resourceType"] == "Condition")
        .count();
    let found = client.search("Condition", &[("subject", patient), ("_summary", "count")]);
    assert_eq!(found.body["total"], expected, "{name}: {found}");
}

#[test]
fn every_r4_record_loads_whole_reads_back_equal_and_loads_again() {
    let client = Server::shared().admin();
    let bundles = bundles("synthea-r4");
    thread::scope(|scope| {
        for part in bundles.chunks(5) {
            let client = &client;
            scope.spawn(move || {
                part.iter()
                    .for_each(|(name, sent)| load_and_compare(client, name, sent))
            });
        }
    });
    if let Some((name, again)) = bundles.first() {
        load_and_compare(&client, name, again);
    }
}

#[test]
fn a_record_with_one_bad_entry_changes_nothing() {
    let client = Server::shared().admin();
    let Some((name, mut sent)) = bundles("synthea-r4").into_iter().nth(2) else {
        return;
    };
    let tag = api::unique("bad-record");
    let number = sent["entry"].as_array().unwrap().len();
    for entry in sent["entry"].as_array_mut().unwrap() {
        entry["resource"]["meta"] = json!({ "tag": [{ "code": tag }] });
    }
    for (at, change) in [(0, "status"), (number / 2, "id"), (number - 1, "unknown")] {
        let mut bad = sent.clone();
        bad["entry"][at]["resource"][change] = json!({ "not": "right" });
        let answer = client.post("/", &bad);
        assert_eq!(answer.status, 400, "{name}: {answer}");
        let place = answer.body["issue"][0]["expression"][0].as_str().unwrap();
        assert!(
            place.starts_with(&format!("Bundle.entry[{at}].resource.")),
            "{answer}"
        );
        for resource_type in ["Patient", "Observation", "Encounter", "Claim"] {
            let found = client.search(resource_type, &[("_tag", &tag), ("_summary", "count")]);
            assert_eq!(found.body["total"], 0, "{resource_type}");
        }
    }
    load_and_compare(&client, &name, &sent);
}

/// Mends what those who made the STU3 records got wrong; how much there was.
fn mend(resource: &mut Value) -> usize {
    let mut mended = 0;
    // A list, 0..*: https://hl7.org/fhir/STU3/procedure-definitions.html#Procedure.reasonReference
    let reason = &resource["reasonReference"];
    if resource["resourceType"] == "Procedure" && reason.is_object() {
        resource["reasonReference"] = json!([reason]);
        mended += 1;
    }
    // A positiveInt, 1 or more: https://hl7.org/fhir/STU3/datatypes.html#positiveInt
    if let Some(dispense) = resource
        .get_mut("dispenseRequest")
        .and_then(Value::as_object_mut)
        && dispense.get("numberOfRepeatsAllowed") == Some(&json!(0))
    {
        dispense.shift_remove("numberOfRepeatsAllowed");
        mended += 1;
    }
    mended
}

#[test]
fn every_stu3_record_loads_as_a_transaction_once_what_is_invalid_is_mended() {
    let client = stu3().admin();
    for (name, mut collection) in bundles("synthea-stu3") {
        let mut posted = Vec::new();
        for (at, entry) in collection["entry"]
            .as_array_mut()
            .unwrap()
            .iter_mut()
            .enumerate()
        {
            let as_published = entry["resource"].clone();
            let defects = mend(&mut entry["resource"]);
            if defects > 0 {
                let path = format!("/{}", as_published["resourceType"].as_str().unwrap());
                let refused = client.post(&path, &as_published).expect(400);
                assert_eq!(
                    refused.body["issue"].as_array().unwrap().len(),
                    defects,
                    "{refused}"
                );
            }
            let mut entry_posted = post(&entry["resource"]);
            let own = json!(format!("urn:oid:1.2.{at}"));
            entry_posted["fullUrl"] = entry.get("fullUrl").cloned().unwrap_or(own);
            posted.push(entry_posted);
        }
        load_and_compare(&client, &name, &bundle("transaction", &posted));
    }
}

#[test]
fn stu3_answers_a_version_conflict_with_409() {
    let client = stu3().admin();
    let sent = json!({"resourceType": "Patient", "id": "conflict", "active": true});
    client.save(&sent);
    let request = client
        .request("PUT", "/Patient/conflict")
        .header("if-match", "W/\"7\"");
    let answer = request.json(&sent).send();
    api::assert_outcome(&answer, 409, "conflict", "which is 1");
}
