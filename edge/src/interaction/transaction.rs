//! transaction: all entries or nothing. <https://hl7.org/fhir/R4/http.html#trules>
//!
//! Entries get their ids, references between them and conditional references are resolved, every
//! resource is checked; then one command goes to the store, guarded by the searches it relied on.

mod plan;

use super::context::Context;
use super::outcome::{Outcome, VersionStamp, Written};
use super::request::perform;
use super::{conditional, entry, refusal};
use crate::error::{Error, Rejection};
use crate::store::{self, Committed, Refusal};
use fhir::Address;
use fhir::bundle::Entry;
use fhir::outcome::Issue;
use plan::{Plan, Planned};

/// Applies the entries together.
///
/// # Errors
/// What is wrong with any entry, with its place in the bundle. Nothing has changed then.
pub(super) async fn transaction(
    context: Context<'_>,
    entries: Vec<Result<Entry, Issue>>,
) -> Result<Vec<Result<Outcome, Error>>, Error> {
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
        let plan = Plan::make(context, &right).await?;
        if plan.command.writes.is_empty() && plan.command.guards.is_empty() {
            return respond(context, right, plan, &[]).await;
        }
        match context.partition()?.apply(&plan.command).await? {
            Ok(committed) => return respond(context, right, plan, &committed).await,
            Err(Refusal::Changed) => {}
            Err(refused) => return Err(explain(&plan, refused)),
        }
    }
    Err(refusal::contention())
}

/// A refusal with the entry that it is about.
fn explain(plan: &Plan, refused: Refusal) -> Error {
    let at = match refused {
        Refusal::VersionMismatch { at, .. }
        | Refusal::Missing { at }
        | Refusal::Taken { at }
        | Refusal::Outside { at } => at,
        Refusal::Changed => return refusal::contention(),
    };
    let Some(write) = plan.command.writes.get(at) else {
        return Error::Bug("the store refused a write that was not sent".into());
    };
    let entry = plan.entry_of(at).unwrap_or_default();
    match refusal::of_write(&address_of(write), refused) {
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

fn address_of(write: &store::Write) -> Address {
    Address::new(write.resource_type, write.id.clone())
}

/// The outcomes of the entries. What was written stays written, so that a read which fails now
/// fails alone.
async fn respond(
    context: Context<'_>,
    entries: Vec<Entry>,
    plan: Plan,
    committed: &[Committed],
) -> Result<Vec<Result<Outcome, Error>>, Error> {
    let mut writes: Vec<Option<store::Write>> = plan.command.writes.into_iter().map(Some).collect();
    let mut outcomes = Vec::with_capacity(entries.len());
    for (entry, planned) in entries.into_iter().zip(plan.planned) {
        outcomes.push(match planned {
            Planned::Write(at) => {
                let write = writes.get_mut(at).and_then(Option::take);
                let (write, committed) = write
                    .zip(committed.get(at).copied())
                    .ok_or_else(|| Error::Bug("a write has no result".into()))?;
                Ok(written(write, committed))
            }
            Planned::Existing(address) => conditional::existing(context, address).await,
            Planned::Get => match entry::request(context, entry) {
                Ok(request) => perform(context, request).await,
                Err(error) => Err(error),
            },
        });
    }
    Ok(outcomes)
}

fn written(write: store::Write, committed: Committed) -> Outcome {
    let address = address_of(&write);
    match write.content {
        Some((content, _)) => Outcome::Written(Written {
            address,
            committed,
            content,
        }),
        None => Outcome::Deleted((committed.version > 0).then_some(VersionStamp {
            version: committed.version,
            updated: committed.updated,
        })),
    }
}
