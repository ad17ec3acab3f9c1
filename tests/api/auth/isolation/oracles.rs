//! What is another's looks like what is not there: no answer tells which of the two it is.

use super::attempt::Sides;
use super::record::Record;
use super::{PATIENT_SCOPES, Pair};
use crate::samples::{bundle, observation, post, put, request, with};
use api::{Answer, Client, assert_outcome, assert_search_finds, unique};
use serde_json::{Value, json};

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
    let essence = format!("{} {headers:?} {body}", answer.status);
    let is_random = |word: &&str| word.len() == 36 && word.matches('-').count() == 4;
    let words = essence.split(|c: char| !c.is_ascii_alphanumeric() && c != '-');
    let random: Vec<&str> = words.filter(is_random).collect();
    let mut essence = random
        .iter()
        .fold(essence.clone(), |essence, word| essence.replace(word, "*"));
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

/// An entry with one more property of its request.
fn on_condition(mut entry: Value, name: &str, value: &str) -> Value {
    entry["request"][name] = json!(value);
    entry
}

/// Entries that ask for `Type/id`, each in another way, with the words for it.
fn probes(sides: Sides<'_>, name: &str, id: &str) -> Vec<(String, Value)> {
    let address = format!("{name}/{id}");
    let mut probes = Vec::new();
    for (whose, record) in [("own", sides.thief), ("their", sides.victim)] {
        if let Some(content) = record.resource(name) {
            let entry = put(&with(content, "id", json!(id)));
            probes.push((format!("PUT of {whose} content"), entry.clone()));
            for version in ["1", "999"] {
                let tag = format!("W/\"{version}\"");
                let words = format!("PUT of {whose} content over {version}");
                probes.push((words, on_condition(entry.clone(), "ifMatch", &tag)));
            }
        }
    }
    let delete = request("DELETE", &address);
    probes.push(("DELETE".into(), delete.clone()));
    for version in ["1", "999"] {
        let tag = format!("W/\"{version}\"");
        let entry = on_condition(delete.clone(), "ifMatch", &tag);
        probes.push((format!("DELETE of {version}"), entry));
    }
    for path in ["", "/_history", "/_history/1"] {
        let read = request("GET", &format!("{address}{path}"));
        probes.push((format!("GET {path}"), read));
    }
    probes.push((
        "GET by _id".into(),
        request("GET", &format!("{name}?_id={id}")),
    ));
    if let Some(own) = sides.thief.resource(name) {
        let create = on_condition(post(own), "ifNoneExist", &format!("_id={id}"));
        probes.push(("POST if there is none".into(), create));
    }
    let mut referring = observation(&unique("referring"), &sides.thief.reference());
    for reference in [address, format!("{name}?_id={id}")] {
        referring["focus"] = json!([{ "reference": reference }]);
        probes.push((format!("POST with {reference}"), post(&referring)));
    }
    probes
}

/// Entries that fail, each for another reason and at another time, and none.
fn failures(sides: Sides<'_>) -> Vec<(&'static str, Option<Value>)> {
    let own = sides.thief.resource("Condition").expect("one");
    let own_put = on_condition(put(own), "ifMatch", "W/\"999\"");
    let theirs = sides.victim.resource("Condition").expect("one");
    let new = with(own, "id", json!(unique("new")));
    let address = format!("Condition/{}", sides.thief.id);
    let delete = on_condition(request("DELETE", &address), "ifMatch", "W/\"999\"");
    let invalid = with(own, "code", json!("no object"));
    let referring = with(own, "encounter", json!({ "reference": "Encounter?_id=0" }));
    vec![
        ("nothing", None),
        ("PUT over another version", Some(own_put)),
        ("PUT where nothing is", Some(put(&new))),
        ("DELETE of another version", Some(delete)),
        ("POST to another's record", Some(post(theirs))),
        ("POST of what is invalid", Some(post(&invalid))),
        ("POST that refers to nothing", Some(post(&referring))),
        (
            "POST on a malformed condition",
            Some(on_condition(post(own), "ifNoneExist", "x:y=1")),
        ),
    ]
}

/// What an answer tells: of a transaction that was done, what became of each entry.
fn told(answer: &Answer, replaced: &[&str]) -> String {
    let Some(entries) = answer.body["entry"]
        .as_array()
        .filter(|_| answer.status == 200)
    else {
        return essence(answer, replaced);
    };
    let told = entries.iter().map(|entry| {
        let response = &entry["response"];
        let found = entry["resource"]["entry"].as_array().map_or(0, Vec::len);
        let etag = &response["etag"];
        format!(
            "{} {etag} {found} {}",
            response["status"], response["outcome"]["issue"]
        )
    });
    let mut told = told.collect::<Vec<_>>().join("; ");
    for word in replaced {
        told = told.replace(word, "*");
    }
    told
}

#[test]
fn no_transaction_tells_what_is_anothers_from_what_is_not_there() {
    let pair = Pair::shared();
    let sides = pair.sides();
    let admin = pair.server.admin();
    let thief = pair.thief("patient/*.cruds");
    let (deleted, absent) = (unique("deleted"), unique("absent"));
    let probed = ["Observation", "Patient"];
    for name in probed {
        let theirs = sides.victim.resource(name).expect("one");
        admin.save(&with(theirs, "id", json!(deleted)));
        admin.delete(&format!("/{name}/{deleted}")).expect(204);
    }
    let replaced = [sides.victim.id.as_str(), &deleted, &absent];
    let before = sides.victim.stored(&admin);
    let mut asked = 0;
    for name in probed {
        let [theirs, gone, nothing] = replaced.map(|id| probes(sides, name, id));
        for (failing, failure) in failures(sides) {
            for first in [true, false] {
                let ask = |(_, probe): &(String, Value)| {
                    let mut entries = vec![probe.clone()];
                    entries.extend(failure.clone());
                    if first {
                        entries.reverse();
                    }
                    let answer = thief.post("/", &bundle("transaction", &entries));
                    assert!(
                        failure.is_none() || answer.status != 200,
                        "{failing}: {answer}"
                    );
                    told(&answer, &replaced)
                };
                for (at, probe) in nothing.iter().enumerate() {
                    let expected = ask(probe);
                    let case = format!("{name}: {} beside {failing}", probe.0);
                    assert_eq!(ask(&theirs[at]), expected, "{case}");
                    assert_eq!(ask(&gone[at]), expected, "deleted, {case}");
                    asked += 1;
                }
            }
        }
    }
    assert!(asked > 400, "{asked}");
    assert_eq!(sides.victim.stored(&admin), before, "nothing has changed");
}

#[test]
fn no_single_write_tells_what_is_anothers_from_what_is_not_there() {
    let pair = Pair::shared();
    let sides = pair.sides();
    let thief = pair.thief("patient/*.cruds");
    let absent = unique("absent");
    let replaced = [sides.victim.id.as_str(), &absent];
    for (name, _) in sides.victim.resources() {
        let [theirs, nothing] = replaced.map(|id| probes(sides, name, id));
        for ((words, probe), (_, theirs)) in nothing.iter().zip(&theirs) {
            // Reading and deleting are tested above; what another refers to does not vary by type.
            if !words.starts_with("PUT") && words != "DELETE" && words != "POST if there is none" {
                continue;
            }
            let ask = |entry: &Value| {
                let text = |name: &str| entry["request"][name].as_str();
                let path = format!("/{}", text("url").expect("an address"));
                let mut request = thief.request(text("method").expect("a method"), &path);
                for (header, condition) in
                    [("if-match", "ifMatch"), ("if-none-exist", "ifNoneExist")]
                {
                    if let Some(value) = text(condition) {
                        request = request.header(header, value);
                    }
                }
                match entry.get("resource") {
                    Some(resource) => request.json(resource).send(),
                    None => request.send(),
                }
            };
            let (theirs, nothing) = (ask(theirs), ask(probe));
            if nothing.status == 201 || nothing.status == 200 {
                assert_eq!(theirs.status, nothing.status, "{name}: {words}");
            } else {
                let expected = essence(&nothing, &replaced);
                assert_eq!(essence(&theirs, &replaced), expected, "{name}: {words}");
            }
        }
    }
}
