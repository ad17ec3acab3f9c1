//! SQLite itself, in memory, for native tests. It counts rows found where the platform counts rows
//! read.

use crate::store::text::Text;
use rusqlite::params_from_iter;
use rusqlite::types::Value as Held;
use std::cell::Cell;
use std::ops::ControlFlow;

/// What went wrong, in words.
pub(in crate::store) type Failure = String;

fn failure(error: rusqlite::Error) -> Failure {
    error.to_string()
}

/// A value of a statement or a row.
#[derive(Clone, Debug)]
pub(in crate::store) struct Value(Held);

impl Value {
    pub(in crate::store) fn null() -> Self {
        Self(Held::Null)
    }

    pub(in crate::store) fn integer(&self) -> Option<i64> {
        match self.0 {
            Held::Integer(number) => Some(number),
            Held::Real(number) => Some(number as i64),
            _ => None,
        }
    }

    pub(in crate::store) fn text(&self) -> Option<Text> {
        match &self.0 {
            Held::Text(text) => Some(text.as_str().into()),
            _ => None,
        }
    }

    pub(in crate::store) fn bytes(&self) -> Vec<u8> {
        match &self.0 {
            Held::Blob(bytes) => bytes.clone(),
            _ => Vec::new(),
        }
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self(number.into())
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self(text.to_owned().into())
    }
}

impl From<Text> for Value {
    fn from(text: Text) -> Self {
        Self(String::from(text).into())
    }
}

impl From<&[u8]> for Value {
    fn from(bytes: &[u8]) -> Self {
        Self(bytes.to_vec().into())
    }
}

/// The values of a statement.
#[derive(Clone, Debug, Default)]
pub(in crate::store) struct Values(Vec<Value>);

impl Values {
    /// The same with one more in front.
    pub(in crate::store) fn with_first(&self, value: impl Into<Value>) -> Self {
        let first = std::iter::once(value.into());
        Self(first.chain(self.0.iter().cloned()).collect())
    }

    /// The same with one more at the end.
    pub(in crate::store) fn with_last(&self, value: impl Into<Value>) -> Self {
        let last = std::iter::once(value.into());
        Self(self.0.iter().cloned().chain(last).collect())
    }
}

impl FromIterator<Value> for Values {
    fn from_iter<I: IntoIterator<Item = Value>>(values: I) -> Self {
        Self(values.into_iter().collect())
    }
}

impl<const N: usize> From<[Value; N]> for Values {
    fn from(values: [Value; N]) -> Self {
        values.into_iter().collect()
    }
}

/// A row.
#[derive(Clone, Debug)]
pub(in crate::store) struct Row(Vec<Value>);

impl Row {
    pub(in crate::store) fn columns(&self) -> usize {
        self.0.len()
    }

    pub(in crate::store) fn get(&self, column: usize) -> Value {
        self.0.get(column).cloned().unwrap_or_else(Value::null)
    }

    pub(in crate::store) fn set(&mut self, column: usize, value: impl Into<Value>) {
        if let Some(place) = self.0.get_mut(column) {
            *place = value.into();
        }
    }
}

/// Rows, in their order.
#[derive(Clone, Debug)]
pub(in crate::store) struct Found(Vec<Row>);

impl Found {
    pub(in crate::store) fn new() -> Self {
        Self(Vec::new())
    }

    pub(in crate::store) fn push(&mut self, row: Row) {
        self.0.push(row);
    }

    pub(in crate::store) fn len(&self) -> usize {
        self.0.len()
    }

    pub(in crate::store) fn first(&self) -> Option<Row> {
        self.0.first().cloned()
    }

    pub(in crate::store) fn iter(&self) -> impl Iterator<Item = Row> {
        self.0.iter().cloned()
    }
}

/// A database in memory.
pub(in crate::store) struct Connection {
    connection: rusqlite::Connection,
    read: Cell<i64>,
    written: Cell<i64>,
    /// How many transactions are open, one inside the other.
    depth: Cell<u32>,
}

impl Connection {
    pub(in crate::store) fn in_memory() -> Result<Self, Failure> {
        Ok(Self {
            connection: rusqlite::Connection::open_in_memory().map_err(failure)?,
            read: Cell::default(),
            written: Cell::default(),
            depth: Cell::default(),
        })
    }

    /// Runs statements without values for their effect.
    pub(in crate::store) fn script(&self, statements: &str) -> Result<(), Failure> {
        self.connection.execute_batch(statements).map_err(failure)
    }

    /// Runs a statement; what it finds and writes is added to the charge.
    pub(super) fn rows(&self, statement: Text, values: &Values) -> Result<Found, Failure> {
        let before = self.connection.total_changes();
        let (rows, read) = self.select(statement, values)?;
        let written = self.connection.total_changes() - before;
        self.read.set(self.read.get() + read);
        self.written.set(self.written.get() + written as i64);
        Ok(rows)
    }

    /// Runs a SELECT; its rows, and how many were found.
    pub(super) fn select(&self, statement: Text, values: &Values) -> Result<(Found, i64), Failure> {
        let mut rows = Found::new();
        let read = self.each(statement, values, |row| {
            rows.push(row);
            Ok(ControlFlow::Continue(()))
        })?;
        Ok((rows, read))
    }

    /// Runs a SELECT and shows its rows one by one until told to stop; how many were found.
    pub(super) fn each(
        &self,
        statement: Text,
        values: &Values,
        mut show: impl FnMut(Row) -> Result<ControlFlow<()>, Failure>,
    ) -> Result<i64, Failure> {
        let mut statement = self
            .connection
            .prepare(&String::from(statement))
            .map_err(failure)?;
        let columns = statement.column_count();
        let values: Vec<Held> = values.0.iter().map(|v| v.0.clone()).collect();
        let mut rows = statement.query(params_from_iter(values)).map_err(failure)?;
        let mut read = 0;
        while let Some(row) = rows.next().map_err(failure)? {
            read += 1;
            let columns = (0..columns).map(|at| row.get(at).map(Value));
            let columns: Result<_, _> = columns.collect();
            if show(Row(columns.map_err(failure)?))?.is_break() {
                break;
            }
        }
        Ok(read)
    }

    /// Runs `body` in a transaction, or a savepoint of the one that runs: an error undoes it.
    pub(super) fn transaction<T>(
        &self,
        mut body: impl FnMut() -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let depth = self.depth.get();
        self.script(&format!("SAVEPOINT s{depth}"))?;
        self.depth.set(depth + 1);
        let result = body();
        self.depth.set(depth);
        if result.is_err() {
            self.script(&format!("ROLLBACK TO s{depth}"))?;
        }
        self.script(&format!("RELEASE s{depth}"))?;
        result
    }

    /// Rows found and written since the last call.
    pub(super) fn take_charge(&self) -> (i64, i64) {
        (self.read.take(), self.written.take())
    }
}
