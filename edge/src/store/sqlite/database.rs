//! Statements on the database, and bodies that are too long for one row.

use super::{Connection, Failure, Found, Row, Value, Values};
use crate::store::text::Text;
use std::ops::ControlFlow;

/// Text longer than this many UTF-16 units is cut into chunks: a row can hold 2 MB, and a unit
/// is at most three bytes.
pub(super) const CHUNK: u32 = 600_000;

/// How many UTF-16 units of bodies an answer holds, unless it is one body alone: at three bytes
/// each they stay below what a call carries.
const UNITS: u32 = 6_000_000;

/// How many rows the statements of one call read before the rest of them has to wait.
const ROWS: i64 = 20_000;

/// What the statements of one call may still find.
#[derive(Clone, Copy, Debug)]
pub(in crate::store) struct Budget {
    units: u32,
    rows: i64,
    is_untouched: bool,
}

impl Budget {
    pub(in crate::store) fn new() -> Self {
        Self {
            units: UNITS,
            rows: ROWS,
            is_untouched: true,
        }
    }

    /// Room for so many UTF-16 units.
    pub(super) fn of(units: u32) -> Self {
        Self {
            units,
            ..Self::new()
        }
    }

    /// Whether another statement may be run.
    pub(in crate::store) fn is_left(&self) -> bool {
        self.is_untouched || (self.units > 0 && self.rows > 0)
    }
}

/// What a SELECT found.
pub(in crate::store) struct Selected {
    pub(in crate::store) rows: Found,
    /// How many rows were read for them.
    pub(in crate::store) read: i64,
    /// Whether rows were left out because their bodies would have become too long.
    pub(in crate::store) is_cut: bool,
}

/// The database of a store.
pub(in crate::store) struct Database(Connection);

impl Database {
    pub(super) fn new(connection: Connection) -> Self {
        Self(connection)
    }

    #[cfg(target_arch = "wasm32")]
    pub(in crate::store) fn connection(&self) -> &Connection {
        &self.0
    }

    #[cfg(test)]
    pub(super) fn close(self) -> Connection {
        self.0
    }

    /// Runs statements without values for their effect.
    pub(in crate::store) fn script(&self, statements: &str) -> Result<(), Failure> {
        self.0.script(statements)
    }

    /// Runs a statement.
    pub(in crate::store) fn rows(
        &self,
        statement: impl Into<Text>,
        values: impl Into<Values>,
    ) -> Result<Found, Failure> {
        self.0.rows(statement.into(), &values.into())
    }

    /// Runs a statement for its effect.
    pub(in crate::store) fn run(
        &self,
        statement: impl Into<Text>,
        values: impl Into<Values>,
    ) -> Result<(), Failure> {
        self.rows(statement, values).map(|_| ())
    }

    /// The first row.
    pub(in crate::store) fn row(
        &self,
        statement: impl Into<Text>,
        values: impl Into<Values>,
    ) -> Result<Option<Row>, Failure> {
        Ok(self.rows(statement, values)?.first())
    }

    /// The number in the first row; `None` without one.
    pub(in crate::store) fn number(
        &self,
        statement: impl Into<Text>,
        values: impl Into<Values>,
    ) -> Result<Option<i64>, Failure> {
        let row = self.row(statement, values)?;
        Ok(row.and_then(|row| row.get(0).integer()))
    }

    /// Runs `body` in a transaction, or a savepoint of the one that runs: an error undoes it.
    pub(in crate::store) fn transaction<T>(
        &self,
        body: impl FnMut() -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        self.0.transaction(body)
    }

    /// Rows read and written since the last call.
    pub(super) fn take_charge(&self) -> (i64, i64) {
        self.0.take_charge()
    }

    /// Runs a SELECT without bodies.
    pub(in crate::store) fn select(
        &self,
        statement: Text,
        values: &Values,
    ) -> Result<Selected, Failure> {
        let (rows, read) = self.0.select(statement, values)?;
        Ok(Selected {
            rows,
            read,
            is_cut: false,
        })
    }

    /// Runs a SELECT whose last four columns are rid, version, body and chunks. Bodies that were cut
    /// are whole again, and rows are read only until their bodies are as long as an answer can be:
    /// what does not fit is never in memory.
    pub(in crate::store) fn select_bodies(
        &self,
        statement: Text,
        values: &Values,
    ) -> Result<Selected, Failure> {
        self.select_within(statement, values, true, &mut Budget::new())
    }

    /// Runs one of several SELECTs that share a budget. The first row of the first is found however
    /// long it is.
    pub(in crate::store) fn select_within(
        &self,
        statement: Text,
        values: &Values,
        with_bodies: bool,
        budget: &mut Budget,
    ) -> Result<Selected, Failure> {
        if !with_bodies {
            let selected = self.select(statement, values)?;
            budget.spend(0, selected.read);
            return Ok(selected);
        }
        let mut rows = Found::new();
        let mut is_cut = false;
        let read = self.0.each(statement, values, |mut row| {
            let chunks = row.columns().saturating_sub(1);
            if row.get(chunks).integer().is_some_and(|chunks| chunks > 0) {
                let body = self.chunked(row.get(chunks - 3), row.get(chunks - 2))?;
                row.set(chunks - 1, body);
            }
            let units = row.get(chunks - 1).text().map_or(0, |body| body.units());
            is_cut = units > budget.units && !budget.is_untouched;
            if is_cut {
                return Ok(ControlFlow::Break(()));
            }
            budget.spend(units, 1);
            rows.push(row);
            Ok(ControlFlow::Continue(()))
        })?;
        budget.spend(0, read.saturating_sub(rows.len() as i64));
        Ok(Selected { rows, read, is_cut })
    }

    /// A body that stands in chunks.
    pub(super) fn chunked(&self, rid: Value, version: Value) -> Result<Text, Failure> {
        let statement = "SELECT text FROM chunk WHERE rid = ? AND version = ? ORDER BY n";
        let parts = self.rows(statement, [rid, version])?;
        Ok(Text::join(parts.iter().filter_map(|row| row.get(0).text())))
    }

    /// Keeps a body that is too long for one row; how many chunks it took, 0 for a short one.
    pub(super) fn put_chunks(&self, body: &Text, rid: i64, version: i64) -> Result<i64, Failure> {
        let length = body.units();
        if length <= CHUNK {
            return Ok(0);
        }
        let (mut start, mut count) = (0, 0);
        while start < length {
            let mut end = length.min(start + CHUNK);
            if end < length && body.cuts_character(end) {
                end -= 1;
            }
            let statement = "INSERT INTO chunk(rid, version, n, text) VALUES(?, ?, ?, ?)";
            let text = body.substring(start, end);
            let values = [rid.into(), version.into(), count.into(), text.into()];
            self.run(statement, values)?;
            (start, count) = (end, count + 1);
        }
        Ok(count)
    }
}

impl Budget {
    fn spend(&mut self, units: u32, rows: i64) {
        self.units = self.units.saturating_sub(units);
        self.rows = self.rows.saturating_sub(rows);
        self.is_untouched &= units == 0 && rows == 0;
    }
}
