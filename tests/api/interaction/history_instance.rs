//! history-instance: `GET /{type}/{id}/_history`.

use crate::samples::{patient_with_id, with};
use api::{Client, Server, assert_outcome, assert_refused, entries, link, unique};
use serde_json::{Value, json};

/// A Patient with `count` versions.
fn with_versions(client: &Client, count: u32) -> String {
    let id = unique("history");
    for number in 1..=count {
        client.save(&with(
            &patient_with_id(&id),
            "multipleBirthInteger",
            json!(number),
        ));
    }
    id
}

fn versions(bundle: &Value) -> Vec<String> {
    let entries = entries(bundle);
    let tags = entries
        .iter()
        .map(|entry| entry["response"]["etag"].as_str().unwrap());
    tags.map(|tag| tag.replace("W/", "").replace('"', ""))
        .collect()
}

#[test]
fn all_versions_come_newest_first_with_what_made_them() {
    let server = Server::shared();
    let client = server.admin();
    let created = client.post("/Patient", &crate::samples::patient("x"));
    let id = created.id();
    client.save(&with(&created.body, "active", json!(true)));
    client.delete(&format!("/Patient/{id}")).expect(204);
    client.save(&patient_with_id(&id));
    let history = client.get(&format!("/Patient/{id}/_history")).expect(200);
    assert_eq!(history.body["type"], "history");
    assert_eq!(history.body["total"], 4);
    assert_eq!(versions(&history.body), ["4", "3", "2", "1"]);
    let made: Vec<_> = entries(&history.body)
        .iter()
        .map(|entry| {
            assert_eq!(entry["fullUrl"], format!("{}/Patient/{id}", server.base));
            let stamp = entry["response"]["lastModified"].as_str().unwrap();
            if let Some(resource) = entry.get("resource") {
                assert_eq!(resource["meta"]["lastUpdated"], stamp);
            }
            let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            let request = &entry["request"];
            (
                text(&request["method"]),
                text(&request["url"]),
                text(&entry["response"]["status"]),
            )
        })
        .collect();
    let expected = [
        ("PUT", format!("Patient/{id}"), "200"),
        ("DELETE", format!("Patient/{id}"), "204"),
        ("PUT", format!("Patient/{id}"), "200"),
        ("POST", "Patient".to_owned(), "201"),
    ];
    let expected: Vec<_> = expected
        .map(|(m, u, s)| (m.to_owned(), u, s.to_owned()))
        .into();
    assert_eq!(made, expected);
    assert!(
        entries(&history.body)[1]
            .get("resource")
            .is_none_or(|stub| stub.get("name").is_none())
    );
}

#[test]
fn following_next_collects_every_version_once() {
    let client = Server::shared().admin();
    let id = with_versions(&client, 7);
    let mut url = format!("/Patient/{id}/_history?_count=3");
    let mut collected = Vec::new();
    let mut pages = 0;
    loop {
        let page = client.get(&url).expect(200);
        collected.extend(versions(&page.body));
        pages += 1;
        // A version that is made meanwhile is not in the pages that follow.
        client.save(&with(
            &patient_with_id(&id),
            "multipleBirthInteger",
            json!(100 + pages),
        ));
        match link(&page.body, "next") {
            Some(next) => url = next,
            None => break,
        }
    }
    assert_eq!(pages, 3);
    assert_eq!(collected, ["7", "6", "5", "4", "3", "2", "1"]);
}

#[test]
fn counts_are_checked_and_zero_gives_the_total_alone() {
    let client = Server::shared().admin();
    let id = with_versions(&client, 2);
    let none = client
        .get(&format!("/Patient/{id}/_history?_count=0"))
        .expect(200);
    assert_eq!(
        (none.body["total"].as_u64(), entries(&none.body).len()),
        (Some(2), 0)
    );
    for count in ["-1", "abc", "1.5"] {
        let answer = client.get(&format!("/Patient/{id}/_history?_count={count}"));
        assert_refused(&answer, 400, "invalid", "whole number", "_count");
    }
}

#[test]
fn what_never_existed_has_no_history() {
    let answer = Server::shared()
        .admin()
        .get("/Patient/nobody-has-it/_history");
    assert_outcome(&answer, 404, "not-found", "nobody-has-it");
}
