//! What many tests assert: whole answers, not single fields.

use crate::client::Answer;
use serde_json::Value;

/// An OperationOutcome with this status and code, whose text has `words` in it, and with all the
/// headers that every answer has.
#[track_caller]
pub fn assert_outcome(answer: &Answer, status: u16, code: &str, words: &str) {
    assert_eq!(answer.status, status, "{answer}");
    let content_type = answer.header("content-type");
    let expected = Some("application/fhir+json; charset=utf-8");
    assert_eq!(content_type.as_deref(), expected, "{answer}");
    assert_eq!(answer.body["resourceType"], "OperationOutcome", "{answer}");
    let request_id = answer.header("x-request-id").expect("X-Request-Id");
    assert_eq!(answer.body["id"], request_id.as_str(), "{answer}");
    let nosniff = answer.header("x-content-type-options");
    assert_eq!(nosniff.as_deref(), Some("nosniff"), "{answer}");
    let issues = answer.body["issue"].as_array().expect("issues");
    let found = issues.iter().any(|issue| {
        let diagnostics = issue["diagnostics"].as_str().unwrap_or_default();
        issue["severity"] == "error" && issue["code"] == code && diagnostics.contains(words)
    });
    assert!(found, "no issue `{code}` with `{words}` in {answer}");
}

/// As [`assert_outcome`], and the issue is about the element or header `expression`.
#[track_caller]
pub fn assert_refused(answer: &Answer, status: u16, code: &str, words: &str, expression: &str) {
    assert_outcome(answer, status, code, words);
    assert_issue_at(answer, expression);
}

/// Some issue is about `expression`.
#[track_caller]
pub fn assert_issue_at(answer: &Answer, expression: &str) {
    let issues = answer.body["issue"].as_array().expect("issues");
    let found = issues
        .iter()
        .any(|issue| issue["expression"][0] == expression);
    assert!(found, "no issue at `{expression}` in {answer}");
}

/// A resource as the store keeps it: id and version in body and headers say the same.
#[track_caller]
pub fn assert_stored(answer: &Answer, status: u16, resource_type: &str, id: &str, version: u64) {
    assert_eq!(answer.status, status, "{answer}");
    let content_type = answer.header("content-type");
    let expected = Some("application/fhir+json; charset=utf-8");
    assert_eq!(content_type.as_deref(), expected, "{answer}");
    assert_eq!(answer.body["resourceType"], resource_type, "{answer}");
    assert_eq!(answer.body["id"], id, "{answer}");
    let meta = &answer.body["meta"];
    assert_eq!(meta["versionId"], version.to_string(), "{answer}");
    assert_eq!(answer.version(), version, "{answer}");
    let updated = meta["lastUpdated"].as_str().expect("lastUpdated");
    let modified = answer.header("last-modified").expect("Last-Modified");
    assert_same_second(updated, &modified);
    assert!(answer.header("x-ms-session-token").is_some(), "{answer}");
    assert!(answer.header("x-ms-request-charge").is_some(), "{answer}");
}

/// `2026-05-01T10:20:30.123Z` and `Fri, 01 May 2026 10:20:30 GMT` are the same time.
#[track_caller]
fn assert_same_second(instant: &str, http_date: &str) {
    let parts: Vec<&str> = http_date.split(' ').collect();
    let [_, day, month, year, time, "GMT"] = parts.as_slice() else {
        panic!("`{http_date}` is no HTTP date");
    };
    let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let month = months
        .iter()
        .position(|name| name == month)
        .expect("a month")
        + 1;
    assert_eq!(&instant[..19], format!("{year}-{month:02}-{day}T{time}"));
}

/// Says that scripts of other origins may be answered differently.
#[track_caller]
pub fn assert_varies_by_origin(answer: &Answer) {
    let vary = answer.header("vary").unwrap_or_default();
    let names: Vec<&str> = vary.split(", ").collect();
    assert!(names.contains(&"Origin"), "Vary is `{vary}`: {answer}");
}

/// The resource without what the server sets: id and version.
pub fn without_meta(resource: &Value) -> Value {
    let mut resource = resource.clone();
    if let Some(map) = resource.as_object_mut() {
        map.shift_remove("id");
        if let Some(meta) = map.get_mut("meta").and_then(Value::as_object_mut) {
            meta.shift_remove("versionId");
            meta.shift_remove("lastUpdated");
            if meta.is_empty() {
                map.shift_remove("meta");
            }
        }
    }
    resource
}

/// Sent and received are the same but for id and version; decimals to the digit.
#[track_caller]
pub fn assert_same_content(sent: &Value, received: &Value) {
    assert_eq!(without_meta(sent), without_meta(received));
}

/// The entries of a Bundle.
#[track_caller]
pub fn entries(bundle: &Value) -> Vec<Value> {
    assert_eq!(bundle["resourceType"], "Bundle", "{bundle}");
    bundle["entry"].as_array().cloned().unwrap_or_default()
}

/// The ids of a searchset's matches, in their order.
#[track_caller]
pub fn ids(bundle: &Value) -> Vec<String> {
    let entries = entries(bundle);
    let matches = entries
        .iter()
        .filter(|entry| entry["search"]["mode"] == "match");
    matches
        .map(|entry| entry["resource"]["id"].as_str().expect("an id").to_owned())
        .collect()
}

/// The link of a Bundle by its relation.
pub fn link(bundle: &Value, relation: &str) -> Option<String> {
    let links = bundle["link"].as_array()?;
    let found = links.iter().find(|link| link["relation"] == relation)?;
    found["url"].as_str().map(ToOwned::to_owned)
}

/// A searchset with exactly these ids, in any order, each entry with its own address.
#[track_caller]
pub fn assert_search_finds(answer: &Answer, base: &str, expected: &[&str]) {
    assert_eq!(answer.status, 200, "{answer}");
    assert_eq!(answer.body["type"], "searchset", "{answer}");
    for entry in entries(&answer.body) {
        let resource = &entry["resource"];
        if entry["search"]["mode"] == "match" {
            let text = |name: &str| resource[name].as_str().unwrap_or_default();
            let address = format!("{base}/{}/{}", text("resourceType"), text("id"));
            assert_eq!(entry["fullUrl"], address.as_str(), "{answer}");
        }
    }
    let mut found = ids(&answer.body);
    found.sort_unstable();
    let mut expected: Vec<String> = expected.iter().map(ToString::to_string).collect();
    expected.sort_unstable();
    assert_eq!(found, expected, "{answer}");
}
