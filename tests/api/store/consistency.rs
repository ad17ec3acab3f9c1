//! `x-ms-consistency-level` and `x-ms-session-token`.

use crate::samples::{bundle, patient_with_id, post, with};
use api::{Answer, Client, Server, assert_same_content, unique};
use serde_json::json;
use std::thread;
use std::time::{Duration, Instant};

fn read(client: &Client, path: &str, level: &str) -> Answer {
    client
        .request("GET", path)
        .header("x-ms-consistency-level", level)
        .send()
}

fn session(answer: &Answer) -> u64 {
    let token = answer
        .header("x-ms-session-token")
        .expect("a session token");
    token.parse().expect("a number")
}

#[test]
fn a_strong_read_sees_every_write_at_once() {
    let client = Server::shared().admin();
    let id = unique("strong");
    for number in 1..=20 {
        client.save(&with(
            &patient_with_id(&id),
            "multipleBirthInteger",
            json!(number),
        ));
        for level in ["Strong", "BoundedStaleness", "Session"] {
            let answer = read(&client, &format!("/Patient/{id}"), level).expect(200);
            assert_eq!(answer.body["multipleBirthInteger"], number, "{level}");
        }
    }
}

/// Reads with relaxed consistency until the edge itself answers with that version.
fn from_the_edge(client: &Client, path: &str, version: u64) -> Answer {
    let start = Instant::now();
    loop {
        let answer = read(client, path, "Eventual");
        assert!(matches!(answer.status, 200 | 410), "{answer}");
        assert!(answer.version() <= version, "{answer}");
        // Whoever asked the ledger knows its commit sequence.
        if answer.header("x-ms-session-token").is_none() && answer.version() == version {
            return answer;
        }
        assert!(start.elapsed() < Duration::from_secs(30), "still {answer}");
        thread::sleep(Duration::from_millis(100));
    }
}

#[test]
fn a_relaxed_read_becomes_what_the_strong_one_is_without_asking_the_ledger() {
    let client = Server::shared().admin();
    let id = unique("eventual");
    let path = format!("/Patient/{id}");
    client.save(&patient_with_id(&id));
    let first = from_the_edge(&client, &path, 1).expect(200);
    assert_same_content(&patient_with_id(&id), &first.body);
    let changed = with(&patient_with_id(&id), "active", json!(true));
    client.save(&changed);
    let second = from_the_edge(&client, &path, 2).expect(200);
    assert_eq!(second.body, client.get(&path).body);
    assert!(second.header("last-modified").is_some());
    let past = from_the_edge(&client, &format!("{path}/_history/1"), 1).expect(200);
    assert_eq!(past.body, first.body);
    client.delete(&path).expect(204);
    let deleted = from_the_edge(&client, &path, 3);
    api::assert_outcome(&deleted, 410, "deleted", "version 3");
    client.save(&patient_with_id(&id));
    from_the_edge(&client, &path, 4).expect(200);
}

#[test]
fn a_relaxed_read_of_what_has_not_arrived_yet_is_answered_by_the_ledger() {
    let client = Server::shared().admin();
    let id = unique("eventual");
    client.save(&patient_with_id(&id));
    for level in ["Eventual", "ConsistentPrefix"] {
        for path in ["", "/_history/1"] {
            let answer = read(&client, &format!("/Patient/{id}{path}"), level).expect(200);
            assert_same_content(&patient_with_id(&id), &answer.body);
            assert_eq!(answer.version(), 1);
        }
    }
}

#[test]
fn a_relaxed_read_of_what_never_was_is_not_found() {
    let client = Server::shared().admin();
    assert_eq!(
        read(&client, "/Patient/nobody-has-it", "Eventual").status,
        404
    );
}

#[test]
fn the_session_token_grows_with_every_commit() {
    let client = Server::shared().admin();
    let id = unique("session");
    let mut last = 0;
    for number in 1..=5 {
        let patient = with(&patient_with_id(&id), "multipleBirthInteger", json!(number));
        let written = session(&client.save(&patient));
        assert!(written > last, "{written} after {last}");
        let read = session(&client.get(&format!("/Patient/{id}")));
        assert!(read >= written, "{read} after {written}");
        last = read;
    }
    let sent = bundle(
        "transaction",
        &[post(&patient_with_id("x")), post(&patient_with_id("y"))],
    );
    assert!(session(&client.post("/", &sent).expect(200)) > last);
}

#[test]
fn what_a_request_costs_is_told() {
    let client = Server::shared().admin();
    let charge = |answer: &Answer| -> f64 {
        answer
            .header("x-ms-request-charge")
            .unwrap()
            .parse()
            .unwrap()
    };
    let id = unique("charge");
    let one = charge(&client.save(&patient_with_id(&id)));
    let read = charge(&client.get(&format!("/Patient/{id}")));
    assert!(
        read > 0.0 && one > read,
        "a write ({one}) costs more than a read ({read})"
    );
    let entries: Vec<_> = (0..10).map(|_| post(&patient_with_id("x"))).collect();
    let ten = charge(
        &client
            .post("/", &bundle("transaction", &entries))
            .expect(200),
    );
    assert!(ten > 5.0 * one, "ten ({ten}) cost more than one ({one})");
}
