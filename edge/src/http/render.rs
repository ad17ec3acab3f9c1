//! Outcomes of interactions as answers. <https://hl7.org/fhir/R4/http.html#summary>

use super::negotiation;
use crate::exchange::Exchange;
use crate::interaction::{History, Outcome, SearchSet, Stored, VersionStamp, Written};
use crate::message::Answer;
use crate::status::Status;
use crate::store::{self, Text, Version};
use fhir::Address;
use fhir::outcome::operation_outcome;
use fhir::types::instant;
use fhir::version_tag::etag;
use serde_json::{Value, json};

/// The answer to a request for one interaction.
pub(super) fn answer(exchange: &Exchange, outcome: Outcome) -> Answer {
    match outcome {
        Outcome::Found(Stored { stamp, body, .. }) => {
            stamped(Answer::stored(Status::OK, [body]), stamp)
        }
        Outcome::NotModified(stamp) => stamped(Answer::empty(Status::NOT_MODIFIED), stamp),
        Outcome::Written(written) => answer_written(exchange, written),
        Outcome::Existing(Stored {
            address,
            stamp,
            body,
        }) => {
            let answer = if negotiation::wants_minimal(&exchange.request) {
                Answer::empty(Status::OK)
            } else {
                Answer::stored(Status::OK, [body])
            };
            let place = location(exchange, &address, stamp.version);
            stamped(answer, stamp).with("location", place)
        }
        Outcome::Deleted(stamp) => deleted(stamp),
        Outcome::SearchSet(found) => search_set(exchange, found),
        Outcome::History(history) => answer_history(exchange, history),
    }
}

/// Says which version it is that is answered.
fn stamped(answer: Answer, VersionStamp { version, updated }: VersionStamp) -> Answer {
    answer.with("etag", etag(version)).last_modified(updated)
}

/// The versioned address of a resource.
fn location(exchange: &Exchange, address: &Address, version: i64) -> String {
    format!("{}/{address}/_history/{version}", exchange.server.base_url)
}

fn answer_written(exchange: &Exchange, written: Written) -> Answer {
    let Written {
        address,
        committed,
        content,
    } = written;
    let is_new = committed.outcome == store::Outcome::Created;
    let status = if is_new { Status::CREATED } else { Status::OK };
    let store::Committed {
        version, updated, ..
    } = committed;
    let answer = if negotiation::wants_minimal(&exchange.request) {
        Answer::empty(status)
    } else {
        let text = content.complete(&version.to_string(), &instant(updated));
        Answer::fhir(status, text)
    };
    let answer = stamped(answer, VersionStamp { version, updated });
    if is_new {
        answer.with("location", location(exchange, &address, version))
    } else {
        answer
    }
}

fn deleted(stamp: Option<VersionStamp>) -> Answer {
    let answer = Answer::empty(Status::NO_CONTENT);
    match stamp {
        Some(VersionStamp { version, updated }) => Answer {
            updated: Some(updated),
            ..answer.with("etag", etag(version))
        },
        None => answer,
    }
}

fn search_set(exchange: &Exchange, found: SearchSet) -> Answer {
    let SearchSet {
        query,
        total,
        matches,
        next,
    } = found;
    let mut entries: Vec<Vec<Text>> = Vec::with_capacity(matches.len() + 1);
    if !query.issues.is_empty() {
        let outcome = operation_outcome(exchange.server.config.release, None, &query.issues);
        let entry = json!({ "resource": outcome, "search": { "mode": "outcome" } });
        entries.push(vec![entry.to_string().into()]);
    }
    let base = format!("{}/{}", exchange.server.base_url, query.resource_type);
    for found in matches {
        entries.push(vec![
            format!("{{\"fullUrl\":\"{base}/{}\",\"resource\":", found.id).into(),
            found.body,
            ",\"search\":{\"mode\":\"match\"}}".into(),
        ]);
    }
    let link = |cursor: Option<&str>| {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.extend_pairs(&query.applied);
        if let Some(cursor) = cursor {
            form.append_pair("ct", cursor);
        }
        let form = form.finish();
        let mark = if form.is_empty() { "" } else { "?" };
        format!("{base}{mark}{form}")
    };
    let next = next.map(|cursor| link(Some(&cursor)));
    let links = links(link(query.cursor.as_deref()), next);
    Answer::bundle(&head(exchange, "searchset", total, &links), entries)
}

fn answer_history(exchange: &Exchange, history: History) -> Answer {
    let History {
        address,
        versions,
        total,
        count,
        before,
        next,
    } = history;
    let base = format!("{}/{address}", exchange.server.base_url);
    let link = |before: Option<i64>| {
        let cursor = before.map(|before| format!("&ct={before}"));
        format!(
            "{base}/_history?_count={count}{}",
            cursor.unwrap_or_default()
        )
    };
    let links = links(link(before), next.map(|next| link(Some(next))));
    let entries = versions.into_iter();
    let entries = entries.map(|version| history_entry(&base, &address, version));
    let head = head(exchange, "history", Some(total), &links);
    Answer::bundle(&head, entries.collect())
}

fn history_entry(base: &str, address: &Address, version: Version) -> Vec<Text> {
    let (status, url) = match version.method.as_str() {
        "DELETE" => (Status::NO_CONTENT, address.to_string()),
        "POST" => (Status::CREATED, address.resource_type.to_owned()),
        _ if version.version == 1 => (Status::CREATED, address.to_string()),
        _ => (Status::OK, address.to_string()),
    };
    let tail = json!({
        "request": { "method": version.method, "url": url },
        "response": {
            "status": status.to_string(),
            "etag": etag(version.version),
            "lastModified": instant(version.updated),
        },
    });
    let tail = tail.to_string();
    let tail = tail.strip_prefix('{').unwrap_or_default();
    let head = format!("{{\"fullUrl\":{},", json!(base));
    match version.body {
        Some(body) => vec![
            format!("{head}\"resource\":").into(),
            body,
            format!(",{tail}").into(),
        ],
        None => vec![format!("{head}{tail}").into()],
    }
}

fn links(own: String, next: Option<String>) -> Vec<Value> {
    let mut links = vec![json!({ "relation": "self", "url": own })];
    links.extend(next.map(|next| json!({ "relation": "next", "url": next })));
    links
}

/// A Bundle without its entries.
fn head(exchange: &Exchange, kind: &str, total: Option<i64>, links: &[Value]) -> Value {
    let mut head = json!({
        "resourceType": "Bundle",
        "id": exchange.request.request_id,
        "meta": { "lastUpdated": instant(exchange.server.now) },
        "type": kind,
    });
    if let Some(head) = head.as_object_mut() {
        if let Some(total) = total {
            head.insert("total".into(), json!(total));
        }
        head.insert("link".into(), json!(links));
    }
    head
}
