//! Takes the shortest of the ways that a search offers.

use super::{Condition, Database, Failure, Row, Selected};

/// Up to how many resources of each way are counted to find the shortest.
const COUNTED: i64 = 10_000;
/// The same, round by round.
const BOUNDS: [i64; 3] = [100, 1_000, COUNTED];

/// How many resources a way goes through.
pub(in crate::store) enum Size {
    Few,
    /// As many as this counts; the number up to which it counts comes after its values.
    Counted(Condition),
    Unknown,
}

/// One way.
pub(in crate::store) struct Way {
    pub(in crate::store) size: Size,
    /// The most resources that it may go through and still be taken.
    pub(in crate::store) most: i64,
    pub(in crate::store) found: Condition,
    /// Finds the last candidate of the window.
    pub(in crate::store) edge: Option<Condition>,
    /// How many rows fill the page.
    pub(in crate::store) limit: i64,
    /// The most candidates that it goes through.
    pub(in crate::store) window: i64,
}

/// How a search went.
pub(in crate::store) struct Taken {
    /// Which way was taken.
    pub(in crate::store) way: usize,
    pub(in crate::store) selected: Selected,
    /// The last candidate of its window, where it is continued in windows and its page is not full.
    pub(in crate::store) edge: Option<Row>,
}

/// Runs the shortest way.
pub(super) fn search(
    database: &Database,
    ways: &[Way],
    with_bodies: bool,
) -> Result<Option<Taken>, Failure> {
    let Shortest { at, size, read } = shortest(database, ways)?;
    let Some(way) = ways.get(at) else {
        return Ok(None);
    };
    let Condition { statement, values } = &way.found;
    let mut selected = if with_bodies {
        database.select_bodies(statement.clone(), values)?
    } else {
        database.select(statement.clone(), values)?
    };
    selected.read += read;
    let mut edge = None;
    let is_full = i64::try_from(selected.rows.len()).unwrap_or(i64::MAX) >= way.limit;
    // What is shorter than its window ends within it.
    let goes_on = !is_full && size.is_none_or(|size| size >= way.window);
    if let Some(Condition { statement, values }) = way.edge.as_ref().filter(|_| goes_on) {
        let found = database.select(statement.clone(), values)?;
        selected.read += found.read;
        edge = found.rows.first();
    }
    Ok(Some(Taken {
        way: at,
        selected,
        edge,
    }))
}

/// The shortest way.
struct Shortest {
    at: usize,
    /// How many rows it goes through, if they were all counted.
    size: Option<i64>,
    /// How many rows were read to find out.
    read: i64,
}

/// Finds the shortest way. All are counted up to a bound, then those that are longer up to a greater
/// one: what is much longer than the shortest is never counted far.
fn shortest(database: &Database, ways: &[Way]) -> Result<Shortest, Failure> {
    let last = ways.len().saturating_sub(1);
    let mut shortest = Shortest {
        at: last,
        size: None,
        read: 0,
    };
    for round in BOUNDS {
        for (at, way) in ways.iter().enumerate() {
            let Condition { statement, values } = match &way.size {
                Size::Few => {
                    return Ok(Shortest {
                        at,
                        size: None,
                        ..shortest
                    });
                }
                Size::Unknown => continue,
                Size::Counted(counted) => counted,
            };
            // What is longer than the best so far need not be known exactly.
            let best = shortest.size.unwrap_or(i64::MAX);
            let bound = best.min(round).min(way.most).saturating_add(1);
            let counted = database.select(statement.clone(), &values.with_last(bound))?;
            shortest.read += counted.read;
            let size = counted.rows.first().and_then(|row| row.get(0).integer());
            let size = size.unwrap_or(i64::MAX);
            if size < bound && size < best {
                (shortest.at, shortest.size) = (at, Some(size));
            } else if round == COUNTED
                && shortest.at == last
                && shortest.size.is_none()
                && size <= way.most
            {
                // Too long to be counted, and still no longer than the way that always works.
                shortest.at = at;
            }
        }
        if shortest.size.is_some() {
            break;
        }
    }
    Ok(shortest)
}
