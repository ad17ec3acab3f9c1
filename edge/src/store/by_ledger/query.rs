//! Statements on their way to the ledger, and its answers to them.

use crate::error::Error;
use crate::store::answer::{Charge, Reply, Row, Rows};
use crate::store::text::Text;
use fhir::sql::{Size, Sql, Way};
use js_sys::{Array, JsString};
use serde_json::Value;
use wasm_bindgen::JsValue;

/// The positions in the array that a way travels as.
#[cfg(target_arch = "wasm32")]
pub(in crate::store) mod way {
    pub(in crate::store) const SIZE: u32 = 0;
    pub(in crate::store) const SIZE_VALUES: u32 = 1;
    pub(in crate::store) const MOST: u32 = 2;
    pub(in crate::store) const FOUND: u32 = 3;
    pub(in crate::store) const FOUND_VALUES: u32 = 4;
    pub(in crate::store) const EDGE: u32 = 5;
    pub(in crate::store) const EDGE_VALUES: u32 = 6;
    pub(in crate::store) const LIMIT: u32 = 7;
}

/// The values of a statement.
pub(super) fn values(statement: &Sql) -> Array {
    statement.binds.iter().map(JsValue::from).collect()
}

/// A statement as it travels among others: `[text, values]`.
pub(super) fn packed(statement: &Sql) -> Array {
    Array::of2(&statement.text.as_str().into(), &values(statement))
}

/// The text and the values of a statement, or two nulls.
pub(super) fn statement(sql: Option<&Sql>) -> [JsValue; 2] {
    match sql {
        Some(sql) => [sql.text.as_str().into(), values(sql).into()],
        None => [JsValue::NULL, JsValue::NULL],
    }
}

/// A way as it travels. The size is a statement, or 0 for few and 1 for unknown.
pub(super) fn packed_way(way: &Way) -> Array {
    let [size, size_values] = match &way.size {
        Size::Few => [0.into(), JsValue::NULL],
        Size::Counted(sql) => statement(Some(sql)),
        Size::Unknown => [1.into(), JsValue::NULL],
    };
    let [found, found_values] = statement(Some(&way.found));
    let [edge, edge_values] = statement(way.edge.as_ref());
    // In the order of `way`.
    [
        size,
        size_values,
        (way.most as f64).into(),
        found,
        found_values,
        edge,
        edge_values,
        (way.limit as f64).into(),
    ]
    .into_iter()
    .collect()
}

/// The first line of an answer: sequence, rows read, rows, whether it is cut, and of a search the
/// way and the edge.
type Head = (
    f64,
    f64,
    Vec<Vec<Value>>,
    bool,
    Option<usize>,
    Option<Vec<Value>>,
);

/// Reads what `ledger/reply.rs` writes.
pub(super) fn read(reply: JsString, rows: Rows) -> Result<(Charge, Reply), Error> {
    let end = u32::try_from(reply.index_of("\n", 0)).unwrap_or_default();
    let head = String::from(reply.substring(0, end));
    let head: Head = serde_json::from_str(&head)
        .map_err(|error| Error::Bug(format!("the ledger's answer: {error}")))?;
    let (sequence, rows_read, columns, is_cut, way, edge) = head;
    let charge = Charge {
        sequence: sequence as i64,
        rows_read: rows_read as i64,
        rows_written: 0,
    };
    let reply = Text::from(reply);
    let mut start = end + 1;
    let rows = columns.into_iter().map(|columns| {
        let length = match rows {
            Rows::WithBodies => columns.iter().rev().nth(1).and_then(Value::as_u64),
            Rows::Plain => None,
        };
        let body = length
            .and_then(|length| u32::try_from(length).ok())
            .map(|length| {
                let body = reply.substring(start, start + length);
                start += length;
                body
            });
        Row::new(columns, body)
    });
    let answer = Reply {
        way: way.unwrap_or_default(),
        rows: rows.collect(),
        is_cut,
        edge: edge.map(|columns| Row::new(columns, None)),
    };
    Ok((charge, answer))
}
