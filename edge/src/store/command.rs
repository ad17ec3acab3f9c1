//! Commands: what the worker asks the ledger to change, all of it or nothing.
//!
//! A command travels as an array of arrays of strings and numbers, because the runtime copies
//! those from isolate to isolate without either side parsing anything.

use super::large_text::Crossing;
use super::partition::{Charge, Partition, check_values};
use super::write::Write;
use crate::error::{Error, Reason};
use fhir::outcome::IssueType;
use fhir::sql::Sql;
use js_sys::Array;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

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
    fn to_array(&self) -> Result<Array, Error> {
        let bytes: usize = self.writes.iter().map(Write::bytes).sum();
        if bytes > MAX_BYTES {
            let message = "What is to be written is, with its search index, larger than the 28 MB \
                that one request can change; send it in parts.";
            return Err(Error::rejected(
                Reason::TooLarge,
                IssueType::TooLong,
                message,
            ));
        }
        for write in &self.writes {
            check_values(write.confinement_values())?;
        }
        let guards: Array = self
            .guards
            .iter()
            .map(|guard| {
                let values: Array = guard.statement.binds.iter().map(JsValue::from).collect();
                let ids: Array = guard.ids.iter().map(JsValue::from).collect();
                Array::of3(&guard.statement.text.as_str().into(), &values, &ids)
            })
            .collect();
        let crossing = Crossing::of(bytes);
        let writes: Array = self
            .writes
            .iter()
            .map(|write| write.to_array(crossing))
            .collect();
        Ok(Array::of2(&guards, &writes))
    }

    /// Has the ledger apply the command.
    ///
    /// # Errors
    /// When it is too large, or the ledger failed; nothing was changed then.
    pub(crate) async fn commit(
        &self,
        partition: &Partition,
    ) -> Result<Result<Vec<Committed>, Refusal>, Error> {
        for write in &self.writes {
            partition.check_name(write.partition)?;
        }
        let answer = JsFuture::from(partition.stub.commit(&self.to_array()?)?).await?;
        let answer: Array = answer.unchecked_into();
        partition.record(Charge {
            sequence: number(&answer, 1),
            rows_read: number(&answer, 2),
            rows_written: number(&answer, 3),
        });
        let content: Array = answer.get(4).unchecked_into();
        match answer.get(0).as_string().as_deref() {
            Some("done") => {
                let committed = content.iter().map(|row| committed(&row.unchecked_into()));
                committed.collect::<Result<_, _>>().map(Ok)
            }
            Some("refused") => refusal(&content).map(Err),
            _ => {
                let problem = content.get(0).as_string().unwrap_or_default();
                Err(Error::Bug(format!("the ledger failed: {problem}")))
            }
        }
    }
}

fn number(array: &Array, at: u32) -> i64 {
    array.get(at).as_f64().unwrap_or_default() as i64
}

fn committed(row: &Array) -> Result<Committed, Error> {
    let outcome = match row.get(0).as_string().as_deref() {
        Some("created") => Outcome::Created,
        Some("updated") => Outcome::Updated,
        Some("unchanged") => Outcome::Unchanged,
        Some("deleted") => Outcome::Deleted,
        Some("absent") => Outcome::Absent,
        other => {
            return Err(Error::Bug(format!(
                "the ledger answered {other:?} for a write"
            )));
        }
    };
    Ok(Committed {
        outcome,
        version: number(row, 1),
        updated: number(row, 2),
    })
}

fn refusal(row: &Array) -> Result<Refusal, Error> {
    let at = usize::try_from(number(row, 1)).unwrap_or_default();
    match row.get(0).as_string().as_deref() {
        Some("changed") => Ok(Refusal::Changed),
        Some("mismatch") => Ok(Refusal::VersionMismatch {
            at,
            current: number(row, 2),
        }),
        Some("missing") => Ok(Refusal::Missing { at }),
        Some("taken") => Ok(Refusal::Taken { at }),
        Some("outside") => Ok(Refusal::Outside { at }),
        other => Err(Error::Bug(format!(
            "the ledger answered {other:?} for a command"
        ))),
    }
}
