//! Definitions change: indexes are rebuilt while requests are served, and nobody gets half an answer.

use crate::samples::{bundle, patient, patient_with_id, post};
use api::{Answer, Client, Running, Server, Settings, assert_outcome, assert_search_finds, unique};
use std::env;
use std::fs;
use std::thread;
use std::time::{Duration, Instant};

const PATIENTS: usize = 400;

fn search(client: &Client, tag: &str) -> Answer {
    client.search("Patient", &[("identifier", tag), ("_count", "1000")])
}

/// The answer to a search whose index is not complete.
fn assert_rebuilding(answer: &Answer) {
    assert_eq!(
        answer.header("retry-after").as_deref(),
        Some("10"),
        "{answer}"
    );
    let words = "The index of the search parameter Patient.identifier is being rebuilt (";
    assert_outcome(answer, 503, "transient", words);
}

fn progress(client: &Client) -> (String, i64, i64) {
    let answer = client.get("/_operations/reindex").expect(200);
    let parameters = answer.body["parameter"].as_array().unwrap();
    let number = |at: usize| parameters[at]["valueDecimal"].as_i64().unwrap();
    let status = parameters[0]["valueString"].as_str().unwrap();
    (status.to_owned(), number(2), number(1))
}

#[test]
fn indexes_are_rebuilt_while_requests_are_served_and_after_a_kill() {
    let directory = env::temp_dir().join(unique("fhir-edge-api-definitions"));
    fs::create_dir_all(&directory).unwrap();
    let settings = Settings::default()
        .variable("FAULT_INJECTION", "on")
        .state(&directory);
    let running: Running = settings.start();
    let client = running.server.admin();
    let tag = unique("rebuilt");
    let entries: Vec<_> = (0..PATIENTS).map(|_| post(&patient(&tag))).collect();
    client
        .post("/", &bundle("transaction", &entries))
        .expect(200);
    client.save(&patient_with_id("known"));
    let all = search(&client, &tag).expect(200);
    assert_eq!(all.body["entry"].as_array().unwrap().len(), PATIENTS);
    assert_eq!(progress(&client).0, "Completed");

    client
        .request("POST", "/fault/forget-index")
        .send()
        .expect(204);
    assert_rebuilding(&search(&client, &tag));
    let (status, done, total) = progress(&client);
    assert_eq!(status, "Running");
    assert!(done < total && total > PATIENTS as i64, "{done} of {total}");
    // Everything else works.
    client.get("/Patient/known").expect(200);
    client.search("Patient", &[("_id", "known")]).expect(200);
    client.post("/Patient", &patient(&tag)).expect(201);

    running.kill();
    let running = settings.clone().at_the_ports_of(&running.server).start();
    let client = running.server.admin();
    let late = client.post("/Patient", &patient(&tag)).expect(201).id();
    let start = Instant::now();
    let found = loop {
        let answer = search(&client, &tag);
        if answer.status == 200 {
            break answer;
        }
        assert_rebuilding(&answer);
        assert!(start.elapsed() < Duration::from_secs(60), "{answer}");
        thread::sleep(Duration::from_millis(100));
    };
    let found = found.body["entry"].as_array().unwrap().len();
    assert_eq!(found, PATIENTS + 2);
    assert_eq!(progress(&client).0, "Completed");
    let found = client.search("Patient", &[("_id", &late), ("identifier", &tag)]);
    assert_search_finds(&found, &running.server.base, &[&late]);
    drop(running);
    let _ = fs::remove_dir_all(&directory);
}

#[test]
fn only_administrators_follow_the_rebuilding() {
    let server = Server::shared();
    server.admin().get("/_operations/reindex").expect(200);
    server.anonymous().get("/_operations/reindex").expect(401);
    for name in ["reader", "patient", "nobody"] {
        let refused = server.user(name).get("/_operations/reindex");
        assert_outcome(&refused, 403, "forbidden", "Authorization failed");
    }
    let wrong = server.admin().post("/_operations/reindex", &patient("x"));
    assert_eq!(
        wrong.header("allow").as_deref(),
        Some("GET, HEAD"),
        "{wrong}"
    );
    wrong.expect(405);
}
