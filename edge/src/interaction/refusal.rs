//! Why the store refused a write, in the caller's words.

use crate::error::{Error, Reason};
use crate::store::Refusal;
use fhir::Address;
use fhir::outcome::IssueType;

/// The refusal of one write.
pub(super) fn of_write(address: &Address, refusal: Refusal) -> Error {
    match refusal {
        Refusal::VersionMismatch { current, .. } => {
            let message = format!(
                "If-Match does not name the current version of {address}, which is {current}."
            );
            Error::rejected(Reason::PreconditionFailed, IssueType::Conflict, message)
        }
        Refusal::Missing { .. } => Error::not_found(address),
        Refusal::Taken { .. } => {
            let name = address.resource_type;
            Error::Bug(format!("a new id for {name} was taken"))
        }
        Refusal::Outside { .. } => {
            let message = format!(
                "Authorization failed: {address} lies outside the compartment or the scopes of the \
                 token, or would do so afterwards. On behalf of a patient, POST alone creates \
                 resources, and each names the patient in every reference that says whose record \
                 it is."
            );
            Error::rejected(Reason::Forbidden, IssueType::Forbidden, message)
        }
        Refusal::Changed => contention(),
    }
}

/// The refusal of a request whose conditions others kept changing.
pub(super) fn contention() -> Error {
    let message = "Other requests kept changing what this one depends on; send it again.";
    Error::rejected(Reason::Contention, IssueType::Conflict, message)
}
