//! The ledger's answer to a query: one text, because a string crosses from isolate to isolate
//! several times faster than arrays of arrays do.
//!
//! The first line is JSON: `[sequence, rows read, rows, is cut]`. In rows with bodies the body column
//! holds the body's length in UTF-16 units (null: no body), and the bodies follow the line, one
//! after the other. Rows whose bodies would make the answer too long are left out, and `is cut`
//! says so. `store/partition.rs` reads it.

use crate::store::large_text::pack;
use js_sys::{Array, JSON, JsString};
use wasm_bindgen::{JsCast, JsValue};

/// How many UTF-16 units of bodies an answer holds, unless it is one body alone: at three bytes
/// each they stay below what a call carries.
const UNITS: u32 = 6_000_000;

/// Writes the answer. With `with_bodies` the last but one column of each row is a body.
pub(super) fn reply(
    sequence: i64,
    rows_read: f64,
    rows: &Array,
    with_bodies: bool,
) -> Result<JsValue, JsValue> {
    let parts = Array::of1(&JsValue::NULL);
    let mut kept = rows.length();
    if with_bodies {
        let mut units = 0;
        for (at, row) in (0..).zip(rows.iter()) {
            let row: Array = row.unchecked_into();
            let column = row.length().saturating_sub(2);
            let Ok(body) = row.get(column).dyn_into::<JsString>() else {
                continue;
            };
            units += body.length();
            if at > 0 && units > UNITS {
                kept = at;
                break;
            }
            row.set(column, body.length().into());
            parts.push(&body);
        }
    }
    let is_cut = kept < rows.length();
    let rows = rows.slice(0, kept);
    let head = Array::of4(
        &(sequence as f64).into(),
        &rows_read.into(),
        &rows,
        &is_cut.into(),
    );
    let head = JSON::stringify(&head)?;
    parts.set(0, head.concat(&"\n".into()).into());
    Ok(pack(parts.join("")))
}
