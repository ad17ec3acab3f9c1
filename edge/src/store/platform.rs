//! SQLite of a Durable Object, as the runtime offers it: statements with values, rows as arrays,
//! transactions that undo everything when their body fails.

use crate::binding::{SqlCursor, SqlStorage, Storage, collect};
use js_sys::{Array, Promise};
use std::cell::Cell;
use wasm_bindgen::{JsCast, JsValue};

pub(super) struct Database {
    storage: Storage,
    sql: SqlStorage,
    rows_read: Cell<f64>,
    rows_written: Cell<f64>,
}

impl Database {
    pub(super) fn new(storage: Storage) -> Self {
        let sql = storage.sql();
        Self {
            storage,
            sql,
            rows_read: Cell::new(0.0),
            rows_written: Cell::new(0.0),
        }
    }

    /// Begins a statement; what it reads is not charged.
    pub(super) fn begin(&self, statement: &JsValue, values: &Array) -> Result<SqlCursor, JsValue> {
        self.sql.exec(statement, values)
    }

    /// Runs a statement; its rows, each an array.
    pub(super) fn execute(&self, statement: &JsValue, values: &Array) -> Result<Array, JsValue> {
        let cursor = self.begin(statement, values)?;
        let rows = collect(&cursor.raw()?)?;
        self.rows_read
            .set(self.rows_read.get() + cursor.rows_read());
        self.rows_written
            .set(self.rows_written.get() + cursor.rows_written());
        Ok(rows)
    }

    /// Runs a statement; its rows, each an array.
    pub(super) fn rows(&self, statement: &str, values: &[JsValue]) -> Result<Array, JsValue> {
        self.execute(&statement.into(), &values.iter().collect())
    }

    /// Runs a statement for its effect.
    pub(super) fn run(&self, statement: &str, values: &[JsValue]) -> Result<(), JsValue> {
        self.rows(statement, values).map(|_| ())
    }

    /// The first row.
    pub(super) fn row(
        &self,
        statement: &str,
        values: &[JsValue],
    ) -> Result<Option<Array>, JsValue> {
        Ok(self.rows(statement, values)?.get(0).dyn_into().ok())
    }

    /// The number in the first row.
    pub(super) fn number(&self, statement: &str, values: &[JsValue]) -> Result<i64, JsValue> {
        let row = self.row(statement, values)?;
        let number = row.and_then(|row| row.get(0).as_f64());
        number
            .map(|number| number as i64)
            .ok_or_else(|| JsValue::from("the query has no number"))
    }

    /// Runs `body` in a transaction (or a savepoint of the one that runs): an error undoes it.
    pub(super) fn transaction<T>(
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
    #[cfg(target_arch = "wasm32")]
    pub(super) fn sync(&self) -> Result<Promise, JsValue> {
        self.storage.sync()
    }

    pub(super) fn set_alarm(&self, time: f64) -> Result<Promise, JsValue> {
        self.storage.set_alarm(time)
    }

    /// Rows read and written since the last call.
    #[cfg(target_arch = "wasm32")]
    pub(super) fn take_charge(&self) -> (f64, f64) {
        (self.rows_read.take(), self.rows_written.take())
    }
}
