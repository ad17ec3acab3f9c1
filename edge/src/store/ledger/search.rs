//! Takes the shortest of the ways that a search offers. `store/partition.rs` packs them.

use super::Ledger;
use super::database::Database;
use super::reply::{self, Taken};
use js_sys::Array;
use wasm_bindgen::prelude::*;

/// Up to how many resources of each way are counted to find the shortest.
const COUNTED: f64 = 10_000.0;
/// A way through so few resources is taken at once.
const FEW: f64 = 100.0;

/// The positions in the array that a way travels as.
mod field {
    pub(super) const SIZE: u32 = 0;
    pub(super) const SIZE_VALUES: u32 = 1;
    pub(super) const MOST: u32 = 2;
    pub(super) const FOUND: u32 = 3;
    pub(super) const FOUND_VALUES: u32 = 4;
    pub(super) const EDGE: u32 = 5;
    pub(super) const EDGE_VALUES: u32 = 6;
    pub(super) const LIMIT: u32 = 7;
}

#[wasm_bindgen]
impl Ledger {
    /// Runs the shortest way. Where it is continued in windows and its page is not full, the last
    /// candidate of the window is part of the answer; `reply.rs` tells its form.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn search(&self, ways: &Array, with_bodies: bool) -> Result<JsValue, JsValue> {
        let database = &self.inner.database;
        let (taken, counted) = shortest(database, ways)?;
        let way: Array = ways.get(taken).unchecked_into();
        let values: Array = way.get(field::FOUND_VALUES).unchecked_into();
        let statement = way.get(field::FOUND).as_string().unwrap_or_default();
        let mut selected = database.select(&statement, &values, with_bodies)?;
        selected.read += counted;
        let mut edge = None;
        let limit = way.get(field::LIMIT).as_f64().unwrap_or_default();
        let is_full = f64::from(selected.rows.length()) >= limit;
        if let Some(statement) = way.get(field::EDGE).as_string().filter(|_| !is_full) {
            let values: Array = way.get(field::EDGE_VALUES).unchecked_into();
            let found = database.select(&statement, &values, false)?;
            selected.read += found.read;
            edge = found.rows.get(0).dyn_into().ok();
        }
        let sequence = self.inner.sequence.get();
        let taken = Taken { way: taken, edge };
        reply::reply(sequence, &selected, with_bodies, Some(&taken))
    }
}

/// Which way is the shortest, and how many rows were read to find out.
fn shortest(database: &Database, ways: &Array) -> Result<(u32, f64), JsValue> {
    let (mut best, mut read) = ((ways.length().saturating_sub(1), f64::INFINITY), 0.0);
    for at in 0..ways.length() {
        let way: Array = ways.get(at).unchecked_into();
        let Some(statement) = way.get(field::SIZE).as_string() else {
            if way.get(field::SIZE).as_f64() == Some(0.0) {
                return Ok((at, read));
            }
            continue;
        };
        // What is longer than the best so far need not be known exactly.
        let most = way.get(field::MOST).as_f64().unwrap_or_default();
        let bound = best.1.min(COUNTED).min(most) + 1.0;
        let values: Array = way.get(field::SIZE_VALUES).unchecked_into();
        values.push(&bound.into());
        let counted = database.select(&statement, &values, false)?;
        read += counted.read;
        let size: Array = counted.rows.get(0).unchecked_into();
        let size = size.get(0).as_f64().unwrap_or(f64::INFINITY);
        if size <= most && size < best.1 {
            best = (at, size);
        }
        if size < FEW {
            break;
        }
    }
    Ok((best.0, read))
}
