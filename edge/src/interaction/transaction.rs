//! transaction: all entries or nothing. <https://hl7.org/fhir/R4/http.html#trules>
//!
//! Entries get their ids, references between them and conditional references are resolved, every
//! resource is checked; then one command goes to the ledger, guarded by the searches it relied on.

mod plan;

use super::conditional;
use super::entry::{failure, perform, response};
use super::written::{location, refused};
use crate::auth::Principal;
use crate::error::{Error, Rejection};
use crate::http::{Answer, Body, Exchange, etag};
use crate::store::{Committed, Outcome, Refusal, Text};
use fhir::bundle::{Entry, Method};
use fhir::outcome::Issue;
use fhir::types::instant;
use plan::{Plan, Planned};
use serde_json::json;

/// Applies the entries together.
pub(super) async fn transaction(
    exchange: &Exchange,
    principal: &Principal,
    entries: Vec<Result<Entry, Issue>>,
) -> Result<Answer, Error> {
    let mut wrong = Vec::new();
    let mut right = Vec::with_capacity(entries.len());
    for entry in entries {
        match entry {
            Ok(entry) => right.push(entry),
            Err(issue) => wrong.push(issue),
        }
    }
    if !wrong.is_empty() {
        return Err(Error::invalid(wrong));
    }
    for _ in 0..conditional::ATTEMPTS {
        let plan = Plan::make(exchange, principal, &right).await?;
        if plan.command.writes.is_empty() && plan.command.guards.is_empty() {
            return respond(exchange, principal, &right, &plan, &[]).await;
        }
        match exchange.partition()?.apply(&plan.command).await? {
            Ok(committed) => {
                return respond(exchange, principal, &right, &plan, &committed).await;
            }
            Err(Refusal::Changed) => {}
            Err(refusal) => return Err(explain(&plan, refusal)),
        }
    }
    Err(refused("", "", Refusal::Changed))
}

/// A refusal with the entry that it is about.
fn explain(plan: &Plan, refusal: Refusal) -> Error {
    let at = match refusal {
        Refusal::VersionMismatch { at, .. }
        | Refusal::Missing { at }
        | Refusal::Taken { at }
        | Refusal::Outside { at } => at,
        Refusal::Changed => 0,
    };
    let Some(write) = plan.command.writes.get(at) else {
        return Error::Bug("the ledger refused a write that was not sent".into());
    };
    let entry = plan.entry_of(at).unwrap_or_default();
    match refused(write.resource_type, &write.id, refusal) {
        Error::Rejected(Rejection { reason, issues }) => {
            let place = |issue: Issue| issue.at(format!("Bundle.entry[{entry}].request"));
            Error::Rejected(Rejection {
                reason,
                issues: issues.into_iter().map(place).collect(),
            })
        }
        other => other,
    }
}

async fn respond(
    exchange: &Exchange,
    principal: &Principal,
    entries: &[Entry],
    plan: &Plan,
    committed: &[Committed],
) -> Result<Answer, Error> {
    let mut responses = Vec::with_capacity(entries.len());
    for (entry, planned) in entries.iter().zip(&plan.planned) {
        responses.push(match planned {
            Planned::Write(at) => {
                let committed = committed.get(*at).copied();
                let committed =
                    committed.ok_or_else(|| Error::Bug("a write has no result".into()))?;
                response(&written(exchange, plan, *at, committed))
            }
            Planned::Existing(resource_type, id) => {
                let address = (*resource_type, id.as_str());
                match conditional::existing(exchange, principal, address).await {
                    Ok(answer) => response(&answer),
                    // What was written stays written, and must be told.
                    Err(error) => failure(exchange, error),
                }
            }
            Planned::Get => {
                debug_assert_eq!(entry.method, Method::Get);
                match perform(exchange, principal, entry).await {
                    Ok(answer) => response(&answer),
                    Err(error) => failure(exchange, error),
                }
            }
        });
    }
    Ok(response_bundle(exchange, "transaction-response", responses))
}

fn written(exchange: &Exchange, plan: &Plan, at: usize, committed: Committed) -> Answer {
    let Committed {
        outcome,
        version,
        updated,
    } = committed;
    let status = match outcome {
        Outcome::Created => 201,
        Outcome::Updated | Outcome::Unchanged => 200,
        Outcome::Deleted | Outcome::Absent => 204,
    };
    let write = plan.command.writes.get(at);
    let content = write.and_then(|write| write.content.as_ref());
    let mut answer = match content {
        Some((rendered, _)) => {
            let text = rendered.complete(&version.to_string(), &instant(updated));
            minimal(exchange, Answer::fhir(status, text))
        }
        None => Answer::empty(status),
    };
    if version > 0 {
        answer = answer.with("etag", etag(version)).last_modified(updated);
    }
    match write {
        Some(write) if status != 204 => {
            let place = location(exchange, write.resource_type, &write.id, version);
            answer.with("location", place)
        }
        _ => answer,
    }
}

/// Leaves the resource out when the caller prefers it so.
fn minimal(exchange: &Exchange, answer: Answer) -> Answer {
    if !exchange.wants_minimal() {
        return answer;
    }
    Answer {
        body: Body::Empty,
        ..answer
    }
}

/// A Bundle of response entries, in the order of the request.
pub(super) fn response_bundle(
    exchange: &Exchange,
    kind: &str,
    responses: Vec<Vec<Text>>,
) -> Answer {
    let head = json!({ "resourceType": "Bundle", "id": exchange.request_id, "type": kind });
    Answer::bundle(&head, responses)
}
