//! A command on its way to the ledger, and the ledger's answer to it.

use super::obstacle;
use super::query::{statement, values};
use crate::error::Error;
use crate::store::answer::Charge;
use crate::store::command::{Command, Committed, Guard, Outcome, Refusal};
use crate::store::large_text::Crossing;
use crate::store::write::{Kind, Write};
use js_sys::Array;
use wasm_bindgen::{JsCast, JsValue};

/// The positions in the array that a command travels as.
#[cfg(target_arch = "wasm32")]
pub(in crate::store) mod part {
    pub(in crate::store) const GUARDS: u32 = 0;
    pub(in crate::store) const WRITES: u32 = 1;
    pub(in crate::store) const DEFINITIONS: u32 = 2;
}

/// The positions in the array that a write travels as.
#[cfg(target_arch = "wasm32")]
pub(in crate::store) mod field {
    pub(in crate::store) const KIND: u32 = 0;
    pub(in crate::store) const TYPE: u32 = 1;
    pub(in crate::store) const ID: u32 = 2;
    pub(in crate::store) const IF_MATCH: u32 = 3;
    pub(in crate::store) const HEAD: u32 = 4;
    pub(in crate::store) const TAIL: u32 = 5;
    /// For each kind of index the arrays of its rows.
    pub(in crate::store) const INDEX: u32 = 6;
    pub(in crate::store) const CONFINEMENT: u32 = 7;
    pub(in crate::store) const CONFINEMENT_VALUES: u32 = 8;
    pub(in crate::store) const VISIBILITY: u32 = 9;
    pub(in crate::store) const VISIBILITY_VALUES: u32 = 10;
}

/// The number that a kind of write travels as: its place.
pub(in crate::store) const KINDS: [Kind; 3] = [Kind::Create, Kind::Update, Kind::Delete];

/// The words that outcomes travel as.
pub(in crate::store) const OUTCOMES: [(Outcome, &str); 5] = [
    (Outcome::Created, "created"),
    (Outcome::Updated, "updated"),
    (Outcome::Unchanged, "unchanged"),
    (Outcome::Deleted, "deleted"),
    (Outcome::Absent, "absent"),
];

/// The words that refusals travel as.
pub(in crate::store) mod refused {
    pub(in crate::store) const CHANGED: &str = "changed";
    pub(in crate::store) const MISMATCH: &str = "mismatch";
    pub(in crate::store) const MISSING: &str = "missing";
    pub(in crate::store) const TAKEN: &str = "taken";
    pub(in crate::store) const OUTSIDE: &str = "outside";
}

/// A command as it travels.
pub(super) fn packed(command: &Command) -> Array {
    let crossing = Crossing::of(command.bytes());
    let guards: Array = command.guards.iter().map(packed_guard).collect();
    let writes = command.writes.iter();
    let writes: Array = writes.map(|write| packed_write(write, crossing)).collect();
    // In the order of `part`.
    Array::of3(&guards, &writes, &command.definitions().into())
}

fn packed_guard(guard: &Guard) -> Array {
    let ids: Array = guard.ids.iter().map(JsValue::from).collect();
    let statement = &guard.statement;
    Array::of3(&statement.text.as_str().into(), &values(statement), &ids)
}

fn packed_write(write: &Write, crossing: Crossing) -> Array {
    let kind = KINDS.iter().position(|kind| *kind == write.kind);
    let if_match = write.if_match.map(|version| version as f64);
    let [head, tail, index] = match &write.content {
        Some((rendered, rows)) => {
            let arrays = |table: &Vec<String>| -> Array {
                table.iter().map(|array| crossing.pack(array)).collect()
            };
            let tables: Array = rows.tables.iter().map(arrays).collect();
            let [head, tail] = [&rendered.head, &rendered.tail].map(|text| crossing.pack(text));
            [head, tail, tables.into()]
        }
        None => [JsValue::NULL, JsValue::NULL, JsValue::NULL],
    };
    let [confinement, confinement_values] = statement(write.confinement.as_ref());
    let [visibility, visibility_values] = statement(write.visibility.as_ref());
    // In the order of `field`.
    [
        (kind.unwrap_or_default() as f64).into(),
        write.resource_type.into(),
        write.id.as_str().into(),
        if_match.into(),
        head,
        tail,
        index,
        confinement,
        confinement_values,
        visibility,
        visibility_values,
    ]
    .into_iter()
    .collect()
}

/// Reads the answer to a command.
pub(super) fn read(answer: &Array) -> Result<(Charge, Result<Vec<Committed>, Refusal>), Error> {
    let charge = Charge {
        sequence: number(answer, 1),
        rows_read: number(answer, 2),
        rows_written: number(answer, 3),
    };
    let content: Array = answer.get(4).unchecked_into();
    let result = match answer.get(0).as_string().as_deref() {
        Some("done") => {
            let committed = content.iter().map(|row| committed(&row.unchecked_into()));
            Ok(committed.collect::<Result<_, _>>()?)
        }
        Some("refused") => Err(refusal(&content)?),
        Some("hindered") => return Err(obstacle::read(&content).into()),
        _ => {
            let problem = content.get(0).as_string().unwrap_or_default();
            return Err(Error::Bug(format!("the ledger failed: {problem}")));
        }
    };
    Ok((charge, result))
}

fn number(array: &Array, at: u32) -> i64 {
    array.get(at).as_f64().unwrap_or_default() as i64
}

fn committed(row: &Array) -> Result<Committed, Error> {
    let word = row.get(0).as_string().unwrap_or_default();
    let mut outcomes = OUTCOMES.iter();
    let outcome = outcomes.find(|(_, own)| *own == word);
    let (outcome, _) =
        outcome.ok_or_else(|| Error::Bug(format!("the ledger answered `{word}` for a write")))?;
    Ok(Committed {
        outcome: *outcome,
        version: number(row, 1),
        updated: number(row, 2),
    })
}

fn refusal(row: &Array) -> Result<Refusal, Error> {
    let at = usize::try_from(number(row, 1)).unwrap_or_default();
    let word = row.get(0).as_string().unwrap_or_default();
    match word.as_str() {
        refused::CHANGED => Ok(Refusal::Changed),
        refused::MISMATCH => Ok(Refusal::VersionMismatch {
            at,
            current: number(row, 2),
        }),
        refused::MISSING => Ok(Refusal::Missing { at }),
        refused::TAKEN => Ok(Refusal::Taken { at }),
        refused::OUTSIDE => Ok(Refusal::Outside { at }),
        _ => Err(Error::Bug(format!(
            "the ledger answered `{word}` for a command"
        ))),
    }
}
