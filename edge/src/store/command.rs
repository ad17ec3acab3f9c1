//! Commands: what the worker asks the store to change, all of it or nothing.

use super::write::Write;
use crate::error::{Error, Reason};
use fhir::outcome::IssueType;
use fhir::search::definitions_hash;
use fhir::sql::Sql;

/// What a call can carry (32 MiB), less what surrounds it.
const MAX_BYTES: usize = 28 * 1024 * 1024;

/// A search that must still find the same ids when the command is applied: what the worker
/// decided by (a conditional create, a conditional reference) must hold at the commit.
pub(crate) struct Guard {
    pub(crate) statement: Sql,
    /// The ids that were found.
    pub(crate) ids: Vec<String>,
}

/// Writes that are applied together, under conditions that are checked together.
#[derive(Default)]
pub(crate) struct Command {
    pub(crate) guards: Vec<Guard>,
    pub(crate) writes: Vec<Write>,
}

/// What became of one write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Created,
    Updated,
    /// The content was the same: no new version.
    Unchanged,
    Deleted,
    /// There was nothing to delete, or it was deleted before.
    Absent,
}

/// A write that was done.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Committed {
    pub(crate) outcome: Outcome,
    /// The version that is current now; 0 when there never was one.
    pub(crate) version: i64,
    /// When that version was made, in milliseconds since 1970.
    pub(crate) updated: i64,
}

/// Why nothing was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// A guard found other ids than before: decide again.
    Changed,
    /// `If-Match` named another version than the current one.
    VersionMismatch { at: usize, current: i64 },
    /// `If-Match` on a resource that does not exist.
    Missing { at: usize },
    /// The id of a new resource is taken.
    Taken { at: usize },
    /// The resource lies outside what the grant is confined to, or would do so afterwards.
    Outside { at: usize },
}

impl Command {
    /// The hash of the definitions that its index rows were made by; empty when there are none.
    pub(super) fn definitions(&self) -> &'static str {
        let first = self.writes.first();
        first.map_or("", |write| definitions_hash(write.definitions))
    }

    /// How many bytes of text it carries.
    pub(super) fn bytes(&self) -> usize {
        self.writes.iter().map(Write::bytes).sum()
    }

    /// Refuses a command that is too large.
    pub(super) fn check_size(&self) -> Result<(), Error> {
        if self.bytes() <= MAX_BYTES {
            return Ok(());
        }
        let message = "What is to be written is, with its search index, larger than the 28 MB \
            that one request can change; send it in parts.";
        Err(Error::rejected(
            Reason::TooLarge,
            IssueType::TooLong,
            message,
        ))
    }
}
