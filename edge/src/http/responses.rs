//! What became of the entries of a bundle, as response entries.
//! <https://hl7.org/fhir/R4/bundle.html#bundle-response>

use super::{error, render};
use crate::error::Error;
use crate::exchange::Exchange;
use crate::interaction::{Outcome, Responses};
use crate::message::Answer;
use crate::store::Text;
use fhir::bundle::BundleKind;
use fhir::outcome::operation_outcome;
use fhir::types::instant;
use serde_json::{Map, json};

/// A Bundle of response entries, in the order of the request.
pub(super) fn answer(exchange: &Exchange, Responses { kind, entries }: Responses) -> Answer {
    let kind = match kind {
        BundleKind::Batch => "batch-response",
        BundleKind::Transaction => "transaction-response",
    };
    let head = json!({ "resourceType": "Bundle", "id": exchange.request.request_id, "type": kind });
    let entries = entries.into_iter();
    Answer::bundle(
        &head,
        entries.map(|entry| response(exchange, entry)).collect(),
    )
}

fn response(exchange: &Exchange, entry: Result<Outcome, Error>) -> Vec<Text> {
    match entry {
        Ok(outcome) => succeeded(&render::answer(exchange, outcome)),
        Err(error) => failed(exchange, error),
    }
}

/// The response entry for an answer.
fn succeeded(answer: &Answer) -> Vec<Text> {
    let mut response = Map::new();
    response.insert("status".into(), json!(answer.status.to_string()));
    for name in ["location", "etag"] {
        if let Some(value) = answer.header(name) {
            response.insert(name.into(), json!(value));
        }
    }
    if let Some(updated) = answer.updated {
        response.insert("lastModified".into(), json!(instant(updated)));
    }
    let response = json!(response).to_string();
    match answer.text() {
        Some(body) => vec![
            "{\"resource\":".into(),
            body,
            format!(",\"response\":{response}}}").into(),
        ],
        None => vec![format!("{{\"response\":{response}}}").into()],
    }
}

/// The response entry for an entry that failed. Other entries may have been done, so a failure of
/// ours never ends the whole request.
fn failed(exchange: &Exchange, error: Error) -> Vec<Text> {
    let (status, issues) = error::status_and_issues(exchange, error);
    let outcome = operation_outcome(exchange.server.config.release, None, &issues);
    let response = json!({ "response": { "status": status.to_string(), "outcome": outcome } });
    vec![response.to_string().into()]
}
