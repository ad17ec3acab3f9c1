//! What the store's engine answers: rows whose bodies stay behind [`Text`], and what they cost.

use super::text::Text;
use serde_json::Value;

/// What the storage calls of one request cost, and how far the store had come.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Charge {
    /// The commit sequence after the last call.
    pub(crate) sequence: i64,
    pub(crate) rows_read: i64,
    pub(crate) rows_written: i64,
}

/// What the rows of a query hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rows {
    /// No bodies.
    Plain,
    /// Resources: the last four columns are rid, version, body and chunks.
    WithBodies,
}

/// What a query found.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) rows: Vec<Row>,
    /// Whether rows were left out because the answer would have become too long.
    pub(super) is_cut: bool,
}

/// One row of an answer.
#[derive(Debug)]
pub(super) struct Row {
    columns: Vec<Value>,
    /// The resource's JSON text.
    pub(super) body: Option<Text>,
}

impl Row {
    pub(super) fn new(columns: Vec<Value>, body: Option<Text>) -> Self {
        Self { columns, body }
    }

    /// An integer column; 0 when it holds none.
    pub(super) fn integer(&self, column: usize) -> i64 {
        let value = self.columns.get(column);
        let number =
            value.and_then(|value| value.as_i64().or_else(|| value.as_f64().map(|n| n as i64)));
        number.unwrap_or_default()
    }

    /// A text column, or an integer one as text; `None` when it is null.
    pub(super) fn text(&self, column: usize) -> Option<String> {
        match self.columns.get(column)? {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        }
    }
}

/// What one way of a plan found.
#[derive(Debug)]
pub(super) struct Reply {
    /// Which way was taken.
    pub(super) way: usize,
    pub(super) rows: Vec<Row>,
    /// Whether rows were left out because the answer would have become too long.
    pub(super) is_cut: bool,
    /// The last candidate of the window; `None` when the way ended within it.
    pub(super) edge: Option<Row>,
}
