//! Input that nobody sends in good faith: never a 5xx, always an OperationOutcome.

mod generated;

use crate::samples::{observation, patient};
use api::{Answer, Client, Random, Server, assert_outcome, assert_refused};
use fhir::search::limits::{MAX_BYTES, MAX_CLAUSES, MAX_COMPARED, MAX_VALUE, MAX_VALUES};
use std::time::{Duration, Instant};

#[track_caller]
fn assert_harmless(answer: &Answer, sent: &str) {
    assert!(answer.status < 500, "{sent}: {answer}");
    if answer.status >= 400 {
        assert_eq!(
            answer.body["resourceType"], "OperationOutcome",
            "{sent}: {answer}"
        );
        assert!(
            answer.body["issue"][0]["diagnostics"].is_string(),
            "{sent}: {answer}"
        );
    }
}

/// One change somewhere in a text.
fn mutated(random: &mut Random, text: &str) -> Vec<u8> {
    const PIECES: [&[u8]; 18] = [
        b"{",
        b"}",
        b"[",
        b"]",
        b"\"",
        b":",
        b",",
        b"null",
        b"true",
        b"-1e999",
        b"1e-400",
        b"\\ud800",
        b"\\u0000",
        b"\xff\xfe",
        b"\"resourceType\":\"Patient\"",
        b"[[[[[[[[",
        b"\xed\xa0\x80",
        b"0001",
    ];
    let mut bytes = text.as_bytes().to_vec();
    for _ in 0..=random.below(3) {
        let at = random.below(bytes.len());
        match random.below(4) {
            0 => {
                bytes.remove(at);
            }
            1 => bytes[at] = u8::try_from(random.below(256)).unwrap(),
            2 => {
                bytes.splice(at..at, random.one_of(&PIECES).iter().copied());
            }
            _ => {
                let end = (at + random.below(30)).min(bytes.len());
                bytes.drain(at..end);
            }
        }
        if bytes.is_empty() {
            bytes.push(b'x');
        }
    }
    bytes
}

fn post(client: &Client, path: &str, body: impl Into<Vec<u8>>) -> Answer {
    let request = client.request("POST", path);
    request
        .header("content-type", "application/fhir+json")
        .body(body)
        .send()
}

#[test]
fn mutated_resources_and_bundles_are_harmless() {
    let client = Server::shared().admin();
    let mut random = Random::new(11);
    let bundle = crate::samples::bundle(
        "transaction",
        &[
            crate::samples::post(&patient("x")),
            crate::samples::post(&observation("x", "Patient?name=x")),
        ],
    );
    let templates = [
        ("/Patient", patient("hostile").to_string()),
        (
            "/Observation",
            observation("hostile", "Patient/1").to_string(),
        ),
        ("/", bundle.to_string()),
        ("/", bundle.to_string().replace("transaction", "batch")),
    ];
    for _ in 0..400 {
        let (path, template) = random.one_of(&templates).clone();
        let body = mutated(&mut random, &template);
        let sent = String::from_utf8_lossy(&body).into_owned();
        assert_harmless(&post(&client, path, body), &sent);
    }
}

#[test]
fn bodies_made_to_hurt_a_parser_are_refused_quickly() {
    let client = Server::shared().admin();
    let deep = |open: &str, close: &str, n: usize| format!("{}{}", open.repeat(n), close.repeat(n));
    let nested = format!(
        "{{\"resourceType\":\"Patient\",\"extension\":[{}]}}",
        deep("{\"url\":\"x\",\"extension\":[", "]}", 40)
    );
    let extensions = format!(
        r#"{{"resourceType":"Patient",{}"a":1}}"#,
        r#""x":[],"#.repeat(50_000)
    );
    let unknown: Vec<String> = (0..200_000).map(|n| format!("\"x{n}\":1")).collect();
    let crowded = format!(
        r#"{{"resourceType":"Patient","name":[{}]}}"#,
        vec![r#"{"family":"x","given":["a","b","c"]}"#; 10_000].join(",")
    );
    for body in [
        format!(r#"{{"resourceType":"Patient",{}}}"#, unknown.join(",")),
        crowded,
        "[".repeat(100_000),
        deep("[", "]", 10_000),
        deep("{\"a\":", "}", 10_000),
        nested,
        extensions,
        format!(
            r#"{{"resourceType":"Patient","multipleBirthInteger":{}}}"#,
            "9".repeat(100_000)
        ),
        format!(
            r#"{{"resourceType":"Patient","name":[{}]}}"#,
            vec!["{}"; 20_000].join(",")
        ),
        format!(
            r#"{{"resourceType":"Patient","{}":1}}"#,
            "x".repeat(100_000)
        ),
        r#"{"resourceType":"Patient","name":[{"family":"\ud800"}]}"#.to_owned(),
        r#"{"resourceType":"Patient","name":[{"family":"a\u0000b"}]}"#.to_owned(),
        r#"{"resourceType":"Patient","gender":"'; DROP TABLE resource; --"}"#.to_owned(),
    ] {
        let start = Instant::now();
        let shown: String = body.chars().take(60).collect();
        let answer = post(&client, "/Patient", body);
        assert_eq!(answer.status, 400, "{shown}: {answer}");
        assert_harmless(&answer, &shown);
        assert!(
            start.elapsed() < Duration::from_secs(5),
            "{shown}: {:?}",
            start.elapsed()
        );
    }
}

#[test]
fn a_resource_with_too_many_values_to_be_tested_one_by_one_is_refused() {
    let client = Server::shared().admin();
    let observation = |count: usize| {
        let events: Vec<String> = (0..count).map(|n| format!("{}-01-01", 1200 + n)).collect();
        let mut sample = observation("crowded", "Patient/1");
        sample["effectiveTiming"] = serde_json::json!({ "event": events });
        client.post("/Observation", &sample)
    };
    observation(500).expect(201);
    let refused = observation(501);
    assert_outcome(
        &refused,
        400,
        "too-costly",
        "501 values for the search parameter `date`",
    );
}

#[test]
fn mutated_queries_are_harmless() {
    const NAMES: [&str; 22] = [
        "family",
        "name:exact",
        "name:contains",
        "identifier",
        "identifier:not",
        "birthdate",
        "birthdate:missing",
        "organization",
        "organization:Organization",
        "general-practitioner",
        "_id",
        "_id:not",
        "_lastUpdated",
        "_sort",
        "_count",
        "_summary",
        "_total",
        "ct",
        "_format",
        "gender:text",
        "",
        "a:b:c",
    ];
    const VALUES: [&str; 32] = [
        "x",
        "",
        "|",
        "||",
        "a|b",
        "\\",
        "\\,",
        "\\|",
        ",",
        ",,,,",
        "%",
        "_",
        "*",
        "'",
        "\"",
        "--",
        ";",
        "\0",
        "ge2020",
        "2020-02-30",
        "ap1",
        "eq",
        "9999-12-31T23:59:60Z",
        "-birthdate",
        "_lastUpdated",
        "ä",
        "\u{10ffff}",
        "AAAA",
        "Patient/1",
        "http://x/Patient/1",
        "json",
        "1e9",
    ];
    let client = Server::shared().admin();
    let mut random = Random::new(12);
    for _ in 0..400 {
        let pairs: Vec<(&str, String)> = (0..=random.below(4))
            .map(|_| {
                let parts = 1 + random.below(3);
                let value: String = (0..parts).map(|_| *random.one_of(&VALUES)).collect();
                (*random.one_of(&NAMES), value)
            })
            .collect();
        let pairs: Vec<(&str, &str)> = pairs
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        assert_harmless(&client.search("Patient", &pairs), &format!("{pairs:?}"));
    }
}

#[test]
fn many_conditions_and_long_values_are_refused_not_crashed() {
    let client = Server::shared().admin();
    let search = |pairs: &[(&str, &str)]| {
        client
            .request("POST", "/Patient/_search")
            .form(pairs)
            .send()
    };
    for (parameter, value) in [
        ("name", "x"),
        ("name:exact", "x"),
        ("identifier", "s|x"),
        ("organization", "Organization/x"),
        ("birthdate", "2020-01-01T00:00:"),
        ("_id", "x"),
        ("gender:text", "x"),
    ] {
        let values: Vec<String> = (10..80).map(|number| format!("{value}{number}")).collect();
        let conditions: Vec<_> = values
            .iter()
            .map(|value| (parameter, value.as_str()))
            .collect();
        for count in [20, MAX_CLAUSES, MAX_CLAUSES + 1, 70] {
            let answer = search(&conditions[..count]);
            if count <= MAX_CLAUSES {
                assert_eq!(answer.status, 200, "{count} of {parameter}: {answer}");
            } else {
                assert_outcome(&answer, 400, "too-costly", "at most 30 parameters");
            }
        }
    }
    let list = |value: &str, count: usize| vec![value; count].join(",");
    let forms = [
        // Compared as a list, or one by one.
        ("name:exact", "x", MAX_VALUES),
        ("identifier", "s|x", MAX_VALUES),
        ("organization", "Organization/x", MAX_VALUES),
        ("_id", "x", MAX_VALUES),
        ("name", "x", MAX_COMPARED),
        ("name:contains", "x", MAX_COMPARED),
        ("gender:text", "x", MAX_COMPARED),
        ("birthdate", "2020-01-01", MAX_COMPARED),
        ("birthdate", "ne2020-01-01", MAX_COMPARED / 2),
        ("_lastUpdated", "ne2020-01-01", MAX_COMPARED / 2),
        ("_lastUpdated", "lt2020-01-01", MAX_COMPARED),
    ];
    for (parameter, value, most) in forms {
        search(&[(parameter, &list(value, most))]).expect(200);
        let answer = search(&[(parameter, &list(value, most + 1))]);
        assert_outcome(&answer, 400, "too-costly", "A search can list at most");
    }
    let long = |count: usize| "x".repeat(count);
    for parameter in ["name", "name:exact", "identifier", "organization", "_id"] {
        search(&[(parameter, &long(MAX_VALUE))]).expect(200);
        for count in [MAX_VALUE + 1, 200_000, 400_000] {
            let answer = search(&[(parameter, &long(count))]);
            assert_refused(&answer, 400, "too-costly", "longer than", parameter);
        }
    }
    let many = list(&long(MAX_VALUE), MAX_BYTES / MAX_VALUE);
    let answer = search(&[("_id", &many)]);
    assert_outcome(&answer, 400, "too-costly", "bytes of values");
    let answer = search(&[("_id", &long(3_000_000))]);
    assert_outcome(&answer, 413, "too-long", "larger than");
    let all: Vec<(&str, &str)> = (0..10)
        .flat_map(|_| {
            [
                ("name", "a"),
                ("birthdate", "2020"),
                ("organization", "Organization/1"),
            ]
        })
        .collect();
    assert_harmless(&search(&all), "repeated");
}

#[test]
fn odd_addresses_are_harmless() {
    let client = Server::shared().admin();
    for path in [
        "/%00",
        "/Patient/%00",
        "/Patient/%ff",
        "/Patient/..%2f..",
        "/Patient/%2e%2e",
        "/.",
        "/Patient/_history/_history",
        "/Patient/1/_history/1/2",
        "/Patient/$everything",
        "/_search",
        "/Patient/_search/x",
        "/?",
        "/Patient/1?_format=json&_format=xml",
        "/Patient/1%3F",
        "/Patient/%F0%9F%98%80",
        "/app/..%2f..%2findex.js",
        "/app/%2e%2e/worker/index.js",
        "/__edge",
        "/cdn-cgi/x",
    ] {
        assert_harmless(&client.get(path), path);
    }
    let long = format!("/Patient?name={}", "x".repeat(12_000));
    assert_harmless(&client.get(&long), "a long address");
}
