//! Panics: one request fails, the server goes on and nothing is lost.

use crate::samples::{bundle, by_identifier, patient, patient_with_id, post};
use api::{Running, Settings, assert_outcome, assert_stored, unique};
use std::sync::{Mutex, MutexGuard, OnceLock};
use std::thread;
use std::time::{Duration, Instant};

/// A server of its own: a panic also ends the requests that others have under way. One test at a
/// time injects.
fn server() -> (&'static Running, MutexGuard<'static, ()>) {
    static SERVER: OnceLock<Running> = OnceLock::new();
    static TURN: Mutex<()> = Mutex::new(());
    let turn = TURN
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    let start = || {
        Settings::default()
            .variable("FAULT_INJECTION", "on")
            .start()
    };
    (SERVER.get_or_init(start), turn)
}

#[test]
fn a_panic_is_answered_at_once_and_the_next_request_is_served() {
    let (running, _turn) = server();
    let client = running.server.admin();
    let id = unique("panic");
    client.save(&patient_with_id(&id));
    for kind in ["panic", "ledger-panic", "panic"] {
        let start = Instant::now();
        let answer = client.request("POST", &format!("/fault/{kind}")).send();
        assert!(
            start.elapsed() < Duration::from_secs(2),
            "{:?}",
            start.elapsed()
        );
        assert_eq!(answer.status, 500, "{answer}");
        assert_eq!(answer.body["resourceType"], "OperationOutcome", "{answer}");
        assert_eq!(answer.body["issue"][0]["code"], "exception");
        assert_eq!(answer.body["id"], answer.header("x-request-id").unwrap());
        assert!(
            !answer.text.contains("injected"),
            "ours is not shown: {answer}"
        );
        assert_stored(
            &client.get(&format!("/Patient/{id}")),
            200,
            "Patient",
            &id,
            1,
        );
        client.post("/Patient", &patient("x")).expect(201);
    }
}

#[test]
fn a_panic_in_the_middle_of_a_ledger_transaction_undoes_it() {
    let (running, _turn) = server();
    let client = running.server.admin();
    let tag = unique("panic");
    let sent: Vec<_> = (0..20).map(|_| post(&patient(&tag))).collect();
    client.post("/", &bundle("transaction", &sent)).expect(200);
    let before = client.get("/Patient?_summary=count").body["total"].clone();
    let answer = client
        .request("POST", "/fault/ledger-panic-in-transaction")
        .send();
    assert_eq!(answer.status, 500, "{answer}");
    assert_eq!(client.get("/Patient?_summary=count").body["total"], before);
    let query = format!("/Patient?{}&_summary=count", by_identifier(&tag));
    assert_eq!(client.get(&query).body["total"], 20);
    client.post("/Patient", &patient(&tag)).expect(201);
    assert_eq!(client.get(&query).body["total"], 21);
}

#[test]
fn writes_that_were_acknowledged_while_others_panicked_are_there() {
    let (running, _turn) = server();
    let client = running.server.admin();
    let tag = unique("panic");
    let acknowledged: Vec<String> = thread::scope(|scope| {
        let writers: Vec<_> = (0..4)
            .map(|_| {
                scope.spawn(|| {
                    let create = || client.post("/Patient", &patient(&tag));
                    let answers = (0..15).map(|_| create());
                    let answered: Vec<_> = answers.collect();
                    assert!(answered.iter().all(|a| matches!(a.status, 201 | 500)));
                    let created = answered.into_iter().filter(|a| a.status == 201);
                    created.map(|answer| answer.id()).collect::<Vec<_>>()
                })
            })
            .collect();
        for kind in ["panic", "ledger-panic", "ledger-panic-in-transaction"] {
            thread::sleep(Duration::from_millis(30));
            client
                .request("POST", &format!("/fault/{kind}"))
                .send()
                .expect(500);
        }
        writers
            .into_iter()
            .flat_map(|writer| writer.join().unwrap())
            .collect()
    });
    let found = client.get(&format!("/Patient?{}&_count=1000", by_identifier(&tag)));
    let found = api::ids(&found.body);
    for id in &acknowledged {
        assert!(found.contains(id), "{id} was acknowledged");
        client.get(&format!("/Patient/{id}")).expect(200);
    }
}

#[test]
fn faults_are_for_tests_only() {
    let client = api::Server::shared().admin();
    let answer = client.request("POST", "/fault/panic").send();
    assert_outcome(&answer, 404, "not-found", "");
}
