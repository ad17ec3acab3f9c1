//! The ledger's answer to a query: one text, because a string crosses from isolate to isolate
//! several times faster than arrays of arrays do.
//!
//! The first line is JSON: `[sequence, rows read, rows, is cut, way, edge]`; the last two are of a
//! search and null elsewhere. In rows with bodies the body column
//! holds the body's length in UTF-16 units (null: no body), and the bodies follow the line, one
//! after the other. Rows whose bodies would make the answer too long are left out, and `is cut`
//! says so. `store/by_ledger/query.rs` reads it.

use crate::store::large_text::pack;
use crate::store::sqlite::{Selected, Taken};
use js_sys::{Array, JSON, JsString};
use wasm_bindgen::{JsCast, JsValue};

/// The answer to a query. With `with_bodies` the last but one column of each row is a body.
pub(super) fn of_query(
    sequence: i64,
    selected: &Selected,
    with_bodies: bool,
) -> Result<JsValue, JsValue> {
    reply(
        sequence,
        selected,
        with_bodies,
        [JsValue::NULL, JsValue::NULL],
    )
}

/// The answer to a search.
pub(super) fn of_search(
    sequence: i64,
    taken: Taken,
    with_bodies: bool,
) -> Result<JsValue, JsValue> {
    let edge = taken.edge.map_or(JsValue::NULL, JsValue::from);
    let way = JsValue::from_f64(taken.way as f64);
    reply(sequence, &taken.selected, with_bodies, [way, edge])
}

fn reply(
    sequence: i64,
    Selected { rows, read, is_cut }: &Selected,
    with_bodies: bool,
    search: [JsValue; 2],
) -> Result<JsValue, JsValue> {
    let rows: &Array = rows.as_ref();
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
    let [sequence, read] = [sequence, *read].map(|number| JsValue::from_f64(number as f64));
    let head = Array::of4(&sequence, &read, rows, &(*is_cut).into());
    for part in &search {
        head.push(part);
    }
    let head = JSON::stringify(&head)?;
    parts.set(0, head.concat(&"\n".into()).into());
    Ok(pack(parts.join("")))
}
