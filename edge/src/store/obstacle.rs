//! What keeps the store from answering for now, though nothing is broken.

use crate::error::{Error, Reason};
use fhir::outcome::IssueType;

/// Why a statement was not run, or a command not applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Obstacle {
    /// The resources are of another FHIR release than the server.
    OtherRelease,
    /// The index of a search parameter is being rebuilt.
    Rebuilding {
        /// Type and code, such as `Patient.name`.
        parameter: String,
        /// How many of the resources were looked through, of how many.
        done: i64,
        total: i64,
    },
}

/// After how many seconds to try again.
const RETRY: u32 = 10;

impl From<Obstacle> for Error {
    fn from(obstacle: Obstacle) -> Self {
        match obstacle {
            Obstacle::OtherRelease => Self::Unconfigured(
                "FHIR_VERSION names another release than that of the resources in the store; a \
                 store holds resources of one release.",
            ),
            Obstacle::Rebuilding {
                parameter,
                done,
                total,
            } => {
                let percent = (done * 100).checked_div(total).unwrap_or_default();
                let message = format!(
                    "The index of the search parameter {parameter} is being rebuilt ({percent} % \
                     done), because its definition has changed; try again later."
                );
                Self::rejected(Reason::Unavailable(RETRY), IssueType::Transient, message)
            }
        }
    }
}
