//! Takes the shortest of the ways that a search offers.

use super::{Condition, Database, Failure, Row, Selected};

/// Up to how many resources of each way are counted to find the shortest.
const COUNTED: i64 = 10_000;
/// A way through so few resources is taken at once.
const FEW: i64 = 100;

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
    let (at, counted) = shortest(database, ways)?;
    let Some(way) = ways.get(at) else {
        return Ok(None);
    };
    let Condition { statement, values } = &way.found;
    let mut selected = if with_bodies {
        database.select_bodies(statement.clone(), values)?
    } else {
        database.select(statement.clone(), values)?
    };
    selected.read += counted;
    let mut edge = None;
    let is_full = i64::try_from(selected.rows.len()).unwrap_or(i64::MAX) >= way.limit;
    if let Some(Condition { statement, values }) = way.edge.as_ref().filter(|_| !is_full) {
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

/// Which way is the shortest, and how many rows were read to find out.
fn shortest(database: &Database, ways: &[Way]) -> Result<(usize, i64), Failure> {
    let (mut best, mut read) = ((ways.len().saturating_sub(1), i64::MAX), 0);
    for (at, way) in ways.iter().enumerate() {
        let Condition { statement, values } = match &way.size {
            Size::Few => return Ok((at, read)),
            Size::Unknown => continue,
            Size::Counted(counted) => counted,
        };
        // What is longer than the best so far need not be known exactly.
        let bound = best.1.min(COUNTED).min(way.most).saturating_add(1);
        let counted = database.select(statement.clone(), &values.with_last(bound))?;
        read += counted.read;
        let size = counted.rows.first().and_then(|row| row.get(0).integer());
        let size = size.unwrap_or(i64::MAX);
        if size <= way.most && size < best.1 {
            best = (at, size);
        }
        if size < FEW {
            break;
        }
    }
    Ok((best.0, read))
}
