//! What arrives at the ledger and what it answers to commands, as `store/by_ledger/` packs and
//! reads them.

use crate::store::by_ledger::command::{KINDS, OUTCOMES, field, part, refused};
use crate::store::by_ledger::obstacle;
use crate::store::by_ledger::query::way;
use crate::store::command::{Committed, Refusal};
use crate::store::large_text::unpack;
use crate::store::sqlite::{
    Answered, Applied, Condition, Guard, Size, Submitted, Value, Values, Way, Write,
};
use crate::store::text::Text;
use crate::store::write::Kind;
use js_sys::Array;
use wasm_bindgen::{JsCast, JsValue};

/// A command that was sent.
pub(super) struct Packed(pub(super) Array);

impl Submitted for Packed {
    fn definitions(&self) -> Text {
        text(self.0.get(part::DEFINITIONS))
    }

    fn guards(&self) -> impl Iterator<Item = Guard> {
        let guards: Array = self.0.get(part::GUARDS).unchecked_into();
        let guards: Vec<JsValue> = guards.iter().collect();
        guards.into_iter().map(|guard| {
            let guard: Array = guard.unchecked_into();
            let ids: Array = guard.get(2).unchecked_into();
            Guard {
                condition: condition(guard.get(0), guard.get(1)),
                ids: ids.iter().map(text).collect(),
            }
        })
    }

    fn writes(&self) -> impl Iterator<Item = Write> {
        let writes: Array = self.0.get(part::WRITES).unchecked_into();
        (0..writes.length()).map(move |at| write(&writes.get(at).unchecked_into()))
    }
}

fn write(write: &Array) -> Write {
    let kind = write.get(field::KIND).as_f64().unwrap_or_default() as usize;
    let index: Array = write.get(field::INDEX).dyn_into().unwrap_or_default();
    let arrays = |of_kind: JsValue| {
        let arrays: Array = of_kind.unchecked_into();
        arrays.iter().map(text).collect()
    };
    Write {
        kind: KINDS.get(kind).copied().unwrap_or(Kind::Update),
        resource_type: Value::from(write.get(field::TYPE)),
        id: Value::from(write.get(field::ID)),
        if_match: write.get(field::IF_MATCH).as_f64().map(|n| n as i64),
        around: [field::HEAD, field::TAIL].map(|place| text(write.get(place))),
        index: index.iter().map(arrays).collect(),
        confinement: some(write, field::CONFINEMENT, field::CONFINEMENT_VALUES),
        visibility: some(write, field::VISIBILITY, field::VISIBILITY_VALUES),
    }
}

fn text(crossed: JsValue) -> Text {
    unpack(crossed).into()
}

fn condition(statement: JsValue, values: JsValue) -> Condition {
    Condition {
        statement: text(statement),
        values: Values::from(values.unchecked_into::<Array>()),
    }
}

/// A statement that need not be there.
fn some(array: &Array, statement: u32, values: u32) -> Option<Condition> {
    let text = array.get(statement);
    text.is_string().then(|| condition(text, array.get(values)))
}

/// A statement that was sent among others.
pub(super) fn statement(packed: JsValue) -> Condition {
    let packed: Array = packed.unchecked_into();
    condition(packed.get(0), packed.get(1))
}

/// The ways that were sent.
pub(super) fn ways(packed: &Array) -> Vec<Way> {
    let ways = packed.iter().map(|packed| {
        let packed: Array = packed.unchecked_into();
        let number = |at| packed.get(at).as_f64();
        let size = match number(way::SIZE) {
            None => Size::Counted(condition(
                packed.get(way::SIZE),
                packed.get(way::SIZE_VALUES),
            )),
            Some(0.0) => Size::Few,
            Some(_) => Size::Unknown,
        };
        Way {
            size,
            most: number(way::MOST).unwrap_or_default() as i64,
            found: condition(packed.get(way::FOUND), packed.get(way::FOUND_VALUES)),
            edge: some(&packed, way::EDGE, way::EDGE_VALUES),
            limit: number(way::LIMIT).unwrap_or_default() as i64,
            window: number(way::WINDOW).unwrap_or_default() as i64,
        }
    });
    ways.collect()
}

/// The answer to a command: `["done" | "refused" | "hindered" | "failed", sequence, rows read, rows written,
/// rows]`.
pub(super) fn answer(applied: Applied) -> Array {
    let (word, rows) = match applied.answered {
        Answered::Done(committed) => ("done", committed.into_iter().map(done).collect()),
        Answered::Refused(refusal) => ("refused", refusal_row(refusal)),
        Answered::Hindered(why) => ("hindered", obstacle::packed(why)),
        Answered::Failed(error) => ("failed", Array::of1(&format!("{error:?}").into())),
    };
    Array::of5(
        &word.into(),
        &number(applied.sequence),
        &number(applied.rows_read),
        &number(applied.rows_written),
        &rows,
    )
}

fn done(committed: Committed) -> Array {
    let mut outcomes = OUTCOMES.iter();
    let word = outcomes.find(|(outcome, _)| *outcome == committed.outcome);
    let word = word.map_or("", |(_, word)| word);
    Array::of3(
        &word.into(),
        &number(committed.version),
        &number(committed.updated),
    )
}

fn refusal_row(refusal: Refusal) -> Array {
    let (word, at, current) = match refusal {
        Refusal::Changed => (refused::CHANGED, 0, 0),
        Refusal::VersionMismatch { at, current } => (refused::MISMATCH, at, current),
        Refusal::Missing { at } => (refused::MISSING, at, 0),
        Refusal::Taken { at } => (refused::TAKEN, at, 0),
        Refusal::Outside { at } => (refused::OUTSIDE, at, 0),
    };
    Array::of3(&word.into(), &(at as f64).into(), &number(current))
}

fn number(number: i64) -> JsValue {
    JsValue::from_f64(number as f64)
}
