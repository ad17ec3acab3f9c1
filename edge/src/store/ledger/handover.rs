//! The OAuth state that the ledger held before it had shards of its own: each shard fetches its rows
//! at its birth, see `store/oauth/shard/takeover.rs`. Nothing else reads or writes these tables.

use super::Ledger;
use crate::store::oauth::shard_of;
use js_sys::{Array, JSON};
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;

/// How many rows one call looks at.
const SLICE: u32 = 1000;

/// A table that is handed over.
struct Table {
    /// Its rows in the order of their ids, after one id and so many at most. The id comes first.
    rows: &'static str,
    /// Deletes the rows with the ids of a JSON array.
    delete: &'static str,
}

const TABLES: [Table; 4] = [
    Table {
        rows: "SELECT id, expires FROM spent WHERE id > ? ORDER BY id LIMIT ?",
        delete: "DELETE FROM spent WHERE id IN (SELECT value FROM json_each(?))",
    },
    Table {
        rows: "SELECT id, generation, advanced, repeated, revoked, expires FROM authorization
            WHERE id > ? ORDER BY id LIMIT ?",
        delete: "DELETE FROM authorization WHERE id IN (SELECT value FROM json_each(?))",
    },
    Table {
        rows: "SELECT id, authorization, launch, scope, client, key, revoked, expires
            FROM access_token WHERE id > ? ORDER BY id LIMIT ?",
        delete: "DELETE FROM access_token WHERE id IN (SELECT value FROM json_each(?))",
    },
    Table {
        rows: "SELECT person, since, expires FROM signed_out
            WHERE person > ? ORDER BY person LIMIT ?",
        delete: "DELETE FROM signed_out WHERE person IN (SELECT value FROM json_each(?))",
    },
];

#[wasm_bindgen]
impl Ledger {
    /// Deletes the rows that a shard has stored (ids by table) and hands over the next of its rows,
    /// from where the last call came to (null: from the beginning): `[rows by table, where it came
    /// to, whether that is the end]`.
    ///
    /// # Errors
    /// What SQLite says.
    #[wasm_bindgen(js_name = handOver)]
    pub fn hand_over(&self, shard: u32, stored: &Array, after: &JsValue) -> Result<Array, JsValue> {
        let database = self.inner.platform();
        let after = after.dyn_ref::<Array>();
        let (first, mut id) = match after {
            Some(after) => (
                after.get(0).as_f64().unwrap_or_default() as usize,
                after.get(1),
            ),
            None => (0, "".into()),
        };
        database.transaction(|| {
            for (table, ids) in TABLES.iter().zip(stored.iter()) {
                if ids.unchecked_ref::<Array>().length() > 0 {
                    database.run(table.delete, &[JSON::stringify(&ids)?.into()])?;
                }
            }
            let handed_over: Array = TABLES.iter().map(|_| Array::new()).collect();
            let mut left = SLICE;
            for (at, table) in TABLES.iter().enumerate().skip(first) {
                let rows = database.rows(table.rows, &[id.clone(), left.into()])?;
                let of_table: Array = rows.iter().filter(|row| is_of(row, shard)).collect();
                handed_over.set(u32::try_from(at).unwrap_or(u32::MAX), of_table.into());
                if rows.length() == left {
                    let last: Array = rows.get(left.saturating_sub(1)).dyn_into()?;
                    let came_to = Array::of2(&(at as f64).into(), &last.get(0));
                    return Ok(Array::of3(&handed_over, &came_to, &false.into()));
                }
                left -= rows.length();
                id = "".into();
            }
            let end = Array::of2(&(TABLES.len() as f64).into(), &id);
            Ok(Array::of3(&handed_over, &end, &true.into()))
        })
    }
}

/// Whether a row belongs to a shard.
fn is_of(row: &JsValue, shard: u32) -> bool {
    let id = row.unchecked_ref::<Array>().get(0).as_string();
    id.is_some_and(|id| shard_of(&id) == shard)
}
