//! Whether an answer is one that the caller may have.

use super::attempt::{Attempt, Sides};
use super::record::{Record, SHARED};
use api::Answer;
use serde_json::Value;

/// Asserts that an answer is as expected and says nothing of the victim.
pub(super) fn judge(sides: Sides<'_>, attempt: &Attempt, answer: &Answer) {
    let shown = format!("{} {}", attempt.method, attempt.path);
    assert!(
        attempt.expected.contains(&answer.status),
        "{shown}: {answer}"
    );
    let Record { id, word, .. } = sides.victim;
    for (name, value) in answer.headers() {
        let tells = value.contains(id.as_str()) || value.contains(word.as_str());
        assert!(!tells, "{shown}: {name}: {value}");
    }
    if !attempt.is_bundle() || answer.status != 200 {
        return judge_body(sides, attempt, &answer.body);
    }
    for (attempt, entry) in attempt.answered(answer) {
        let status = entry["response"]["status"].as_str().unwrap_or_default();
        let status = status.parse().expect("a status");
        let shown = format!("{} {} in a bundle", attempt.method, attempt.path);
        assert!(attempt.expected.contains(&status), "{shown}: {entry}");
        judge_body(sides, attempt, entry);
    }
}

fn judge_body(sides: Sides<'_>, attempt: &Attempt, body: &Value) {
    let shown = format!("{} {}", attempt.method, attempt.path);
    let mut leaks = Vec::new();
    collect(sides.victim, attempt, body, Place::Frame, &mut leaks);
    assert!(leaks.is_empty(), "{shown}: {leaks:?} in {body}");
    let found = if body["resourceType"] == "Bundle" {
        body
    } else {
        &body["resource"]
    };
    let mut names = attempt.path.split(['/', '?']);
    let is_shared = names.any(|name| SHARED.contains(&name));
    if let (Some(total), false) = (found["total"].as_u64(), is_shared) {
        assert!(
            total <= 1,
            "{shown} counts what is not the caller's: {body}"
        );
    }
}

/// Where something stands.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    /// Around resources: no word of the victim may stand here.
    Frame,
    /// In what the server says about the request: only what the request stated.
    Echo,
    /// In a resource: the caller's own may refer to the victim, and tells nothing else.
    Resource,
}

/// Adds the texts that tell more of the victim than the request stated.
fn collect(
    victim: &Record,
    request: &Attempt,
    value: &Value,
    place: Place,
    leaks: &mut Vec<String>,
) {
    let Record { id, word, .. } = victim;
    match value {
        Value::String(text) => {
            let tells = |secret: &String| {
                text.contains(secret.as_str())
                    && match place {
                        Place::Frame => true,
                        Place::Echo => !request.states(secret),
                        Place::Resource => secret == word,
                    }
            };
            if tells(id) || tells(word) {
                leaks.push(text.clone());
            }
        }
        Value::Array(items) => {
            for item in items {
                collect(victim, request, item, place, leaks);
            }
        }
        Value::Object(object) => {
            let meta = object.get("meta");
            let is_stored = meta.is_some_and(|meta| meta["versionId"].is_string());
            let place = match object.get("resourceType").and_then(Value::as_str) {
                None => place,
                Some("Bundle") if !is_stored => Place::Frame,
                Some("OperationOutcome") if !is_stored => Place::Echo,
                Some(_) => {
                    if value["id"] == id.as_str() {
                        leaks.push(format!("the resource {id}"));
                    }
                    Place::Resource
                }
            };
            for (name, item) in object {
                let place = match name.as_str() {
                    "link" if place == Place::Frame => Place::Echo,
                    _ => place,
                };
                collect(victim, request, item, place, leaks);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Whether an entry of an answer has the victim's resource in it.
pub(super) fn finds(victim: &Record, entry: &Value) -> bool {
    let found = entry["resource"]["entry"].as_array();
    let ids = found
        .into_iter()
        .flatten()
        .map(|found| &found["resource"]["id"]);
    ids.into_iter().any(|id| *id == victim.id.as_str())
}
