//! The ledger's answer to a query: one text, because a string crosses from isolate to isolate
//! several times faster than arrays of arrays do.
//!
//! The first line is JSON: `[sequence, rows read, rows]`. In rows with bodies the body column
//! holds the body's length in UTF-16 units (null: no body), and the bodies follow the line, one
//! after the other. `store/partition.rs` reads it.

use js_sys::{Array, JSON, JsString};
use wasm_bindgen::{JsCast, JsValue};

/// Writes the answer. With `with_bodies` the last but one column of each row is a body.
pub(super) fn reply(
    sequence: i64,
    rows_read: f64,
    rows: &Array,
    with_bodies: bool,
) -> Result<JsString, JsValue> {
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
    let head = Array::of3(&(sequence as f64).into(), &rows_read.into(), rows);
    let head = JSON::stringify(&head)?;
    parts.set(0, head.concat(&"\n".into()).into());
    Ok(parts.join(""))
}
