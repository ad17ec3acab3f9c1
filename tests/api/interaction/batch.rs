//! batch: entries that succeed or fail each by itself.

use crate::samples::{bundle, by_identifier, patient, patient_with_id, post, put, request, with};
use api::{Server, assert_outcome, assert_refused, assert_same_content, entries, unique};
use serde_json::{Value, json};

fn statuses(bundle: &Value) -> Vec<String> {
    let entries = entries(bundle);
    let statuses = entries
        .iter()
        .map(|entry| entry["response"]["status"].as_str());
    statuses
        .map(|status| status.unwrap_or_default().to_owned())
        .collect()
}

#[test]
fn answers_come_in_the_order_of_the_request_whatever_the_order_of_execution() {
    let server = Server::shared();
    let client = server.admin();
    let (old, new, tag) = (unique("batch"), unique("batch"), unique("batch"));
    client.save(&patient_with_id(&old));
    let sent = bundle(
        "batch",
        &[
            request("GET", &format!("Patient/{new}")),
            put(&patient_with_id(&new)),
            post(&patient(&tag)),
            request("GET", &format!("Patient/{old}")),
            request("DELETE", &format!("Patient/{old}")),
            request("GET", &format!("Patient?{}", by_identifier(&tag))),
            request("GET", &format!("Patient/{new}/_history")),
            request("GET", &format!("{}/Patient/{new}/_history/1", server.base)),
        ],
    );
    let answer = client.post("/", &sent).expect(200);
    assert_eq!(answer.body["type"], "batch-response");
    // Deletions come first, then creations and updates; what is read is what they left.
    let expected = ["200", "201", "201", "410", "204", "200", "200", "200"];
    assert_eq!(statuses(&answer.body), expected, "{answer}");
    let entries = entries(&answer.body);
    assert_same_content(&patient_with_id(&new), &entries[0]["resource"]);
    let created = &entries[2];
    let id = created["resource"]["id"].as_str().unwrap();
    let location = format!("{}/Patient/{id}/_history/1", server.base);
    assert_eq!(created["response"]["location"], location.as_str());
    assert_eq!(created["response"]["etag"], "W/\"1\"");
    assert_eq!(
        entries[3]["response"]["outcome"]["issue"][0]["code"],
        "deleted"
    );
    assert_eq!(entries[4]["response"]["etag"], "W/\"2\"");
    assert_eq!(api::ids(&entries[5]["resource"]), [id]);
    assert_eq!(entries[6]["resource"]["type"], "history");
    assert_eq!(entries[7]["resource"]["id"], new.as_str());
}

#[test]
fn an_entry_that_fails_does_not_disturb_the_others() {
    let client = Server::shared().admin();
    let (tag, id) = (unique("batch"), unique("batch"));
    client.save(&patient_with_id(&id));
    let mut stale = put(&with(&patient_with_id(&id), "active", json!(true)));
    stale["request"]["ifMatch"] = json!("W/\"9\"");
    let mut malformed = stale.clone();
    malformed["request"]["ifMatch"] = json!("nine");
    let mut existing = post(&patient(&id));
    existing["request"]["ifNoneExist"] = json!(by_identifier(&id));
    let cases = [
        (
            json!({ "resource": patient(&tag) }),
            "400",
            "required",
            "needs a `request`",
        ),
        (
            request("GET", "Patient/nobody-has-it"),
            "404",
            "not-found",
            "nobody-has-it",
        ),
        (
            post(&with(&patient(&tag), "gender", json!("m"))),
            "400",
            "code-invalid",
            "female",
        ),
        (request("GET", "Nonsense/1"), "404", "not-found", "Nonsense"),
        (
            request("PURGE", "Patient/1"),
            "400",
            "not-supported",
            "PURGE",
        ),
        (stale, "412", "conflict", "which is 1"),
        (malformed, "400", "invalid", "If-Match"),
        (
            post(&json!({"resourceType": "Patient", "name": 1})),
            "400",
            "structure",
            "array",
        ),
    ];
    let mut sent: Vec<Value> = cases.iter().map(|(entry, ..)| entry.clone()).collect();
    sent.extend([existing, post(&patient(&tag))]);
    let answer = client.post("/", &bundle("batch", &sent)).expect(200);
    let answers = entries(&answer.body);
    for ((_, status, code, words), entry) in cases.iter().zip(&answers) {
        let response = &entry["response"];
        assert_eq!(response["status"], *status, "{entry}");
        let outcome = &response["outcome"];
        assert_eq!(outcome["resourceType"], "OperationOutcome", "{entry}");
        assert_eq!(outcome["issue"][0]["code"], *code, "{entry}");
        let told = outcome["issue"][0]["diagnostics"].as_str().unwrap();
        assert!(told.contains(words), "{entry}");
    }
    assert_eq!(answers[8]["response"]["status"], "200", "{}", answers[8]);
    assert_eq!(answers[8]["resource"]["id"], id.as_str());
    assert_eq!(answers[9]["response"]["status"], "201", "{}", answers[9]);
    let found = client.get(&format!("/Patient?{}", by_identifier(&tag)));
    assert_eq!(api::ids(&found.body).len(), 1, "{found}");
}

#[test]
fn a_batch_of_hundreds_is_done_whole() {
    let client = Server::shared().admin();
    let tag = unique("batch");
    let sent: Vec<Value> = (0..300).map(|_| post(&patient(&tag))).collect();
    let answer = client.post("/", &bundle("batch", &sent)).expect(200);
    assert!(statuses(&answer.body).iter().all(|status| status == "201"));
    let query = format!("/Patient?{}&_summary=count", by_identifier(&tag));
    assert_eq!(client.get(&query).body["total"], 300);
}

#[test]
fn an_empty_batch_has_an_empty_answer() {
    let client = Server::shared().admin();
    let answer = client.post("/", &json!({"resourceType": "Bundle", "type": "batch"}));
    assert_eq!(answer.expect(200).body["type"], "batch-response");
}

#[test]
fn what_is_no_batch_and_no_transaction_is_refused() {
    let client = Server::shared().admin();
    for (body, code, words, place) in [
        (patient("x"), "structure", "Only a Bundle", "Bundle"),
        (
            bundle("collection", &[]),
            "value",
            "`batch` or `transaction`",
            "Bundle.type",
        ),
        (
            json!({"resourceType": "Bundle"}),
            "value",
            "`batch` or `transaction`",
            "Bundle.type",
        ),
        (
            json!({"resourceType": "Bundle", "type": "batch", "entry": {}}),
            "structure",
            "array",
            "Bundle.entry",
        ),
    ] {
        assert_refused(&client.post("/", &body), 400, code, words, place);
    }
    let too_many = vec![request("GET", "Patient/1"); 5001];
    let answer = client.post("/", &bundle("batch", &too_many));
    assert_outcome(&answer, 400, "too-costly", "5000");
}

#[test]
fn an_entry_is_asked_with_its_own_parameters() {
    let client = Server::shared().admin();
    let id = unique("versions");
    let patient = patient_with_id(&id);
    client.save(&patient);
    client.save(&with(&patient, "active", json!(true)));
    let sent = [request("GET", &format!("Patient/{id}/_history?_count=1"))];
    let answer = client.post("/", &bundle("batch", &sent)).expect(200);
    let history = &entries(&answer.body)[0]["resource"];
    assert_eq!(entries(history).len(), 1, "{answer}");
    assert_eq!(history["total"], 2, "{answer}");
}
