//! Plans a search: the ways to go through the resources that may match, of which the store takes
//! the shortest, and what is tested resource by resource.
//!
//! Every way goes through a bounded number of candidates, whatever it finds: one that nothing
//! selective drives reads a window of them and is continued where the window ended. So no search
//! holds the store for long, and the answer does not depend on which way is taken.

use super::confinement::{Confined, Confinement};
use super::predicate::Predicate;
use super::query::{Query, Sort, SortKey};
use super::walk::{Seek, Walk};
use super::ways::Planner;
use crate::definitions::Definitions;
use std::rc::Rc;

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
    /// What it finds.
    pub found: Found,
    /// How many rows fill the page.
    pub limit: usize,
    /// What follows where the way ends.
    pub then: Then,
}

/// How many resources a way goes through.
#[derive(Clone, Debug)]
pub enum Size {
    /// Few, without counting.
    Few,
    /// As many as the seek finds.
    Counted(Seek),
    /// Who knows.
    Unknown,
}

/// What a way finds.
#[derive(Clone, Debug)]
pub enum Found {
    /// Resources, in the order of their walk.
    Walked {
        /// What is gone through.
        candidates: Candidates,
        /// The commit sequence after which no resource was created; `None` for all.
        created_by: Option<i64>,
    },
    /// Resources that are collected first and then sorted.
    Collected {
        /// What is gone through, to its end.
        candidates: Candidates,
        /// The commit sequence after which no resource was created; `None` for all.
        created_by: Option<i64>,
        /// The order.
        sort: Sort,
        /// Where the page begins; `None` for the first.
        after: Option<Position>,
    },
    /// How many candidates match.
    Number(Candidates),
    /// How many resources an index holds, and how many of its rows were counted for that, up to a
    /// number.
    NumberByIndex {
        /// The type that is searched.
        resource_type: &'static str,
        /// What the index finds; `None` for all resources of the type.
        seek: Option<Seek>,
        /// The most rows that are counted.
        most: usize,
    },
}

/// The next resources of a walk, and what is tested on each of them.
#[derive(Clone, Debug)]
pub struct Candidates {
    /// The type that is searched.
    pub resource_type: &'static str,
    /// The walk.
    pub walk: Walk,
    /// Where it goes on; `None` at its beginning.
    pub after: Option<Position>,
    /// How many it goes through; `None` for all.
    pub window: Option<usize>,
    /// What is tested on each.
    pub tests: Vec<Predicate>,
    /// What the caller is confined to.
    pub confined: Rc<Confined>,
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
}

impl Way {
    /// What is gone through in a window. Its last candidate is asked for when the page is not full;
    /// `None` when the way always goes to its end.
    pub fn windowed(&self) -> Option<&Candidates> {
        match &self.found {
            Found::Walked { candidates, .. } | Found::Number(candidates) => {
                candidates.window.map(|_| candidates)
            }
            Found::Collected { .. } | Found::NumberByIndex { .. } => None,
        }
    }
}

/// The plan of one page of `limit` rows. With `is_bounded` each way goes through a window of
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
    let drivers = planner.drivers();
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
/// tells comes with how many rows were counted for it, up to one more than
/// [`MOST_COUNTED`](super::cost::MOST_COUNTED).
pub fn count(
    definitions: &'static Definitions,
    (query, confinement): (&Query, &Confinement),
    after: Option<&Position>,
) -> Plan {
    let planner = Planner::new(definitions, query, confinement, true);
    let way = |found, size, most, limit| Way {
        size,
        most,
        found,
        limit,
        then: Then::End,
    };
    if let Some(found) = planner.count_by_index() {
        return Plan {
            ways: vec![way(found, Size::Few, usize::MAX, 1)],
        };
    }
    let number = |walk| Found::Number(planner.candidates(walk, after.cloned()));
    let drivers = planner.drivers();
    let is_only = drivers.len() == 1;
    let ways = drivers.into_iter().map(|driver| {
        let (size, most) = (driver.size(is_only), driver.most());
        way(number(driver.walk), size, most, usize::MAX)
    });
    let mut ways: Vec<Way> = ways.collect();
    if !ways.iter().any(|way| matches!(way.size, Size::Few)) {
        ways.push(way(
            number(Walk::Type),
            Size::Unknown,
            usize::MAX,
            usize::MAX,
        ));
    }
    Plan { ways }
}
