//! Takes the shortest of the ways that a search offers. `store/partition.rs` packs them.

use super::Ledger;
use super::database::Database;
use super::reply::{self, Taken};
use js_sys::Array;
use wasm_bindgen::prelude::*;

/// Up to how many resources of each way are counted to find the shortest.
const COUNTED: f64 = 10_000.0;
/// The same, round by round.
const BOUNDS: [f64; 3] = [100.0, 1_000.0, COUNTED];

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
    pub(super) const WINDOW: u32 = 8;
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
        let Shortest {
            way: taken,
            size,
            read,
        } = shortest(database, ways)?;
        let way: Array = ways.get(taken).unchecked_into();
        let values: Array = way.get(field::FOUND_VALUES).unchecked_into();
        let statement = way.get(field::FOUND).as_string().unwrap_or_default();
        let mut selected = database.select(&statement, &values, with_bodies)?;
        selected.read += read;
        let mut edge = None;
        let limit = way.get(field::LIMIT).as_f64().unwrap_or_default();
        let is_full = f64::from(selected.rows.length()) >= limit;
        // What is shorter than its window ends within it.
        let window = way.get(field::WINDOW).as_f64().unwrap_or_default();
        let goes_on = !is_full && size.is_none_or(|size| size >= window);
        if let Some(statement) = way.get(field::EDGE).as_string().filter(|_| goes_on) {
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

/// The shortest way.
struct Shortest {
    way: u32,
    /// How many rows it goes through, if they were all counted.
    size: Option<f64>,
    /// How many rows were read to find out.
    read: f64,
}

/// Finds the shortest way. All are counted up to a bound, then those that are longer up to a greater
/// one: what is much longer than the shortest is never counted far.
fn shortest(database: &Database, ways: &Array) -> Result<Shortest, JsValue> {
    let all: Vec<Array> = ways.iter().map(JsCast::unchecked_into).collect();
    let last = ways.length().saturating_sub(1);
    let mut shortest = Shortest {
        way: last,
        size: None,
        read: 0.0,
    };
    for round in BOUNDS {
        for (at, way) in (0..).zip(&all) {
            let Some(statement) = way.get(field::SIZE).as_string() else {
                if way.get(field::SIZE).as_f64() == Some(0.0) {
                    return Ok(Shortest {
                        way: at,
                        ..shortest
                    });
                }
                continue;
            };
            // What is longer than the best so far need not be known exactly.
            let most = way.get(field::MOST).as_f64().unwrap_or_default();
            let best = shortest.size.unwrap_or(f64::INFINITY);
            let bound = best.min(round).min(most) + 1.0;
            let values: Array = way.get(field::SIZE_VALUES).unchecked_into();
            let values: Array = values.iter().chain([bound.into()]).collect();
            let counted = database.select(&statement, &values, false)?;
            shortest.read += counted.read;
            let size: Array = counted.rows.get(0).unchecked_into();
            let size = size.get(0).as_f64().unwrap_or(f64::INFINITY);
            if size < bound && size < best {
                (shortest.way, shortest.size) = (at, Some(size));
            } else if round == COUNTED && size <= most && shortest.size.is_none() {
                // Too long to be counted, and still no longer than the way that always works.
                if shortest.way == last {
                    shortest.way = at;
                }
            }
        }
        if shortest.size.is_some() {
            break;
        }
    }
    Ok(shortest)
}
