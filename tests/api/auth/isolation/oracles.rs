//! What is another's looks like what is not there: no answer tells which of the two it is.

use super::record::Record;
use super::{PATIENT_SCOPES, Pair};
use crate::samples::{bundle, observation, post, with};
use api::{Answer, Client, assert_outcome, assert_search_finds, unique};
use serde_json::json;

/// An answer without what is new in every one: status, headers and body.
fn essence(answer: &Answer, replaced: &[&str]) -> String {
    let varying = [
        "date",
        "x-request-id",
        "x-ms-session-token",
        "last-modified",
        "location",
        "content-length",
    ];
    let headers = answer.headers().filter(|(name, _)| !varying.contains(name));
    let mut headers: Vec<String> = headers
        .map(|(name, value)| format!("{name}: {value}"))
        .collect();
    headers.sort_unstable();
    let mut body = answer.body.clone();
    if let Some(body) = body.as_object_mut() {
        body.remove("id");
        body.remove("meta");
    }
    let mut essence = format!("{} {headers:?} {body}", answer.status);
    for word in replaced {
        essence = essence.replace(word, "*");
    }
    essence
}

#[test]
fn addresses_of_anothers_resources_are_answered_like_addresses_of_nothing() {
    let pair = Pair::shared();
    let sides = pair.sides();
    let absent = unique("absent");
    let thieves = PATIENT_SCOPES.map(|scopes| pair.thief(scopes));
    for (name, _) in sides.victim.resources() {
        let others = if name == "Observation" { 3 } else { 1 };
        for thief in thieves.iter().take(others) {
            let ask = |method: &str, path: &str, id: &str| {
                let request = thief.request(method, &format!("/{name}/{id}{path}"));
                essence(&request.header("if-match", "W/\"1\"").send(), &[id])
            };
            for (method, path) in [
                ("GET", ""),
                ("GET", "/_history"),
                ("GET", "/_history/1"),
                ("DELETE", ""),
            ] {
                let theirs = ask(method, path, &sides.victim.id);
                assert_eq!(theirs, ask(method, path, &absent), "{method} {name} {path}");
            }
        }
    }
}

#[test]
fn searches_by_what_is_anothers_are_answered_like_searches_by_nothing() {
    let pair = Pair::shared();
    let sides = pair.sides();
    let absent = unique("absent");
    let thief = pair.thief("patient/*.rs");
    for query in [
        "Observation?identifier=W",
        "Observation?subject=Patient/I",
        "Observation?patient=I&status=registered",
        "Observation?_id=I",
        "Observation?_id=I&_summary=count",
        "Patient?identifier=W&_total=accurate",
        "Patient?name=W",
        "Patient?_sort=birthdate&name:contains=W",
        "Condition?patient=I&code=W",
    ] {
        let ask = |word: &str, id: &str| {
            let path = format!("/{}", query.replace('W', word).replace('I', id));
            essence(&thief.get(&path).expect(200), &[word, id])
        };
        let theirs = ask(&sides.victim.word, &sides.victim.id);
        assert_eq!(theirs, ask(&absent, &absent), "{query}");
    }
}

/// A transaction with an own Observation that was performed by whom the condition finds.
fn referring(client: &Client, record: &Record, condition: &str) -> Answer {
    let sample = observation(&unique("referring"), &record.reference());
    let performer = json!([{ "reference": condition }]);
    let sent = post(&with(&sample, "performer", performer));
    client.post("/", &bundle("transaction", &[sent]))
}

#[test]
fn conditional_references_find_nothing_of_anothers() {
    let pair = Pair::shared();
    let sides = pair.sides();
    let thief = pair.thief("patient/*.cruds");
    let absent = unique("absent");
    let conditions = ["Patient?identifier=W", "Patient?name=W", "Patient?_id=I"];
    for condition in conditions {
        let ask = |word: &str, id: &str| {
            let condition = condition.replace('W', word).replace('I', id);
            referring(&thief, sides.thief, &condition)
        };
        let theirs = ask(&sides.victim.word, &sides.victim.id);
        let nothing = ask(&absent, &absent);
        assert!(matches!(theirs.status, 400 | 404 | 412), "{theirs}");
        let replaced = [sides.victim.word.as_str(), &sides.victim.id, &absent];
        assert_eq!(essence(&theirs, &replaced), essence(&nothing, &replaced));
        let own = condition
            .replace('W', &sides.thief.word)
            .replace('I', &sides.thief.id);
        referring(&thief, sides.thief, &own).expect(200);
    }
}

#[test]
fn a_conditional_create_creates_whatever_anothers_record_holds() {
    let pair = Pair::shared();
    let sides = pair.sides();
    let theirs = sides.victim.resource("Observation").expect("one");
    // Two that match would be refused, one would be answered, none lets it be created.
    for count in [1, 2] {
        let thief = pair.thief("patient/*.cruds");
        let own = observation(&unique("own"), &sides.thief.reference());
        let answer = thief
            .request("POST", "/Observation")
            .header(
                "if-none-exist",
                &format!("identifier={}", sides.victim.word),
            )
            .json(&own)
            .send();
        assert_eq!(answer.status, 201, "{count}: {answer}");
        assert!(!answer.text.contains(&sides.victim.word), "{answer}");
        let second = with(theirs, "id", json!(unique("second")));
        pair.server.admin().save(&second);
    }
}

#[test]
fn a_resource_that_mentions_a_patient_in_passing_is_not_the_patients() {
    let pair = Pair::shared();
    let sides = pair.sides();
    let tag = unique("passing");
    let mut sample = observation(&tag, &sides.victim.reference());
    sample["focus"] = json!([{ "reference": sides.thief.reference() }]);
    sample["note"] = json!([{ "text": sides.victim.word }]);
    let id = pair
        .server
        .admin()
        .post("/Observation", &sample)
        .expect(201)
        .id();
    let thief = pair.thief("patient/*.rs");
    assert_outcome(
        &thief.get(&format!("/Observation/{id}")),
        404,
        "not-found",
        "",
    );
    let mine = sides.thief.reference();
    let focused = [("focus", mine.as_str()), ("identifier", &tag)];
    let found = thief.search("Observation", &focused);
    assert_search_finds(&found, &thief.base, &[]);
    let found = pair.server.admin().search("Observation", &focused);
    assert_search_finds(&found, &thief.base, &[&id]);
}

#[test]
fn whatever_else_has_the_id_of_a_patient_is_not_the_patient() {
    let pair = Pair::shared();
    let sides = pair.sides();
    let (admin, thief) = (pair.server.admin(), pair.thief("patient/*.cruds"));
    let (id, tag) = (&sides.thief.id, unique("namesake"));
    for subject in [
        format!("Group/{id}"),
        format!("Device/{id}"),
        format!("Location/{id}"),
        format!("https://other.example/Patient/{id}"),
        format!("https://other.example/Patient/{id}/_history/1"),
        format!("#{id}"),
        format!("urn:uuid:{id}"),
    ] {
        let sample = observation(&tag, &subject);
        let stored = admin.post("/Observation", &sample).expect(201);
        let path = format!("/Observation/{}", stored.id());
        assert_outcome(&thief.get(&path), 404, "not-found", "");
        let found = thief.search("Observation", &[("identifier", &tag)]);
        assert_search_finds(&found, &thief.base, &[]);
        thief.delete(&path).expect(204);
        assert_eq!(admin.get(&path).expect(200).body, stored.body, "{subject}");
        let created = thief.post("/Observation", &sample);
        assert_outcome(&created, 403, "forbidden", "outside the compartment");
    }
}
