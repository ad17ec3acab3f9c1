//! Applies one command: verifies every condition, then writes every row; all of it or nothing.

use super::Inner;
use super::database::is_chunked;
use crate::store::large_text::unpack;
use crate::store::text::Text;
use crate::store::write::{Kind, field};
use fhir::meta::Rendered;
use fhir::types::instant;
use js_sys::Array;
use wasm_bindgen::{JsCast, JsValue};

/// The index tables: the field of a write that holds their rows, the DELETE and the INSERT.
const INDEXES: [(u32, &str, &str); 4] = [
    (
        field::STRINGS,
        "DELETE FROM string_index WHERE rid = ?",
        "INSERT INTO string_index(param, folded, value, rid)
         SELECT value->>0, value->>1, value->>2, ? FROM json_each(?)",
    ),
    (
        field::TOKENS,
        "DELETE FROM token_index WHERE rid = ?",
        "INSERT INTO token_index(param, code, system, rid)
         SELECT value->>0, value->>1, value->>2, ? FROM json_each(?)",
    ),
    (
        field::DATES,
        "DELETE FROM date_index WHERE rid = ?",
        "INSERT INTO date_index(param, low, high, rid)
         SELECT value->>0, value->>1, value->>2, ? FROM json_each(?)",
    ),
    (
        field::REFERENCES,
        "DELETE FROM reference_index WHERE rid = ?",
        "INSERT INTO reference_index(param, id, type, base, rid)
         SELECT value->>0, value->>1, value->>2, value->>3, ? FROM json_each(?)",
    ),
];

/// Why a command stops: refused, with the answer to give, or failed.
enum Stop {
    Refused(Array),
    Failed(JsValue),
}

impl From<JsValue> for Stop {
    fn from(error: JsValue) -> Self {
        Self::Failed(error)
    }
}

/// What is asked of a resource that a write is about.
#[derive(Clone, Copy)]
enum Condition {
    /// Is it the caller's to change?
    Confined,
    /// May the caller see it?
    Visible,
}

/// A resource row as it was before the write.
struct Current {
    rid: JsValue,
    version: f64,
    updated: f64,
    deleted: bool,
    body: JsValue,
    chunks: f64,
}

impl Inner {
    /// The answer to a command: `["done" | "refused" | "failed", sequence, rows read, rows written,
    /// rows]`.
    pub(super) fn apply(&self, command: &Array, now: i64) -> Array {
        let sequence = self.sequence.get();
        let mut refusal = None;
        let applied = self.database.transaction(|| {
            self.apply_writes(command, now, sequence + 1)
                .map_err(|stop| match stop {
                    Stop::Refused(answer) => {
                        refusal = Some(answer);
                        JsValue::from("refused")
                    }
                    Stop::Failed(error) => error,
                })
        });
        let (word, rows) = match (applied, refusal) {
            (Ok(rows), _) => {
                self.sequence.set(sequence + 1);
                ("done", rows)
            }
            (Err(_), Some(refusal)) => ("refused", refusal),
            // It fails alone: those that wait beside it are applied all the same.
            (Err(error), None) => ("failed", Array::of1(&format!("{error:?}").into())),
        };
        let (read, written) = self.database.take_charge();
        let sequence = self.sequence.get() as f64;
        Array::of5(
            &word.into(),
            &sequence.into(),
            &read.into(),
            &written.into(),
            &rows,
        )
    }

    fn apply_writes(&self, command: &Array, now: i64, sequence: i64) -> Result<Array, Stop> {
        let guards: Array = command.get(0).unchecked_into();
        for guard in guards.iter() {
            self.check_guard(&guard.unchecked_into())?;
        }
        let writes: Array = command.get(1).unchecked_into();
        let results = Array::new();
        for (at, write) in writes.iter().enumerate() {
            let result = self.write(&write.unchecked_into(), at, now, sequence)?;
            results.push(&result);
        }
        Ok(results)
    }

    fn check_guard(&self, guard: &Array) -> Result<(), Stop> {
        let statement = guard.get(0).as_string().unwrap_or_default();
        let values: Array = guard.get(1).unchecked_into();
        let expected: Array = guard.get(2).unchecked_into();
        let values: Vec<JsValue> = values.iter().collect();
        let rows = self
            .database
            .rows(&format!("SELECT id FROM ({statement})"), &values)?;
        let same = rows.length() == expected.length()
            && rows
                .iter()
                .zip(expected.iter())
                .all(|(row, id)| row.unchecked_into::<Array>().get(0) == id);
        if same {
            Ok(())
        } else {
            Err(Stop::Refused(Array::of1(&"changed".into())))
        }
    }

    fn write(&self, write: &Array, at: usize, now: i64, sequence: i64) -> Result<Array, Stop> {
        let kind = write.get(field::KIND).as_f64().and_then(Kind::from_number);
        let kind = kind.ok_or_else(|| JsValue::from("a write of an unknown kind"))?;
        let current = self.current(write)?;
        if kind != Kind::Create && !self.is_within(write, current.as_ref())? {
            // One answer for what is another's, was deleted or never was: whoever may not see a
            // resource learns nothing by changing it, nor by a transaction that fails elsewhere.
            if kind == Kind::Update || self.is_seen(write, current.as_ref())? {
                return Err(refuse("outside", at, 0.0));
            }
            check_version(write.get(field::IF_MATCH).as_f64(), None, at)?;
            return Ok(result("absent", 0.0, now as f64));
        }
        let if_match = write.get(field::IF_MATCH).as_f64();
        check_version(if_match, current.as_ref(), at)?;
        let (result, rid) = match (kind, current) {
            (Kind::Create, Some(_)) => return Err(refuse("taken", at, 0.0)),
            (Kind::Create | Kind::Update, None) => self.insert(write, now, sequence)?,
            (Kind::Update, Some(current)) => {
                let result = self.update(write, &current, (now, sequence))?;
                (result, current.rid)
            }
            (Kind::Delete, None) => return Ok(result("absent", 0.0, now as f64)),
            (Kind::Delete, Some(current)) if current.deleted => {
                return Ok(result("absent", current.version, current.updated));
            }
            (Kind::Delete, Some(current)) => {
                return self.delete(write, &current, (now, sequence));
            }
        };
        if self.meets(write, Condition::Confined, &rid)? {
            Ok(result)
        } else {
            Err(refuse("outside", at, 0.0))
        }
    }

    /// Whether the caller may touch the resource as it is. To who is confined, what is not there is
    /// no different from what is another's. One that was deleted has no index rows by which that
    /// could be told.
    fn is_within(&self, write: &Array, current: Option<&Current>) -> Result<bool, JsValue> {
        if write.get(field::CONFINEMENT).is_null() {
            return Ok(true);
        }
        match current {
            Some(current) if !current.deleted => {
                self.meets(write, Condition::Confined, &current.rid)
            }
            _ => Ok(false),
        }
    }

    /// Whether a confined caller may see the resource as it is.
    fn is_seen(&self, write: &Array, current: Option<&Current>) -> Result<bool, JsValue> {
        match current {
            Some(current) if !current.deleted => {
                self.meets(write, Condition::Visible, &current.rid)
            }
            _ => Ok(false),
        }
    }

    /// Whether a resource meets a condition of the write; one that is not set is met by all.
    fn meets(&self, write: &Array, condition: Condition, rid: &JsValue) -> Result<bool, JsValue> {
        let (statement, values) = match condition {
            Condition::Confined => (field::CONFINEMENT, field::CONFINEMENT_VALUES),
            Condition::Visible => (field::VISIBILITY, field::VISIBILITY_VALUES),
        };
        let Some(statement) = write.get(statement).as_string() else {
            return Ok(true);
        };
        let values: Array = write.get(values).unchecked_into();
        let values: Vec<JsValue> = std::iter::once(rid.clone()).chain(values.iter()).collect();
        Ok(self.database.row(&statement, &values)?.is_some())
    }

    fn current(&self, write: &Array) -> Result<Option<Current>, JsValue> {
        let statement = "SELECT rid, version, updated, deleted, body, chunks FROM resource
                         WHERE type = ? AND id = ?";
        let address = [write.get(field::TYPE), write.get(field::ID)];
        let row = self.database.row(statement, &address)?;
        Ok(row.map(|row| {
            let number = |at| row.get(at).as_f64().unwrap_or_default();
            Current {
                rid: row.get(0),
                version: number(1),
                updated: number(2),
                deleted: number(3) != 0.0,
                body: row.get(4),
                chunks: number(5),
            }
        }))
    }

    fn insert(&self, write: &Array, now: i64, sequence: i64) -> Result<(Array, JsValue), Stop> {
        let body = body(write, 1.0, now);
        let text = in_row(&body);
        let statement = "INSERT INTO resource(type, id, version, updated, created, committed, method, deleted, chunks, body)
                         VALUES(?1, ?2, 1, ?3, ?4, ?4, ?5, 0, 0, ?6) RETURNING rid";
        let row = self.database.row(
            statement,
            &[
                write.get(field::TYPE),
                write.get(field::ID),
                (now as f64).into(),
                (sequence as f64).into(),
                write.get(field::METHOD),
                text,
            ],
        )?;
        let rid = row.map(|row| row.get(0)).unwrap_or_default();
        self.put_chunks(&rid, 1.0, &body)?;
        self.put_index(write, &rid)?;
        self.announce(&rid, 1.0)?;
        Ok((result("created", 1.0, now as f64), rid))
    }

    fn update(
        &self,
        write: &Array,
        current: &Current,
        (now, sequence): (i64, i64),
    ) -> Result<Array, Stop> {
        if !current.deleted && self.is_same(write, current)? {
            return Ok(result("unchanged", current.version, current.updated));
        }
        let version = current.version + 1.0;
        self.keep_history(&current.rid)?;
        let body = body(write, version, now);
        let statement = "UPDATE resource SET version = ?, updated = ?, committed = ?, method = ?, deleted = 0, chunks = 0, body = ?
                         WHERE rid = ?";
        let text = in_row(&body);
        let values = [
            version.into(),
            (now as f64).into(),
            (sequence as f64).into(),
            write.get(field::METHOD),
            text,
            current.rid.clone(),
        ];
        self.database.run(statement, &values)?;
        self.put_chunks(&current.rid, version, &body)?;
        if !current.deleted {
            self.drop_index(&current.rid)?;
        }
        self.put_index(write, &current.rid)?;
        self.announce(&current.rid, version)?;
        Ok(result("updated", version, now as f64))
    }

    fn delete(
        &self,
        write: &Array,
        current: &Current,
        (now, sequence): (i64, i64),
    ) -> Result<Array, Stop> {
        let version = current.version + 1.0;
        self.keep_history(&current.rid)?;
        let statement = "UPDATE resource SET version = ?, updated = ?, committed = ?, method = ?, deleted = 1, chunks = 0, body = NULL
                         WHERE rid = ?";
        let values = [
            version.into(),
            (now as f64).into(),
            (sequence as f64).into(),
            write.get(field::METHOD),
            current.rid.clone(),
        ];
        self.database.run(statement, &values)?;
        self.drop_index(&current.rid)?;
        self.announce(&current.rid, version)?;
        Ok(result("deleted", version, now as f64))
    }

    /// Whether the content is what is current already: rendered at the current version and time,
    /// it is the same text.
    fn is_same(&self, write: &Array, current: &Current) -> Result<bool, JsValue> {
        let stored = if current.chunks > 0.0 {
            self.database
                .chunked(&current.rid, &current.version.into())?
                .into()
        } else {
            current.body.clone()
        };
        let candidate: JsValue = body(write, current.version, current.updated as i64).into();
        Ok(candidate == stored)
    }

    fn keep_history(&self, rid: &JsValue) -> Result<(), JsValue> {
        let statement = "INSERT INTO history(rid, version, updated, committed, method, chunks, body)
                         SELECT rid, version, updated, committed, method, chunks, body FROM resource WHERE rid = ?";
        self.database.run(statement, std::slice::from_ref(rid))
    }

    fn put_chunks(&self, rid: &JsValue, version: f64, body: &Text) -> Result<(), JsValue> {
        let chunks = self.database.put_chunks(body, rid, version)?;
        if chunks == 0 {
            return Ok(());
        }
        let statement = "UPDATE resource SET chunks = ? WHERE rid = ?";
        self.database.run(statement, &[chunks.into(), rid.clone()])
    }

    fn put_index(&self, write: &Array, rid: &JsValue) -> Result<(), JsValue> {
        for (field, _, insert) in INDEXES {
            let arrays: Array = write.get(field).unchecked_into();
            for rows in arrays.iter() {
                self.database
                    .run(insert, &[rid.clone(), unpack(rows).into()])?;
            }
        }
        Ok(())
    }

    fn drop_index(&self, rid: &JsValue) -> Result<(), JsValue> {
        INDEXES
            .iter()
            .try_for_each(|(_, delete, _)| self.database.run(delete, std::slice::from_ref(rid)))
    }

    /// Tells the outbox of a new version.
    fn announce(&self, rid: &JsValue, version: f64) -> Result<(), JsValue> {
        let statement = "INSERT INTO outbox(rid, version) VALUES(?, ?)";
        self.database.run(statement, &[rid.clone(), version.into()])
    }
}

fn check_version(if_match: Option<f64>, current: Option<&Current>, at: usize) -> Result<(), Stop> {
    match (if_match, current) {
        (None, _) => Ok(()),
        (Some(_), None) => Err(refuse("missing", at, 0.0)),
        (Some(wanted), Some(current)) if wanted == current.version => Ok(()),
        (Some(_), Some(current)) => Err(refuse("mismatch", at, current.version)),
    }
}

fn refuse(word: &str, at: usize, current: f64) -> Stop {
    let at = u32::try_from(at).unwrap_or(u32::MAX);
    Stop::Refused(Array::of3(&word.into(), &at.into(), &current.into()))
}

fn result(word: &str, version: f64, updated: f64) -> Array {
    Array::of3(&word.into(), &version.into(), &updated.into())
}

/// The body as the row holds it: nothing when it will stand in chunks.
fn in_row(body: &Text) -> JsValue {
    if is_chunked(body) {
        JsValue::NULL
    } else {
        body.clone().into()
    }
}

/// The text of a resource, version and time in their places.
fn body(write: &Array, version: f64, updated: i64) -> Text {
    let head = unpack(write.get(field::HEAD));
    let middle = format!("{version}{}{}", Rendered::BETWEEN, instant(updated));
    let body = head.concat(&middle.into());
    body.concat(&unpack(write.get(field::TAIL))).into()
}
