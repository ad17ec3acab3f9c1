//! Plans a search: the ways to go through the resources that may match, of which the store takes
//! the shortest, and the conditions that are tested resource by resource.
//!
//! Every statement goes through a bounded number of candidates, whatever it finds: one that nothing
//! selective drives reads a window of them and is continued where the window ended. So no search
//! holds the ledger for long, and the answer does not depend on which way is taken.

use super::condition::{Access, Confinement, confine, probe};
use super::cost::{self, MOST_SORTED};
use super::predicate::{Criterion, Predicate, Spread};
use super::query::{Query, Sort, SortKey};
use super::sql::Sql;
use super::walk::{Searched, Seek, Walk, sort_columns};
use crate::definitions::Definitions;

/// A statement for the store.
pub type Statement = Sql;

/// How many ways a plan offers beside the one that always works.
const MOST_WAYS: usize = 4;

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

/// What a plan is made for.
struct Planner<'a> {
    searched: Searched,
    query: &'a Query,
    confinement: &'a Confinement,
    /// Whether a statement goes through a window of candidates, or to the end of its way.
    is_bounded: bool,
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
        SortKey::Indexed { key, table } if has_passed_values => {
            (Walk::Unsorted(key, table), Then::End)
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
    let drivers = planner.drivers();
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

/// A predicate or compartment that can drive a search, and its walk.
#[derive(Clone, Copy)]
struct Driver<'a> {
    rank: u8,
    seek: Seek<'a>,
    walk: Walk<'a>,
}

impl Driver<'_> {
    /// The most that its walk may go through and still be taken: a run streams, whatever its
    /// length.
    fn most(&self) -> usize {
        match self.walk {
            Walk::Run(..) => usize::MAX,
            _ => cost::MOST_COLLECTED,
        }
    }

    fn size(&self, searched: Searched, is_only: bool) -> Size {
        match (self.seek, self.walk) {
            (Seek::Predicate(Predicate::Id { .. }), _) => Size::Few,
            (_, Walk::Run(..)) if is_only || self.rank == NARROW => Size::Few,
            _ => Size::Counted(self.seek.size(searched)),
        }
    }
}

impl<'a> Planner<'a> {
    fn new(
        definitions: &'static Definitions,
        query: &'a Query,
        confinement: &'a Confinement,
        is_bounded: bool,
    ) -> Self {
        Self {
            searched: Searched {
                definitions,
                resource_type: query.resource_type,
            },
            query,
            confinement,
            is_bounded,
        }
    }

    /// The statement that counts all matches by the rows of one index, where those tell it.
    fn count_by_index(&self) -> Option<Statement> {
        if !self.confinement.is_everything() {
            return None;
        }
        let mut sql = Sql::default();
        match self.query.predicates.as_slice() {
            [] => {
                sql.push("SELECT count(*), count(*) FROM (SELECT rid FROM resource WHERE type = ")
                    .bind(self.searched.resource_type);
                sql.push(" AND deleted = 0");
            }
            [only] => {
                sql.push("SELECT count(DISTINCT rid), count(*) FROM (SELECT rid FROM (");
                Seek::by(only)?.rids(self.searched, &mut sql);
                sql.push(")");
            }
            _ => return None,
        }
        limited(cost::MOST_COUNTED + 1, &mut sql);
        sql.push(")");
        Some(sql)
    }

    /// What can drive the search, the likeliest first.
    fn drivers(&self) -> Vec<Driver<'a>> {
        let constraints = match self.confinement.constraints.as_slice() {
            [only] => only.as_slice(),
            _ => &[],
        };
        let predicates = self.query.predicates.iter().chain(constraints);
        let mut drivers: Vec<Driver<'a>> = predicates
            .filter_map(|predicate| {
                let seek = Seek::by(predicate)?;
                let walk = match predicate {
                    Predicate::Indexed { key, criterion, .. } if criterion.is_run() => {
                        Walk::Run(*key, criterion)
                    }
                    _ => Walk::Set(seek),
                };
                let rank = rank(predicate);
                Some(Driver { rank, seek, walk })
            })
            .collect();
        drivers.extend(self.confinement.compartments.iter().map(|compartment| {
            let seek = Seek::Members(compartment);
            Driver {
                rank: MEMBERS,
                seek,
                walk: Walk::Set(seek),
            }
        }));
        drivers.sort_by_key(|driver| driver.rank);
        drivers.truncate(MOST_WAYS);
        drivers
    }

    fn walk_driver(
        &self,
        driver: Driver<'a>,
        is_only: bool,
        after: Option<&After>,
        limit: usize,
    ) -> Way {
        Way {
            size: driver.size(self.searched, is_only),
            most: driver.most(),
            ..self.walk(driver.walk, after, limit)
        }
    }

    /// The way along a walk, in its order.
    fn walk(&self, walk: Walk<'a>, after: Option<&After>, limit: usize) -> Way {
        let window = self.window(&walk);
        let position = after.map(|after| &after.position);
        let mut found = Sql::default();
        found.push("SELECT r.id, CAST(d.k1 AS TEXT), CAST(d.k2 AS TEXT)");
        found.push(", r.rid, r.version, r.body, r.chunks");
        self.add_candidates(&walk, position, window, &mut found);
        not_created_since(after, &mut found);
        limited(limit, &mut found);
        Way {
            size: Size::Unknown,
            most: usize::MAX,
            found,
            limit,
            edge: window.map(|window| self.edge(&walk, position, window)),
            then: Then::End,
        }
    }

    /// The way that collects the few that a driver finds and sorts them.
    fn sort_few(&self, driver: Driver<'a>, sort: Sort, after: Option<&After>, limit: usize) -> Way {
        let mut found = Sql::default();
        found.push("SELECT id, CAST(k1 AS TEXT), CAST(k2 AS TEXT), rid, version, body, chunks");
        found.push(" FROM (SELECT r.id, ");
        sort_keys(sort, &mut found);
        found.push(", r.rid, r.version, r.body, r.chunks");
        self.add_candidates(&Walk::Set(driver.seek), None, None, &mut found);
        not_created_since(after, &mut found);
        found.push(") AS t");
        if let Some(after) = after {
            after_keys(&after.position, sort, &mut found);
        }
        found.push(if sort.descending {
            " ORDER BY k1 IS NULL, k1 DESC, k2 DESC, iif(k1 IS NULL, rid, -rid)"
        } else {
            " ORDER BY k1 IS NULL, k1, k2, rid"
        });
        limited(limit, &mut found);
        let size = match driver.seek {
            Seek::Predicate(Predicate::Id { .. }) => Size::Few,
            seek => Size::Counted(seek.size(self.searched)),
        };
        Way {
            size,
            most: MOST_SORTED,
            found,
            limit,
            edge: None,
            then: Then::End,
        }
    }

    /// Adds FROM and WHERE: the candidates, and what is tested on each of them.
    fn add_candidates(
        &self,
        walk: &Walk<'a>,
        after: Option<&Position>,
        window: Option<usize>,
        sql: &mut Sql,
    ) {
        sql.push(" FROM (");
        walk.candidates(self.searched, after, window, sql);
        // CROSS JOIN keeps SQLite from turning the order round.
        sql.push(") d CROSS JOIN resource r ON r.rid = d.rid WHERE r.deleted = 0");
        for predicate in &self.query.predicates {
            if !drives(walk, predicate) {
                sql.push(" AND ");
                probe(predicate, sql);
            }
        }
        let Searched {
            definitions,
            resource_type,
        } = self.searched;
        confine(
            definitions,
            resource_type,
            self.confinement,
            Access::Read,
            sql,
        );
    }

    fn edge(&self, walk: &Walk<'a>, after: Option<&Position>, window: usize) -> Statement {
        let mut sql = Sql::default();
        sql.push("SELECT CAST(k1 AS TEXT), CAST(k2 AS TEXT), rid FROM (");
        walk.candidates(self.searched, after, Some(window), &mut sql);
        let last = i64::try_from(window).unwrap_or(i64::MAX).saturating_sub(1);
        sql.push(") LIMIT 1 OFFSET ").number(last);
        sql
    }

    fn window(&self, walk: &Walk<'a>) -> Option<usize> {
        let tested = self.query.predicates.iter();
        let tested = tested.filter(|predicate| !drives(walk, predicate));
        let definitions = self.searched.definitions;
        self.is_bounded.then(|| {
            cost::window(
                (definitions, self.searched.resource_type),
                tested,
                self.confinement,
            )
        })
    }
}

/// Whether the walk finds only what meets the predicate, so that it need not be tested.
fn drives(walk: &Walk<'_>, predicate: &Predicate) -> bool {
    match (walk, predicate) {
        (Walk::Run(key, criterion), Predicate::Indexed { .. }) => matches!(
            predicate,
            Predicate::Indexed { key: own, criterion: other, negated: false, .. }
                if own == key && std::ptr::eq(other, *criterion)
        ),
        (Walk::Set(Seek::Predicate(own)), predicate) => std::ptr::eq(*own, predicate),
        _ => false,
    }
}

fn not_created_since(after: Option<&After>, sql: &mut Sql) {
    if let Some(after) = after {
        sql.push(" AND r.created <= ").number(after.sequence);
    }
}

fn limited(limit: usize, sql: &mut Sql) {
    sql.push(" LIMIT ")
        .number(i64::try_from(limit).unwrap_or(i64::MAX));
}

/// Adds the two keys that a resource is sorted by, as columns `k1` and `k2`.
fn sort_keys(sort: Sort, sql: &mut Sql) {
    let SortKey::Indexed { key, table } = sort.key else {
        sql.push("r.updated AS k1, 0 AS k2");
        return;
    };
    let order = if sort.descending { " DESC" } else { "" };
    let columns = sort_columns(table);
    let [first, second] = columns;
    for (at, (column, name)) in columns.iter().zip([" AS k1", " AS k2"]).enumerate() {
        sql.push(if at == 0 { "" } else { ", " });
        sql.push("(SELECT s.").push(column).push(" FROM ");
        sql.push(table.name())
            .push(" s WHERE s.rid = r.rid AND s.param = ")
            .number(key);
        sql.push(" ORDER BY s.").push(first).push(order);
        sql.push(", s.").push(second).push(order);
        sql.push(" LIMIT 1)").push(name);
    }
}

/// Adds the condition that a row comes after `position`; those without a value come last.
fn after_keys(position: &Position, sort: Sort, sql: &mut Sql) {
    if position.keys.is_none() {
        sql.push(" WHERE k1 IS NULL AND rid > ")
            .number(position.rid);
        return;
    }
    sql.push(" WHERE (k1 IS NULL OR (k1, k2, rid)");
    sql.push(if sort.descending { " < (" } else { " > (" });
    position.bind_keys(sort, sql);
    sql.push(", ").number(position.rid).push("))");
}

/// The rank of what one or few resources have.
const NARROW: u8 = 1;
/// The rank of a compartment.
const MEMBERS: u8 = 3;

/// The fewer resources a predicate is likely to leave, the lower.
fn rank(predicate: &Predicate) -> u8 {
    match predicate {
        Predicate::Id { .. } => 0,
        Predicate::Indexed {
            spread: Spread::Narrow,
            ..
        } => NARROW,
        Predicate::Indexed {
            spread: Spread::Wide,
            ..
        } => 8,
        Predicate::Indexed { criterion, .. } => match criterion {
            Criterion::Reference(_) => 2,
            Criterion::String(_) => 4,
            Criterion::Token(_) => 5,
            Criterion::Date(_) => 6,
        },
        Predicate::LastUpdated(_) | Predicate::Missing { .. } => 7,
    }
}
