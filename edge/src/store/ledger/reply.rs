//! The ledger's answer to a query: one text, because a string crosses from isolate to isolate
//! several times faster than arrays of arrays do.
//!
//! The first line is JSON: `[sequence, rows read, rows, is cut, way, edge]`; the last two are of a
//! search and null elsewhere. In rows with bodies the body column
//! holds the body's length in UTF-16 units (null: no body), and the bodies follow the line, one
//! after the other. Rows whose bodies would make the answer too long are left out, and `is cut`
//! says so. `store/partition.rs` reads it.

use super::database::Selected;
use crate::store::large_text::pack;
use js_sys::{Array, JSON, JsString};
use wasm_bindgen::{JsCast, JsValue};

/// How a search went.
pub(super) struct Taken {
    /// Which way was taken.
    pub(super) way: u32,
    /// The last candidate of its window.
    pub(super) edge: Option<Array>,
}

/// Writes the answer. With `with_bodies` the last but one column of each row is a body.
pub(super) fn reply(
    sequence: i64,
    selected: &Selected,
    with_bodies: bool,
    taken: Option<&Taken>,
) -> Result<JsValue, JsValue> {
    let Selected { rows, read, is_cut } = selected;
    let parts = Array::of1(&JsValue::NULL);
    if with_bodies {
        for row in rows.iter() {
            let row: Array = row.unchecked_into();
            let column = row.length().saturating_sub(2);
            if let Ok(body) = row.get(column).dyn_into::<JsString>() {
                row.set(column, body.length().into());
                parts.push(&body);
            }
        }
    }
    let sequence = JsValue::from(sequence as f64);
    let head = Array::of4(&sequence, &(*read).into(), rows, &(*is_cut).into());
    let edge = taken.and_then(|taken| taken.edge.clone());
    head.push(&taken.map_or(JsValue::NULL, |taken| taken.way.into()));
    head.push(&edge.map_or(JsValue::NULL, JsValue::from));
    let head = JSON::stringify(&head)?;
    parts.set(0, head.concat(&"\n".into()).into());
    Ok(pack(parts.join("")))
}
