//! Many writers at once.

use crate::samples::{bundle, by_identifier, patient, patient_with_id, post, put, with};
use api::{Server, ids, unique};
use serde_json::json;
use std::collections::BTreeMap;
use std::thread;

/// Runs `work` in `count` threads at once; what each returned.
fn together<T: Send>(count: usize, work: impl Fn(usize) -> T + Sync) -> Vec<T> {
    thread::scope(|scope| {
        let work = &work;
        let threads: Vec<_> = (0..count)
            .map(|number| scope.spawn(move || work(number)))
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .collect()
    })
}

fn counted(statuses: &[u16]) -> BTreeMap<u16, usize> {
    let mut counts = BTreeMap::new();
    for status in statuses {
        *counts.entry(*status).or_default() += 1;
    }
    counts
}

#[test]
fn of_64_updates_of_one_version_exactly_one_wins() {
    let client = Server::shared().admin();
    let id = unique("race");
    client.save(&patient_with_id(&id));
    for round in 1..=3 {
        let tag = format!("W/\"{round}\"");
        let statuses = together(64, |number| {
            let changed = with(
                &patient_with_id(&id),
                "multipleBirthInteger",
                json!(round * 100 + number),
            );
            let request = client.request("PUT", &format!("/Patient/{id}"));
            request
                .header("if-match", &tag)
                .json(&changed)
                .send()
                .status
        });
        assert_eq!(counted(&statuses), BTreeMap::from([(200, 1), (412, 63)]));
    }
    let history = client.get(&format!("/Patient/{id}/_history?_count=1000"));
    let entries = api::entries(&history.body);
    let versions: Vec<_> = entries
        .iter()
        .map(|entry| entry["resource"]["meta"]["versionId"].as_str().unwrap())
        .collect();
    assert_eq!(versions, ["4", "3", "2", "1"]);
}

#[test]
fn unconditional_updates_all_make_versions_without_gaps() {
    let client = Server::shared().admin();
    let id = unique("race");
    let mut versions = together(40, |number| {
        let changed = with(&patient_with_id(&id), "multipleBirthInteger", json!(number));
        client.put(&format!("/Patient/{id}"), &changed).version()
    });
    versions.sort_unstable();
    assert_eq!(versions, (1..=40).collect::<Vec<u64>>());
}

#[test]
fn of_50_conditional_creates_exactly_one_creates() {
    let client = Server::shared().admin();
    let tag = unique("race");
    let answers = together(50, |_| {
        let request = client
            .request("POST", "/Patient")
            .header("if-none-exist", &by_identifier(&tag));
        let answer = request.json(&patient(&tag)).send();
        (answer.status, answer.id())
    });
    let statuses: Vec<u16> = answers.iter().map(|(status, _)| *status).collect();
    assert_eq!(counted(&statuses), BTreeMap::from([(200, 49), (201, 1)]));
    let found = client.get(&format!("/Patient?{}", by_identifier(&tag)));
    let found = ids(&found.body);
    assert_eq!(found.len(), 1);
    assert!(
        answers.iter().all(|(_, id)| *id == found[0]),
        "all were told of the same"
    );
}

#[test]
fn conditional_creates_in_transactions_agree_as_well() {
    let client = Server::shared().admin();
    let (tag, mark) = (unique("race"), unique("race"));
    let answers = together(20, |_| {
        let mut conditional = post(&patient(&tag));
        conditional["request"]["ifNoneExist"] = json!(by_identifier(&tag));
        let sent = bundle("transaction", &[post(&patient(&mark)), conditional]);
        let answer = client.post("/", &sent);
        if answer.status == 200 {
            answer.body["entry"][1]["resource"]["id"].clone()
        } else {
            json!(answer.status)
        }
    });
    let found = client.get(&format!("/Patient?{}", by_identifier(&tag)));
    let found = ids(&found.body);
    assert_eq!(found.len(), 1);
    // A transaction may give up with 409 when others keep changing what it depends on.
    let (done, contended): (Vec<_>, Vec<_>) = answers
        .into_iter()
        .partition(|answer| *answer == found[0].as_str());
    assert!(
        contended.iter().all(|status| *status == 409),
        "{contended:?}"
    );
    let marked = client.get(&format!("/Patient?{}&_summary=count", by_identifier(&mark)));
    assert_eq!(
        marked.body["total"],
        done.len(),
        "those that were refused left nothing"
    );
}

#[test]
fn transactions_that_touch_the_same_resources_are_never_mixed() {
    let client = Server::shared().admin();
    let (left, right) = (unique("pair"), unique("pair"));
    together(16, |number| {
        for step in 0..3 {
            let number = json!(number * 10 + step);
            let set = |id: &str| {
                put(&with(
                    &patient_with_id(id),
                    "multipleBirthInteger",
                    number.clone(),
                ))
            };
            let order = if step == 0 {
                [set(&left), set(&right)]
            } else {
                [set(&right), set(&left)]
            };
            client.post("/", &bundle("transaction", &order)).expect(200);
            let both = client
                .get(&format!("/Patient?_id={left},{right}"))
                .expect(200);
            let values: Vec<_> = api::entries(&both.body)
                .iter()
                .map(|e| e["resource"]["multipleBirthInteger"].clone())
                .collect();
            assert_eq!(values.len(), 2);
            assert_eq!(values[0], values[1], "one search sees one state");
        }
    });
    let version = |id: &str| client.get(&format!("/Patient/{id}")).version();
    assert_eq!((version(&left), version(&right)), (48, 48));
}
