//! What a search may cost, on a hundred thousand resources: at every limit it is answered from a
//! bounded number of rows, or refused as too costly, and never holds up others for long.

use crate::samples::bundle;
use api::{Answer, Client, Running, Settings, assert_outcome, assert_refused, entries, ids, link};
use fhir::search::limits::{MAX_CLAUSES, MAX_COMPARED, MAX_VALUES};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

const OBSERVATIONS: usize = 100_000;
const PATIENTS: usize = 2_000;
const TOGETHER: usize = 1_000;

/// More than any one search reads: two windows, and the counting that chooses the way.
const MOST_ROWS: f64 = 400_000.0;
/// How long a search may take on a busy machine; most take a few milliseconds.
const MOST_TIME: Duration = Duration::from_secs(1);

fn patient(number: usize) -> Value {
    let (decade, day) = (number % 90, number % 28 + 1);
    json!({
        "resourceType": "Patient",
        "id": format!("p{number}"),
        "active": true,
        "gender": if number.is_multiple_of(2) { "female" } else { "male" },
        "name": [{ "family": format!("Family{:04}", number * 37 % PATIENTS), "given": ["Sam"] }],
        "birthDate": format!("{}-05-{day:02}", 1930 + decade),
    })
}

fn observation(number: usize) -> Value {
    let (day, hour) = (number % 28 + 1, number % 24);
    json!({
        "resourceType": "Observation",
        "id": format!("o{number}"),
        "status": if number.is_multiple_of(1000) { "amended" } else { "final" },
        "code": { "coding": [{ "system": "http://loinc.org", "code": format!("c{}", number % 10) }] },
        "subject": { "reference": format!("Patient/p{}", number % PATIENTS) },
        "effectiveDateTime": format!("{}-03-{day:02}T{hour:02}:00:00Z", 2000 + number % 25),
    })
}

fn put(resource: &Value) -> Value {
    let url = format!(
        "{}/{}",
        resource["resourceType"].as_str().expect("a type"),
        resource["id"].as_str().expect("an id")
    );
    json!({ "resource": resource, "request": { "method": "PUT", "url": url } })
}

/// A server with the whole lot.
fn filled() -> Running {
    let running = Settings::default().start();
    let next = AtomicUsize::new(0);
    let client = running.server.admin();
    let total = OBSERVATIONS + PATIENTS;
    let resource = |number: usize| match number.checked_sub(PATIENTS) {
        None => patient(number),
        Some(number) => observation(number),
    };
    let load = || loop {
        let start = next.fetch_add(TOGETHER, Ordering::Relaxed);
        if start >= total {
            break;
        }
        let entries: Vec<Value> = (start..total.min(start + TOGETHER))
            .map(|number| put(&resource(number)))
            .collect();
        let request = client.request("POST", "/");
        let request = request.json(&bundle("transaction", &entries));
        // While a thousand resources were written down, the connection may have been closed.
        let answer = request.try_send().or_else(|_| request.try_send());
        answer.expect("an answer").expect(200);
    };
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(load);
        }
    });
    running
}

/// Searches, and asserts that it read no more than any search may, in no more time.
#[track_caller]
fn search(client: &Client, path: &str, pairs: &[(&str, &str)]) -> Answer {
    let send = || {
        let start = Instant::now();
        let answer = client.request("POST", path).form(pairs).send();
        (answer, start.elapsed())
    };
    let (answer, mut elapsed) = send();
    if elapsed >= MOST_TIME {
        // Once more, should the machine have been busy with something else.
        elapsed = send().1;
    }
    let shown: String = format!("{path} {pairs:?}").chars().take(200).collect();
    assert!(elapsed < MOST_TIME, "{shown} took {elapsed:?}");
    assert!(matches!(answer.status, 200 | 400), "{shown}: {answer}");
    if answer.status == 400 {
        assert_outcome(&answer, 400, "too-costly", "");
    }
    let charge = answer.header("x-ms-request-charge");
    let charge: f64 = charge.map_or(0.0, |charge| charge.parse().expect("a number"));
    assert!(
        charge * 10.0 < MOST_ROWS,
        "{shown} read {} rows",
        charge * 10.0
    );
    answer
}

fn repeated<'a>(pairs: &[(&'a str, &'a str)], count: usize) -> Vec<(&'a str, &'a str)> {
    pairs.iter().cycle().take(count).copied().collect()
}

fn list(value: &str, count: usize) -> String {
    let values: Vec<String> = (0..count)
        .map(|number| format!("{value}{number}"))
        .collect();
    values.join(",")
}

fn at_every_limit(client: &Client) {
    let values = list("x", MAX_VALUES);
    let codes = list("http://loinc.org|x", MAX_VALUES);
    let patients = list("Patient/x", MAX_VALUES);
    let compared = list("x", MAX_COMPARED);
    let dates = vec!["ne2010-03-05"; MAX_COMPARED / 2].join(",");
    let days = vec!["2010-03-05"; MAX_COMPARED].join(",");
    let path = "/Observation/_search";
    for pairs in [
        vec![("_id", values.as_str())],
        vec![("_id:not", &values)],
        vec![("code", &codes)],
        vec![("code:not", &codes)],
        vec![("subject", &patients)],
        vec![("subject", &values)],
        vec![("code:text", &compared)],
        vec![("date", &dates)],
        vec![("date", &days)],
        vec![("_lastUpdated", &dates)],
        vec![("status", "final"), ("date", &dates), ("_sort", "date")],
        vec![("status", "final"), ("code", "nothing")],
        vec![("status", "final"), ("code:not", "c1"), ("_sort", "-date")],
        vec![("status", "final"), ("subject:missing", "true")],
        vec![
            ("status:not", "final"),
            ("code:missing", "true"),
            ("_sort", "-_lastUpdated"),
        ],
        vec![("status", "final"), ("_summary", "count")],
        vec![("status:not", "final"), ("_summary", "count")],
        vec![
            ("_count", "1000"),
            ("_total", "accurate"),
            ("_sort", "-date"),
        ],
        vec![("status", "final"), ("_count", "1000"), ("_sort", "date")],
    ] {
        search(client, path, &pairs);
    }
    let clauses = repeated(
        &[("date", "ge2001"), ("code", "c1"), ("status", "final")],
        30,
    );
    search(client, path, &clauses);
    let many: Vec<(String, String)> = (0..MAX_CLAUSES)
        .map(|number| ("code:not".to_owned(), format!("x{number}")))
        .collect();
    let many: Vec<(&str, &str)> = many.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    search(client, path, &many);
    let path = "/Patient/_search";
    for pairs in [
        vec![("name", compared.as_str())],
        vec![("name:contains", &compared)],
        vec![("name:exact", &values)],
        vec![("name:contains", "amily"), ("_sort", "-family")],
        vec![("name:contains", "nothing"), ("gender", "male")],
    ] {
        search(client, path, &pairs);
    }
}

/// The ids of all pages.
fn all_pages(client: &Client, first: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut url = first.to_owned();
    for _ in 0..2_000 {
        let page = client.get(&url).expect(200);
        found.extend(ids(&page.body));
        match link(&page.body, "next") {
            Some(next) => url = next,
            None => return found,
        }
    }
    panic!("{first} has no end");
}

/// What is rare is found whole, though one request does not go through everything.
fn pages_without_gaps(client: &Client) {
    let amended: BTreeSet<String> = (0..OBSERVATIONS)
        .step_by(1000)
        .map(|number| format!("o{number}"))
        .collect();
    for query in [
        "status=amended&_count=30",
        "status:not=final&_count=30",
        "status:not=final&_count=7&date=ge1990&_sort=_lastUpdated",
        "status=amended&_count=30&_sort=-date",
        "status=amended,entered-in-error&_count=30&_sort=date",
    ] {
        let found = all_pages(client, &format!("/Observation?{query}"));
        let distinct: BTreeSet<String> = found.iter().cloned().collect();
        assert_eq!(distinct, amended, "{query}");
        assert_eq!(found.len(), distinct.len(), "{query} shows some twice");
    }
}

/// Totals that are too much to count are estimates that say so, or are refused.
fn totals_beyond_the_budget_are_estimates(client: &Client) {
    let ask = |total: &str, prefer: &str| {
        let path = format!("/Observation?status:not=cancelled&_count=1&_total={total}");
        let request = client.request("GET", &path);
        request.header("prefer", prefer).send()
    };
    for (total, prefer, code) in [
        ("estimate", "handling=lenient", "informational"),
        ("estimate", "handling=strict", "informational"),
        ("accurate", "handling=lenient", "too-costly"),
    ] {
        let answer = ask(total, prefer).expect(200);
        let estimate = answer.body["total"].as_u64().expect("a total");
        let stored = OBSERVATIONS as u64;
        assert!(
            (stored * 8 / 10..stored * 12 / 10).contains(&estimate),
            "{total} {prefer}: {answer}"
        );
        let outcome = &entries(&answer.body)[0];
        assert_eq!(outcome["search"]["mode"], "outcome", "{answer}");
        let issue = &outcome["resource"]["issue"][0];
        assert_eq!(issue["severity"], "warning", "{answer}");
        assert_eq!(issue["code"], code, "{answer}");
        let words = issue["diagnostics"].as_str().expect("diagnostics");
        assert!(words.contains(&format!("The total {estimate} is an estimate")));
    }
    let strict = ask("accurate", "handling=strict");
    assert_refused(&strict, 400, "too-costly", "_total=estimate", "_total");
    let exact = client
        .get("/Observation?_count=1&_total=estimate")
        .expect(200);
    assert_eq!(exact.body["total"], OBSERVATIONS, "{exact}");
}

/// A patient's own few are found at once, whatever else is asked and however much is stored.
fn a_compartment_drives(running: &Running) {
    let claims = running
        .server
        .forgery()
        .claim("roles", json!(["smartUser"]));
    let claims = claims.claim("fhirUser", json!("Patient/p7"));
    let token = claims.claim("scp", json!("patient/*.rs")).sign();
    let own = running.server.bearing(&token);
    for query in [
        "status=final&_summary=count",
        "status=final&_total=accurate&_count=1",
        "code:not=nothing&_total=accurate&_sort=-date",
    ] {
        let answer = search(&own, &format!("/Observation/_search?{query}"), &[]).expect(200);
        assert_eq!(
            answer.body["total"],
            OBSERVATIONS / PATIENTS,
            "{query}: {answer}"
        );
    }
    let none = search(&own, "/Observation/_search?status=cancelled", &[]).expect(200);
    assert!(ids(&none.body).is_empty(), "{none}");
}

/// The conditions of a request are tested together when it is committed: few resources may have to be
/// looked at for all of them.
fn conditions_are_bounded_together(client: &Client) {
    let transaction = |condition: &dyn Fn(usize) -> String, count: usize| {
        let entries: Vec<Value> = (0..count)
            .map(|number| {
                let request = json!({ "method": "POST", "url": "Patient",
                    "ifNoneExist": condition(number) });
                json!({ "resource": { "resourceType": "Patient" }, "request": request })
            })
            .collect();
        client.post("/", &bundle("transaction", &entries))
    };
    let wide = transaction(
        &|number| format!("name:contains=x{number}&gender=male"),
        200,
    );
    assert_outcome(&wide, 400, "too-costly", "The conditions of this request");
    transaction(&|number| format!("identifier=urn:x|{number}"), 500).expect(200);
}

#[test]
fn on_a_hundred_thousand_resources_every_search_is_bounded() {
    let running = filled();
    let client = running.server.admin();
    let counted = search(&client, "/Observation/_search?_summary=count", &[]).expect(200);
    assert_eq!(counted.body["total"], OBSERVATIONS);
    at_every_limit(&client);
    totals_beyond_the_budget_are_estimates(&client);
    pages_without_gaps(&client);
    a_compartment_drives(&running);
    conditions_are_bounded_together(&client);
}
