//! Plans a search: the ways to go through the resources that may match, of which the store takes
//! the shortest, and the conditions that are tested resource by resource.
//!
//! Every statement goes through a bounded number of candidates, whatever it finds: one that nothing
//! selective drives reads a window of them and is continued where the window ended. So no search
//! holds the ledger for long, and the answer does not depend on which way is taken.

use super::condition::Confinement;
use super::driver::drivers;
use super::query::{Query, Sort, SortKey};
use super::sql::Sql;
use super::walk::Walk;
use super::ways::Planner;
use crate::definitions::Definitions;

/// A statement for the store.
pub type Statement = Sql;

/// A resource in the order of a search: the last that was shown, or the last that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Position {
    /// The row id of the resource.
    pub rid: i64,
    /// What it is sorted by; `None` when it has no value to sort by, or nothing is sorted by.
    pub keys: Option<(String, String)>,
}

/// Where a page begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct After {
    /// The commit sequence of the first page; what was created later is not shown.
    pub sequence: i64,
    /// The last entry that was shown or looked at.
    pub position: Position,
}

/// The ways to one page or number; the store takes the one that goes through the fewest resources.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The ways, likelier ones first; the last always works.
    pub ways: Vec<Way>,
}

/// One way.
#[derive(Clone, Debug)]
pub struct Way {
    /// How many resources it goes through.
    pub size: Size,
    /// The most that it may go through and still be taken.
    pub most: usize,
    /// What it finds: `id, k1, k2, rid, version, body, chunks`, or the number of matches.
    pub found: Statement,
    /// How many rows fill the page.
    pub limit: usize,
    /// The last candidate of the window, `k1, k2, rid`; no row when the way ended within it. It is
    /// asked for when the page is not full. `None` when the way is always gone to its end.
    pub edge: Option<Statement>,
    /// What follows where the way ends.
    pub then: Then,
}

/// How many resources a way goes through.
#[derive(Clone, Debug)]
pub enum Size {
    /// Few, without counting.
    Few,
    /// As many as this counts; its last value is the number up to which it counts.
    Counted(Statement),
    /// Who knows.
    Unknown,
}

/// What follows where a way ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Then {
    /// Nothing: all matches were found.
    End,
    /// Those without a value to sort by.
    Unsorted,
}

impl Position {
    /// Before the first of those that have no value to sort by.
    pub fn unsorted() -> Self {
        Self { rid: 0, keys: None }
    }

    /// Adds the first key as a value of the column's type.
    pub(super) fn bind_first_key(&self, sort: Sort, sql: &mut Sql) {
        let first = self.keys.as_ref().map_or("", |(first, _)| first);
        bind_key(first, sort, sql);
    }

    /// Adds both keys.
    pub(super) fn bind_keys(&self, sort: Sort, sql: &mut Sql) {
        let (first, second) = self.keys.as_ref().map_or(("", ""), |(a, b)| (a, b));
        bind_key(first, sort, sql);
        sql.push(", ");
        bind_key(second, sort, sql);
    }
}

fn bind_key(value: &str, sort: Sort, sql: &mut Sql) {
    if sort.is_of_text() {
        sql.bind(value);
    } else {
        sql.push("CAST(").bind(value).push(" AS INTEGER)");
    }
}

/// The plan of one page of `limit` rows. With `is_bounded` each statement goes through a window of
/// candidates; without, to the end, which is for guards of what was found to be few.
pub fn page(
    definitions: &'static Definitions,
    (query, confinement): (&Query, &Confinement),
    after: Option<&After>,
    limit: usize,
    is_bounded: bool,
) -> Plan {
    let planner = Planner::new(definitions, query, confinement, is_bounded);
    let sort = query.sort;
    let is_sorted = sort.key != SortKey::None;
    let mut ways = Vec::new();
    let drivers = drivers(query, confinement);
    let is_only = drivers.len() == 1;
    for driver in drivers {
        if is_sorted {
            ways.push(planner.sort_few(driver, sort, after, limit));
        } else {
            ways.push(planner.walk_driver(driver, is_only, after, limit));
        }
    }
    let has_passed_values = after.is_some_and(|after| after.position.keys.is_none());
    let (walk, then) = match sort.key {
        SortKey::None => (Walk::Type, Then::End),
        SortKey::Indexed { key, kind } if has_passed_values => {
            (Walk::Unsorted(key, kind), Then::End)
        }
        SortKey::Indexed { .. } => (Walk::Sorted(sort), Then::Unsorted),
        SortKey::LastUpdated => (Walk::Sorted(sort), Then::End),
    };
    // A way that goes through few is always taken.
    if !ways.iter().any(|way| matches!(way.size, Size::Few)) {
        ways.push(Way {
            size: Size::Unknown,
            most: usize::MAX,
            then,
            ..planner.walk(walk, after, limit)
        });
    }
    Plan { ways }
}

/// The plan of how many resources match, among those after a position. A number that an index alone
/// tells comes with how many rows were counted for it, up to one more than [`cost::MOST_COUNTED`].
pub fn count(
    definitions: &'static Definitions,
    (query, confinement): (&Query, &Confinement),
    after: Option<&Position>,
) -> Plan {
    let planner = Planner::new(definitions, query, confinement, true);
    if let Some(found) = planner.count_by_index() {
        let way = Way {
            size: Size::Few,
            most: usize::MAX,
            found,
            limit: 1,
            edge: None,
            then: Then::End,
        };
        return Plan { ways: vec![way] };
    }
    let way = |walk: Walk<'_>, size, most| {
        let window = planner.window(&walk);
        let mut found = Sql::default();
        found.push("SELECT count(*)");
        planner.add_candidates(&walk, after, window, &mut found);
        let edge = window.map(|window| planner.edge(&walk, after, window));
        Way {
            size,
            most,
            found,
            limit: usize::MAX,
            edge,
            then: Then::End,
        }
    };
    let drivers = drivers(query, confinement);
    let is_only = drivers.len() == 1;
    let mut ways: Vec<Way> = drivers
        .into_iter()
        .map(|driver| {
            way(
                driver.walk,
                driver.size(planner.searched, is_only),
                driver.most(),
            )
        })
        .collect();
    if !ways.iter().any(|way| matches!(way.size, Size::Few)) {
        ways.push(way(Walk::Type, Size::Unknown, usize::MAX));
    }
    Plan { ways }
}
