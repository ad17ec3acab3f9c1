//! Commands: what the worker asks the ledger to change, all of it or nothing.
//!
//! A command travels as an array of arrays of strings and numbers, because the runtime copies
//! those from isolate to isolate without either side parsing anything.

use super::partition::{Charge, Partition};
use crate::auth::Grant;
use crate::error::Error;
use fhir::meta::Rendered;
use fhir::search::{IndexRows, Statement};
use js_sys::Array;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// The positions in the array of one write.
pub(super) mod field {
    pub(crate) const KIND: u32 = 0;
    pub(crate) const TYPE: u32 = 1;
    pub(crate) const ID: u32 = 2;
    pub(crate) const IF_MATCH: u32 = 3;
    pub(crate) const METHOD: u32 = 4;
    pub(crate) const HEAD: u32 = 5;
    pub(crate) const TAIL: u32 = 6;
    pub(crate) const STRINGS: u32 = 7;
    pub(crate) const TOKENS: u32 = 8;
    pub(crate) const DATES: u32 = 9;
    pub(crate) const REFERENCES: u32 = 10;
}

/// What is done to one resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A new resource under an id that nobody has.
    Create,
    /// The next version, or the first.
    Update,
    /// A version that says deleted.
    Delete,
}

impl Kind {
    pub(super) fn number(self) -> f64 {
        match self {
            Self::Create => 0.0,
            Self::Update => 1.0,
            Self::Delete => 2.0,
        }
    }

    pub(super) fn from_number(number: f64) -> Option<Self> {
        [Self::Create, Self::Update, Self::Delete]
            .into_iter()
            .find(|kind| kind.number() == number)
    }
}

/// One write.
pub(crate) struct Write {
    pub(crate) kind: Kind,
    pub(crate) resource_type: &'static str,
    pub(crate) id: String,
    /// The version that must be current.
    pub(crate) if_match: Option<i64>,
    /// The resource and its index rows; none for a delete.
    pub(crate) content: Option<(Rendered, IndexRows)>,
}

impl Write {
    pub(crate) fn create(
        resource_type: &'static str,
        id: String,
        content: (Rendered, IndexRows),
    ) -> Self {
        Self {
            kind: Kind::Create,
            resource_type,
            id,
            if_match: None,
            content: Some(content),
        }
    }

    pub(crate) fn update(
        resource_type: &'static str,
        id: String,
        if_match: Option<i64>,
        content: (Rendered, IndexRows),
    ) -> Self {
        Self {
            kind: Kind::Update,
            resource_type,
            id,
            if_match,
            content: Some(content),
        }
    }

    pub(crate) fn delete(resource_type: &'static str, id: String, if_match: Option<i64>) -> Self {
        Self {
            kind: Kind::Delete,
            resource_type,
            id,
            if_match,
            content: None,
        }
    }

    fn to_array(&self) -> Array {
        let text = |text: &str| JsValue::from_str(text);
        let empty = IndexRows::default();
        let (head, tail, rows) = match &self.content {
            Some((rendered, rows)) => (text(&rendered.head), text(&rendered.tail), rows),
            None => (JsValue::NULL, JsValue::NULL, &empty),
        };
        let method = match self.kind {
            Kind::Create => "POST",
            Kind::Update => "PUT",
            Kind::Delete => "DELETE",
        };
        let if_match = self
            .if_match
            .map_or(JsValue::NULL, |version| JsValue::from_f64(version as f64));
        [
            JsValue::from_f64(self.kind.number()),
            text(self.resource_type),
            text(&self.id),
            if_match,
            text(method),
            head,
            tail,
            text(&rows.strings),
            text(&rows.tokens),
            text(&rows.dates),
            text(&rows.references),
        ]
        .into_iter()
        .collect()
    }
}

/// A search that must still find the same ids when the command is applied: what the worker
/// decided by (a conditional create, a conditional reference) must hold at the commit.
pub(crate) struct Guard {
    pub(crate) statement: Statement,
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
}

impl Command {
    fn to_array(&self) -> Array {
        let guards: Array = self
            .guards
            .iter()
            .map(|guard| {
                let values: Array = guard.statement.binds.iter().map(JsValue::from).collect();
                let ids: Array = guard.ids.iter().map(JsValue::from).collect();
                Array::of3(&guard.statement.text.as_str().into(), &values, &ids)
            })
            .collect();
        let writes: Array = self.writes.iter().map(Write::to_array).collect();
        Array::of2(&guards, &writes)
    }

    /// Has the ledger apply the command. `_grants` prove that each write is permitted.
    ///
    /// # Errors
    /// When the ledger failed; nothing was changed then.
    pub(crate) async fn commit(
        &self,
        partition: &Partition,
        _grants: &[Grant],
    ) -> Result<Result<Vec<Committed>, Refusal>, Error> {
        let answer = JsFuture::from(partition.stub.commit(&self.to_array())?).await?;
        let answer: Array = answer.unchecked_into();
        partition.record(Charge {
            sequence: number(&answer, 1),
            rows_read: number(&answer, 2),
            rows_written: number(&answer, 3),
        });
        let content: Array = answer.get(4).unchecked_into();
        if answer.get(0).as_string().as_deref() == Some("done") {
            let committed = content.iter().map(|row| committed(&row.unchecked_into()));
            return committed.collect::<Result<_, _>>().map(Ok);
        }
        refusal(&content).map(Err)
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
        other => Err(Error::Bug(format!(
            "the ledger answered {other:?} for a command"
        ))),
    }
}
