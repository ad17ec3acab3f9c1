//! What is posted for a Bundle (<https://hl7.org/fhir/R4/bundle.html>): a transaction or batch goes
//! as it is; a collection or search result becomes a transaction whose links hold.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::delivery::{Place, Unit};
use crate::entry::Target;
use crate::failure::{Failure, Result};

/// The most entries one transaction is made of; servers commonly stop there.
pub(crate) const LARGEST_TRANSACTION: usize = 500;
/// Entries of a batch, where nothing ties them together.
pub(crate) const BATCH: usize = 100;

/// The units of work for a Bundle.
pub(crate) fn units(bundle: Value) -> Result<Vec<Unit>> {
    let kind = bundle
        .get("type")
        .and_then(Value::as_str)
        .unwrap_or_default();
    match kind {
        "transaction" | "batch" => Ok(vec![as_it_is(bundle)]),
        "collection" | "searchset" | "document" | "message" => converted(bundle),
        "history" => Err(Failure::new(
            "a history Bundle tells of changes that were; load a searchset or a collection instead",
        )),
        "" => Err(Failure::new(
            "the Bundle has no type: say transaction, batch or collection",
        )),
        other => Err(Failure::new(format!(
            "a Bundle of type '{other}' cannot be loaded: use transaction, batch or collection"
        ))),
    }
}

/// A transaction or batch Bundle of entries that are requests already.
pub(crate) fn of_entries(kind: &str, entries: Vec<Value>) -> Value {
    json!({"resourceType": "Bundle", "type": kind, "entry": entries})
}

fn as_it_is(bundle: Value) -> Unit {
    let count = bundle
        .get("entry")
        .and_then(Value::as_array)
        .map_or(0, Vec::len);
    Unit::bundle(bundle, (0..count).map(Place::Entry).collect())
}

/// An entry on its way to become a request.
struct Draft {
    place: Place,
    full_url: Option<String>,
    target: Target,
    resource: Value,
}

fn converted(mut bundle: Value) -> Result<Vec<Unit>> {
    let entries = match bundle.get_mut("entry").map(Value::take) {
        Some(Value::Array(entries)) => entries,
        _ => return Err(Failure::new("the Bundle has no entries")),
    };
    let mut drafts = drafts(entries)?;
    link(&mut drafts);
    let tied = drafts.len() <= LARGEST_TRANSACTION || creations_are_referred_to(&drafts);
    let (kind, size) = if tied {
        ("transaction", drafts.len())
    } else {
        ("batch", BATCH)
    };
    let mut units = Vec::new();
    let mut drafts = drafts.into_iter().peekable();
    while drafts.peek().is_some() {
        let (places, entries) = drafts
            .by_ref()
            .take(size)
            .map(|draft| {
                // An update is found by its id; only a create needs the name that others use.
                let full_url = match draft.target {
                    Target::Update(_) => None,
                    Target::Create(_) => draft.full_url.as_deref(),
                };
                (draft.place, draft.target.entry(full_url, draft.resource))
            })
            .unzip();
        units.push(Unit::bundle(of_entries(kind, entries), places));
    }
    Ok(units)
}

fn drafts(entries: Vec<Value>) -> Result<Vec<Draft>> {
    let mut drafts: Vec<Draft> = Vec::new();
    let mut positions: BTreeMap<String, usize> = BTreeMap::new();
    for (position, mut entry) in entries.into_iter().enumerate() {
        let is_outcome = entry.pointer("/search/mode").and_then(Value::as_str) == Some("outcome");
        let full_url = entry
            .get("fullUrl")
            .and_then(Value::as_str)
            .map(str::to_owned);
        let resource = entry.get_mut("resource").map(Value::take);
        let Some(resource) = resource.filter(|_| !is_outcome) else {
            continue;
        };
        let target = Target::of(&resource).ok_or_else(|| {
            Failure::new(format!(
                "entry {position} has a resource without resourceType"
            ))
        })?;
        let draft = Draft {
            place: Place::Entry(position),
            full_url,
            target,
            resource,
        };
        // A transaction may name a resource once; of repeated ones the last is the newest.
        let known = match &draft.target {
            Target::Update(url) => positions.insert(url.clone(), drafts.len()),
            Target::Create(_) => None,
        };
        match known.and_then(|known| drafts.get_mut(known).map(|slot| (known, slot))) {
            Some((known, slot)) => {
                positions.insert(draft.target.url().to_owned(), known);
                *slot = draft;
            }
            None => drafts.push(draft),
        }
    }
    Ok(drafts)
}

/// Replaces references to the `fullUrl` of an updated resource by its `Type/id`. Servers do this
/// for created resources only, because only those have no id yet.
fn link(drafts: &mut [Draft]) {
    let names: BTreeMap<String, String> = drafts
        .iter()
        .filter_map(|draft| match (&draft.full_url, &draft.target) {
            (Some(full_url), Target::Update(url)) => Some((full_url.clone(), url.clone())),
            _ => None,
        })
        .collect();
    if names.is_empty() {
        return;
    }
    for draft in drafts {
        each_reference(&mut draft.resource, &mut |reference| {
            if let Some(url) = names.get(reference.as_str()) {
                url.clone_into(reference);
            }
        });
    }
}

fn creations_are_referred_to(drafts: &[Draft]) -> bool {
    let names: BTreeSet<&str> = drafts
        .iter()
        .filter(|draft| matches!(draft.target, Target::Create(_)))
        .filter_map(|draft| draft.full_url.as_deref())
        .collect();
    !names.is_empty()
        && drafts
            .iter()
            .any(|draft| refers_to(&draft.resource, &names))
}

fn refers_to(value: &Value, names: &BTreeSet<&str>) -> bool {
    match value {
        Value::Object(members) => members.iter().any(|(name, member)| match member {
            Value::String(text) => name == "reference" && names.contains(text.as_str()),
            other => refers_to(other, names),
        }),
        Value::Array(items) => items.iter().any(|item| refers_to(item, names)),
        _ => false,
    }
}

fn each_reference(value: &mut Value, change: &mut impl FnMut(&mut String)) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                match member {
                    Value::String(text) if name == "reference" => change(text),
                    other => each_reference(other, change),
                }
            }
        }
        Value::Array(items) => items
            .iter_mut()
            .for_each(|item| each_reference(item, change)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn collection(entries: Value) -> Value {
        json!({"resourceType": "Bundle", "type": "collection", "entry": entries})
    }

    fn posted(bundle: Value) -> Vec<Value> {
        units(bundle)
            .unwrap()
            .into_iter()
            .map(|unit| unit.body().clone())
            .collect()
    }

    #[test]
    fn transactions_and_batches_go_as_they_are() {
        for kind in ["transaction", "batch"] {
            let bundle = json!({"resourceType": "Bundle", "type": kind, "entry": [{"request": {"method": "DELETE", "url": "Patient/1"}}]});
            assert_eq!(posted(bundle.clone()), [bundle]);
        }
    }

    #[test]
    fn entries_become_updates_or_creates_with_their_links() {
        let cases = [
            (
                "an id wins over a urn, and references follow",
                json!([
                    {"fullUrl": "urn:uuid:p", "resource": {"resourceType": "Patient", "id": "p"}},
                    {"fullUrl": "urn:uuid:o", "resource": {"resourceType": "Observation", "id": "o", "subject": {"reference": "urn:uuid:p"}, "note": [{"text": "urn:uuid:p"}]}},
                ]),
                json!([
                    {"resource": {"resourceType": "Patient", "id": "p"}, "request": {"method": "PUT", "url": "Patient/p"}},
                    {"resource": {"resourceType": "Observation", "id": "o", "subject": {"reference": "Patient/p"}, "note": [{"text": "urn:uuid:p"}]}, "request": {"method": "PUT", "url": "Observation/o"}},
                ]),
            ),
            (
                "without an id the server links by fullUrl",
                json!([
                    {"fullUrl": "urn:uuid:p", "resource": {"resourceType": "Patient"}},
                    {"fullUrl": "urn:uuid:o", "resource": {"resourceType": "Observation", "subject": {"reference": "urn:uuid:p"}}},
                ]),
                json!([
                    {"fullUrl": "urn:uuid:p", "resource": {"resourceType": "Patient"}, "request": {"method": "POST", "url": "Patient"}},
                    {"fullUrl": "urn:uuid:o", "resource": {"resourceType": "Observation", "subject": {"reference": "urn:uuid:p"}}, "request": {"method": "POST", "url": "Observation"}},
                ]),
            ),
            (
                "absolute names of another server become relative",
                json!([
                    {"fullUrl": "https://other/fhir/Patient/p", "resource": {"resourceType": "Patient", "id": "p", "link": [{"other": {"reference": "https://other/fhir/Patient/p"}}]}},
                ]),
                json!([
                    {"resource": {"resourceType": "Patient", "id": "p", "link": [{"other": {"reference": "Patient/p"}}]}, "request": {"method": "PUT", "url": "Patient/p"}},
                ]),
            ),
            (
                "outcomes and empty entries of a search result are not resources, the last of equals wins",
                json!([
                    {"resource": {"resourceType": "Patient", "id": "p", "active": false}},
                    {"resource": {"resourceType": "OperationOutcome"}, "search": {"mode": "outcome"}},
                    {"fullUrl": "urn:uuid:nothing"},
                    {"resource": {"resourceType": "Patient", "id": "p", "active": true}},
                ]),
                json!([
                    {"resource": {"resourceType": "Patient", "id": "p", "active": true}, "request": {"method": "PUT", "url": "Patient/p"}},
                ]),
            ),
        ];
        for (name, entries, expected) in cases {
            let expected =
                json!({"resourceType": "Bundle", "type": "transaction", "entry": expected});
            assert_eq!(posted(collection(entries)), [expected], "{name}");
        }
    }

    #[test]
    fn large_collections_are_split_only_when_nothing_ties_them() {
        let named = |count: usize| -> Vec<Value> {
            (0..count)
                .map(|n| json!({"fullUrl": format!("urn:uuid:{n}"), "resource": {"resourceType": "Patient", "id": n.to_string(), "managingOrganization": {"reference": "urn:uuid:0"}}}))
                .collect()
        };
        let unnamed = |count: usize| -> Vec<Value> {
            (0..count)
                .map(|n| json!({"fullUrl": format!("urn:uuid:{n}"), "resource": {"resourceType": "Patient", "managingOrganization": {"reference": "urn:uuid:0"}}}))
                .collect()
        };
        for (entries, kind, sizes) in [
            (named(500), "transaction", vec![500]),
            (named(501), "batch", vec![100, 100, 100, 100, 100, 1]),
            (unnamed(501), "transaction", vec![501]),
        ] {
            let posted = posted(collection(json!(entries)));
            let found: Vec<usize> = posted
                .iter()
                .map(|bundle| bundle["entry"].as_array().unwrap().len())
                .collect();
            assert_eq!(found, sizes);
            assert!(posted.iter().all(|bundle| bundle["type"] == kind));
        }
    }

    #[test]
    fn what_cannot_be_loaded_is_said() {
        for (bundle, words) in [
            (json!({"resourceType": "Bundle"}), "has no type"),
            (
                json!({"resourceType": "Bundle", "type": "history"}),
                "history",
            ),
            (
                json!({"resourceType": "Bundle", "type": "batch-response"}),
                "'batch-response' cannot be loaded",
            ),
            (
                json!({"resourceType": "Bundle", "type": "collection"}),
                "no entries",
            ),
            (
                collection(json!([{"resource": {"id": "1"}}])),
                "entry 0 has a resource without resourceType",
            ),
        ] {
            let error = units(bundle).unwrap_err().to_string();
            assert!(error.contains(words), "{error}");
        }
    }
}
