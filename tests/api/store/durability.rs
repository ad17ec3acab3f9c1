//! What was acknowledged is there after a crash, and no transaction is there by half.

use crate::samples::{
    bundle, by_identifier, observation, patient, patient_with_id, post, put, with,
};
use api::{Random, Running, Settings, assert_search_finds, ids, unique};
use serde_json::json;
use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

const KILLS: usize = 6;
const WRITERS: usize = 6;
/// Entries of one transaction.
const ENTRIES: usize = 8;

/// What the server said it had done.
#[derive(Default)]
struct Acknowledged {
    /// Resources and the highest version that was acknowledged.
    versions: BTreeMap<String, u64>,
    /// Identifiers of created resources.
    created: Vec<(String, String)>,
    /// Tags of transactions that were acknowledged.
    transactions: Vec<String>,
    /// Tags of those that may or may not have happened.
    uncertain: Vec<String>,
}

/// Writes in every way until the server is gone.
fn write_until_killed(
    running: &Running,
    writer: usize,
    ending: &AtomicBool,
    all: &Mutex<Acknowledged>,
) {
    let client = running.server.admin();
    let own = format!("updated-{writer}");
    while !ending.load(Ordering::Relaxed) {
        let tag = unique("crash");
        let mut entries: Vec<_> = (0..ENTRIES - 2).map(|_| post(&patient(&tag))).collect();
        entries.push(post(&observation(
            &tag,
            "urn:uuid:9c9b1d6e-0000-4000-8000-000000000001",
        )));
        entries.push(put(&with(&patient_with_id(&tag), "active", json!(true))));
        let transaction = client
            .request("POST", "/")
            .json(&bundle("transaction", &entries))
            .try_send();
        {
            let mut all = all.lock().unwrap();
            match transaction {
                Ok(answer) if answer.status == 200 => all.transactions.push(tag.clone()),
                _ => all.uncertain.push(tag.clone()),
            }
        }
        let update = with(&patient_with_id(&own), "language", json!(tag));
        if let Ok(answer) = client
            .request("PUT", &format!("/Patient/{own}"))
            .json(&update)
            .try_send()
            && matches!(answer.status, 200 | 201)
        {
            all.lock()
                .unwrap()
                .versions
                .insert(own.clone(), answer.version());
        }
        let single = unique("crash");
        if let Ok(answer) = client
            .request("POST", "/Patient")
            .json(&patient(&single))
            .try_send()
            && answer.status == 201
        {
            all.lock().unwrap().created.push((answer.id(), single));
        }
    }
}

fn check(running: &Running, all: &Acknowledged) {
    let client = running.server.admin();
    for (id, version) in &all.versions {
        let current = client.get(&format!("/Patient/{id}")).expect(200).version();
        assert!(
            current >= *version,
            "{id}: {current}, acknowledged {version}"
        );
        let history = client
            .get(&format!("/Patient/{id}/_history?_count=1000"))
            .expect(200);
        let entries = api::entries(&history.body);
        let versions: Vec<_> = entries
            .iter()
            .map(|e| e["response"]["etag"].as_str().unwrap().to_owned())
            .collect();
        let expected: Vec<_> = (1..=current).rev().map(|v| format!("W/\"{v}\"")).collect();
        assert_eq!(versions, expected, "{id}");
    }
    for (id, tag) in &all.created {
        client.get(&format!("/Patient/{id}")).expect(200);
        let found = client.get(&format!("/Patient?{}", by_identifier(tag)));
        assert_search_finds(&found, &client.base, &[id]);
    }
    let count = |tag: &str| {
        let patients = client
            .get(&format!("/Patient?{}", by_identifier(tag)))
            .expect(200);
        let observations = client
            .get(&format!("/Observation?{}", by_identifier(tag)))
            .expect(200);
        for id in ids(&patients.body) {
            client.get(&format!("/Patient/{id}/_history/1")).expect(200);
        }
        ids(&patients.body).len() + ids(&observations.body).len()
    };
    for tag in &all.transactions {
        assert_eq!(count(tag), ENTRIES, "{tag} was acknowledged");
    }
    for tag in &all.uncertain {
        let found = count(tag);
        assert!(
            found == 0 || found == ENTRIES,
            "{tag} is there by half: {found}"
        );
    }
}

#[test]
fn what_was_acknowledged_survives_a_kill_and_nothing_is_there_by_half() {
    let directory = env::temp_dir().join(unique("fhir-edge-api-state"));
    fs::create_dir_all(&directory).unwrap();
    let settings = Settings::default().state(&directory);
    let mut random = Random::new(3);
    let mut running = settings.start();
    let mut last = String::new();
    let mut acknowledged = 0;
    for _ in 0..KILLS {
        let all = Mutex::new(Acknowledged::default());
        let ending = AtomicBool::new(false);
        thread::scope(|scope| {
            for writer in 0..WRITERS {
                let (running, ending, all) = (&running, &ending, &all);
                scope.spawn(move || write_until_killed(running, writer, ending, all));
            }
            let pause = 700 + u64::try_from(random.below(800)).unwrap();
            thread::sleep(Duration::from_millis(pause));
            running.kill();
            ending.store(true, Ordering::Relaxed);
        });
        running = settings.clone().at_the_ports_of(&running.server).start();
        let all = all.into_inner().unwrap();
        acknowledged += all.transactions.len() + all.created.len();
        check(&running, &all);
        if let Some((id, _)) = all.created.first() {
            last.clone_from(id);
        }
    }
    assert!(acknowledged > 10 * KILLS, "only {acknowledged} writes");
    running
        .server
        .admin()
        .get(&format!("/Patient/{last}"))
        .expect(200);
    drop(running);
    let running = settings.start();
    running
        .server
        .admin()
        .get(&format!("/Patient/{last}"))
        .expect(200);
    drop(running);
    let _ = fs::remove_dir_all(&directory);
}
