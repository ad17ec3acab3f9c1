//! SQLite of a Durable Object: statements with values, rows as arrays, transactions that undo
//! everything when their body fails.

use crate::binding::{SqlStorage, Storage, collect};
use crate::store::text::Text;
use js_sys::{Array, JsString, Promise};
use std::cell::Cell;
use wasm_bindgen::{JsCast, JsValue};

/// Text longer than this many UTF-16 units is cut into chunks: a row can hold 2 MB, and a unit
/// is at most three bytes.
const CHUNK: u32 = 600_000;

/// How many UTF-16 units of bodies an answer holds, unless it is one body alone: at three bytes
/// each they stay below what a call carries.
const UNITS: u32 = 6_000_000;

/// What a SELECT found.
pub(super) struct Selected {
    /// The rows, each an array.
    pub(super) rows: Array,
    /// How many rows were read for them.
    pub(super) read: f64,
    /// Whether rows were left out because their bodies would have become too long.
    pub(super) is_cut: bool,
}

/// Whether a body is too long for one row.
pub(super) fn is_chunked(body: &Text) -> bool {
    body.units() > CHUNK
}

pub(in crate::store) struct Database {
    storage: Storage,
    sql: SqlStorage,
    rows_read: Cell<f64>,
    rows_written: Cell<f64>,
}

impl Database {
    pub(in crate::store) fn new(storage: Storage) -> Self {
        let sql = storage.sql();
        Self {
            storage,
            sql,
            rows_read: Cell::new(0.0),
            rows_written: Cell::new(0.0),
        }
    }

    /// Runs a statement; its rows, each an array.
    pub(in crate::store) fn rows(
        &self,
        statement: &str,
        values: &[JsValue],
    ) -> Result<Array, JsValue> {
        let values: Array = values.iter().collect();
        let cursor = self.sql.exec(&statement.into(), &values)?;
        let rows = collect(&cursor.raw()?)?;
        self.rows_read
            .set(self.rows_read.get() + cursor.rows_read());
        self.rows_written
            .set(self.rows_written.get() + cursor.rows_written());
        Ok(rows)
    }

    /// Runs a statement for its effect.
    pub(in crate::store) fn run(&self, statement: &str, values: &[JsValue]) -> Result<(), JsValue> {
        self.rows(statement, values).map(|_| ())
    }

    /// The first row.
    pub(in crate::store) fn row(
        &self,
        statement: &str,
        values: &[JsValue],
    ) -> Result<Option<Array>, JsValue> {
        Ok(self.rows(statement, values)?.get(0).dyn_into().ok())
    }

    /// The number in the first row.
    pub(in crate::store) fn number(
        &self,
        statement: &str,
        values: &[JsValue],
    ) -> Result<i64, JsValue> {
        let row = self.row(statement, values)?;
        let number = row.and_then(|row| row.get(0).as_f64());
        number
            .map(|number| number as i64)
            .ok_or_else(|| JsValue::from("the query has no number"))
    }

    /// Runs a SELECT. With `with_bodies` the last four columns are rid, version, body and chunks;
    /// bodies that were cut are whole again, and rows are read only until their bodies are as long
    /// as an answer can be: what does not fit is never in memory.
    pub(super) fn select(
        &self,
        statement: &str,
        values: &Array,
        with_bodies: bool,
    ) -> Result<Selected, JsValue> {
        let cursor = self.sql.exec(&statement.into(), values)?;
        if !with_bodies {
            let rows = collect(&cursor.raw()?)?;
            let read = cursor.rows_read();
            return Ok(Selected {
                rows,
                read,
                is_cut: false,
            });
        }
        let iterator: js_sys::Iterator = cursor.raw()?.unchecked_into();
        let rows = Array::new();
        let mut units = 0;
        let mut is_cut = false;
        loop {
            let next = iterator.next()?;
            if next.done() {
                break;
            }
            let row: Array = next.value().unchecked_into();
            let chunks = row.length().saturating_sub(1);
            if row.get(chunks).as_f64().is_some_and(|chunks| chunks > 0.0) {
                let (rid, version) = (row.get(chunks - 3), row.get(chunks - 2));
                row.set(chunks - 1, self.chunked(&rid, &version)?.into());
            }
            if let Ok(body) = row.get(chunks - 1).dyn_into::<JsString>() {
                units += body.length();
            }
            is_cut = units > UNITS && rows.length() > 0;
            if is_cut {
                break;
            }
            rows.push(&row);
        }
        Ok(Selected {
            rows,
            read: cursor.rows_read(),
            is_cut,
        })
    }

    /// A body that stands in chunks.
    pub(super) fn chunked(&self, rid: &JsValue, version: &JsValue) -> Result<JsString, JsValue> {
        let statement = "SELECT text FROM chunk WHERE rid = ? AND version = ? ORDER BY n";
        let parts = self.rows(statement, &[rid.clone(), version.clone()])?;
        let parts: Array = parts
            .iter()
            .map(|row| row.unchecked_into::<Array>().get(0))
            .collect();
        Ok(parts.join(""))
    }

    /// Keeps a body that is too long for one row; how many chunks it took, 0 for a short one.
    pub(super) fn put_chunks(
        &self,
        body: &Text,
        rid: &JsValue,
        version: f64,
    ) -> Result<u32, JsValue> {
        if !is_chunked(body) {
            return Ok(0);
        }
        let length = body.units();
        let (mut start, mut count) = (0, 0);
        while start < length {
            let mut end = length.min(start + CHUNK);
            if end < length && body.cuts_character(end) {
                end -= 1;
            }
            let statement = "INSERT INTO chunk(rid, version, n, text) VALUES(?, ?, ?, ?)";
            let text = body.substring(start, end);
            self.run(
                statement,
                &[rid.clone(), version.into(), count.into(), text.into()],
            )?;
            (start, count) = (end, count + 1);
        }
        Ok(count)
    }

    /// Runs `body` in a transaction (or a savepoint of the one that runs): an error undoes it.
    pub(in crate::store) fn transaction<T>(
        &self,
        mut body: impl FnMut() -> Result<T, JsValue>,
    ) -> Result<T, JsValue> {
        let mut result = None;
        let ended = self.storage.transaction_sync(&mut || {
            let outcome = body();
            let ended = outcome
                .as_ref()
                .map(|_| JsValue::UNDEFINED)
                .map_err(Clone::clone);
            result = Some(outcome);
            ended
        });
        match result {
            Some(result) => ended.and(result),
            None => Err(ended
                .err()
                .unwrap_or_else(|| "the transaction did not run".into())),
        }
    }

    /// Settles when all that was written is on disk.
    pub(super) fn sync(&self) -> Result<Promise, JsValue> {
        self.storage.sync()
    }

    pub(in crate::store) fn set_alarm(&self, time: f64) -> Result<Promise, JsValue> {
        self.storage.set_alarm(time)
    }

    /// Rows read and written since the last call.
    pub(super) fn take_charge(&self) -> (f64, f64) {
        (self.rows_read.take(), self.rows_written.take())
    }
}
