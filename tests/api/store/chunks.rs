//! Resources larger than a row of the database.

use crate::samples::patient_with_id;
use api::{Client, Server, assert_same_content, assert_search_finds, assert_stored, unique};
use serde_json::{Value, json};
use std::thread;
use std::time::{Duration, Instant};

/// Waits until Workers KV has the version, and reads it there.
fn eventually(client: &Client, path: &str, version: &str) -> Value {
    let start = Instant::now();
    loop {
        let request = client
            .request("GET", path)
            .header("x-ms-consistency-level", "Eventual");
        let answer = request.send().expect(200);
        // Whoever asked the ledger knows its commit sequence.
        let from_edge = answer.header("x-ms-session-token").is_none();
        if from_edge && answer.body["meta"]["versionId"] == version {
            return answer.body;
        }
        assert!(
            start.elapsed() < Duration::from_secs(30),
            "not at the edge: {path}"
        );
        thread::sleep(Duration::from_millis(200));
    }
}

/// A Patient with at least `size` characters that no search looks into, each a pair of surrogates
/// in UTF-16, after `shift` that are not: wherever a text is cut, one of two shifts hits a pair.
fn large_patient(id: &str, size: usize, shift: usize) -> Value {
    let part = 100_000;
    let contacts: Vec<Value> = (0..size / part)
        .map(|_| json!({ "name": { "text": "😀".repeat(part) } }))
        .collect();
    let mut patient = patient_with_id(id);
    patient["name"][0]["family"] = json!("x".repeat(shift + 1));
    patient["contact"] = json!(contacts);
    patient
}

#[test]
fn five_megabytes_of_base64_round_trip() {
    let client = Server::shared().admin();
    let id = unique("chunks");
    let data: String = "QUJDREVGR0hJSktM".repeat(5 * 1024 * 1024 / 16);
    let sent =
        json!({"resourceType": "Binary", "id": id, "contentType": "text/plain", "data": data});
    let written = client.put(&format!("/Binary/{id}"), &sent);
    assert_stored(&written, 201, "Binary", &id, 1);
    let read = client.get(&format!("/Binary/{id}"));
    assert_stored(&read, 200, "Binary", &id, 1);
    assert_same_content(&sent, &read.body);
}

#[test]
fn characters_of_two_units_are_not_cut_in_two() {
    let client = Server::shared().admin();
    for shift in 0..2 {
        let id = unique("chunks");
        let sent = large_patient(&id, 700_000, shift);
        client.save(&sent);
        let read = client.get(&format!("/Patient/{id}"));
        assert_stored(&read, 200, "Patient", &id, 1);
        assert_same_content(&sent, &read.body);
    }
}

#[test]
fn every_version_of_a_large_resource_is_kept_whole() {
    let client = Server::shared().admin();
    let id = unique("chunks");
    let (large, larger) = (
        large_patient(&id, 400_000, 0),
        large_patient(&id, 700_000, 1),
    );
    let small = patient_with_id(&id);
    let versions = [&large, &larger, &small, &larger];
    for sent in versions {
        client.save(sent);
    }
    client.save(&larger);
    for (sent, number) in versions.iter().zip(1..) {
        let answer = client.get(&format!("/Patient/{id}/_history/{number}"));
        assert_stored(&answer, 200, "Patient", &id, number);
        assert_same_content(sent, &answer.body);
    }
    let history = client.get(&format!("/Patient/{id}/_history")).expect(200);
    let newest_first: Vec<&Value> = versions.into_iter().rev().collect();
    let entries = api::entries(&history.body);
    assert_eq!(entries.len(), 4, "the unchanged update made no version");
    for (entry, sent) in entries.iter().zip(newest_first) {
        assert_same_content(sent, &entry["resource"]);
    }
    let found = client.get(&format!("/Patient?_id={id}"));
    assert_search_finds(&found, &client.base, &[&id]);
    assert_same_content(&larger, &found.body["entry"][0]["resource"]);
    assert_same_content(
        &larger,
        &eventually(&client, &format!("/Patient/{id}"), "4"),
    );
    let past = eventually(&client, &format!("/Patient/{id}/_history/2"), "2");
    assert_same_content(&larger, &past);
    client.delete(&format!("/Patient/{id}")).expect(204);
    client.get(&format!("/Patient/{id}")).expect(410);
    client.save(&large);
    assert_same_content(&large, &client.get(&format!("/Patient/{id}")).body);
}

#[test]
fn megabytes_of_text_that_is_searched_round_trip() {
    let client = Server::shared().admin();
    for texts in [
        vec!["x".repeat(900_000)],
        vec!["x".repeat(1_000_000), "y".repeat(1_000_000)],
        vec!["é😀".repeat(100_000); 3],
        // One character that folds to eighteen.
        vec!["ﷺ".repeat(70_000)],
    ] {
        let id = unique("chunks");
        let mut sent = patient_with_id(&id);
        sent["name"][0]["given"] = json!(texts);
        let written = client.put(&format!("/Patient/{id}"), &sent);
        assert_stored(&written, 201, "Patient", &id, 1);
        assert_same_content(&sent, &client.get(&format!("/Patient/{id}")).body);
        let start: String = texts[0].chars().take(1000).collect();
        let found = client.search("Patient", &[("_id", &id), ("given", &start)]);
        assert_search_finds(&found, &client.base, &[&id]);
    }
}

#[test]
fn a_resource_below_the_limit_is_kept_whatever_its_characters() {
    let client = Server::shared().admin();
    for character in ["é", "漢"] {
        let id = unique("chunks");
        let data = "QUJD".repeat(17 * 1024 * 1024 / 4);
        let sent = json!({"resourceType": "Binary", "id": id, "contentType": "text/plain", "data": data,
            "_contentType": { "extension": [{ "url": "http://x", "valueString": character }] }});
        let written = client.put(&format!("/Binary/{id}"), &sent);
        assert_stored(&written, 201, "Binary", &id, 1);
        assert_same_content(&sent, &client.get(&format!("/Binary/{id}")).body);
    }
}

#[test]
fn pages_of_large_resources_are_shorter_and_none_is_left_out() {
    let client = Server::shared().admin();
    let tag = unique("chunks");
    let data = "QUJD".repeat(5 * 1024 * 1024 / 4);
    let mut created = Vec::new();
    for _ in 0..8 {
        let sent = json!({"resourceType": "Binary", "contentType": "text/plain", "data": data,
            "meta": { "tag": [{ "code": tag }] }});
        let request = client
            .request("POST", "/Binary")
            .header("prefer", "return=minimal");
        let answer = request.json(&sent).send().expect(201);
        let location = answer.header("location").unwrap();
        created.push(location.split('/').rev().nth(2).unwrap().to_owned());
    }
    let mut url = format!("/Binary?_tag={tag}");
    let mut collected = Vec::new();
    loop {
        let page = client.get(&url).expect(200);
        collected.extend(api::ids(&page.body));
        match api::link(&page.body, "next") {
            Some(next) => url = next,
            None => break,
        }
    }
    assert_eq!(collected, created);
}

#[test]
fn a_history_of_large_versions_is_paged_and_none_is_left_out() {
    let client = Server::shared().admin();
    let id = unique("chunks");
    let data = "QUJD".repeat(5 * 1024 * 1024 / 4);
    for language in ["de", "en", "es", "fr", "it", "pt", "sv"] {
        let sent = json!({"resourceType": "Binary", "id": id, "language": language,
            "contentType": "text/plain", "data": data});
        client.save(&sent);
    }
    let mut url = format!("/Binary/{id}/_history");
    let mut collected = Vec::new();
    loop {
        let page = client.get(&url).expect(200);
        for entry in api::entries(&page.body) {
            collected.push(entry["resource"]["meta"]["versionId"].clone());
        }
        match api::link(&page.body, "next") {
            Some(next) => url = next,
            None => break,
        }
    }
    assert_eq!(collected, ["7", "6", "5", "4", "3", "2", "1"]);
}
