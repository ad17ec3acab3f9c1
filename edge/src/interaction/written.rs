//! The answer to a write, and to one that the ledger refused.

use crate::error::{Error, Reason};
use crate::http::{Answer, Exchange, etag};
use crate::store::{Committed, Outcome, Refusal};
use fhir::meta::Rendered;
use fhir::outcome::IssueType;
use fhir::types::instant;

/// The versioned address of a resource.
pub(super) fn location(exchange: &Exchange, resource_type: &str, id: &str, version: i64) -> String {
    format!(
        "{}/{resource_type}/{id}/_history/{version}",
        exchange.base_url
    )
}

/// 201 or 200 with the resource as it is now.
pub(super) fn answer(
    exchange: &Exchange,
    (resource_type, id): (&str, &str),
    rendered: &Rendered,
    committed: Committed,
) -> Answer {
    let Committed {
        outcome,
        version,
        updated,
    } = committed;
    let status = if outcome == Outcome::Created {
        201
    } else {
        200
    };
    let answer = if exchange.wants_minimal() {
        Answer::empty(status)
    } else {
        Answer::fhir(
            status,
            rendered.complete(&version.to_string(), &instant(updated)),
        )
    };
    let answer = answer.with("etag", etag(version)).last_modified(updated);
    if status == 201 {
        answer.with("location", location(exchange, resource_type, id, version))
    } else {
        answer
    }
}

/// The refusal of one write in the caller's words.
pub(super) fn refused(resource_type: &str, id: &str, refusal: Refusal) -> Error {
    match refusal {
        Refusal::VersionMismatch { current, .. } => {
            let message = format!(
                "If-Match does not name the current version of {resource_type}/{id}, which is {current}."
            );
            Error::rejected(Reason::PreconditionFailed, IssueType::Conflict, message)
        }
        Refusal::Missing { .. } => Error::not_found(resource_type, id),
        Refusal::Taken { .. } => Error::Bug(format!("a new id for {resource_type} was taken")),
        Refusal::Outside { .. } => {
            let message = format!(
                "Authorization failed: {resource_type}/{id} lies outside the compartment or the \
                 scopes of the token, or would do so afterwards. On behalf of a patient, POST alone \
                 creates resources, and each names the patient in every reference that says whose \
                 record it is."
            );
            Error::rejected(Reason::Forbidden, IssueType::Forbidden, message)
        }
        Refusal::Changed => {
            let message = "Other requests kept changing what this one depends on; send it again.";
            Error::rejected(Reason::Contention, IssueType::Conflict, message)
        }
    }
}
