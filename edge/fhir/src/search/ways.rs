//! The statements of the ways that a plan offers.

use super::condition::{Access, Confinement, confine, probe};
use super::cost::{self, MOST_SORTED};
use super::driver::Driver;
use super::plan::{After, Position, Size, Statement, Then, Way};
use super::predicate::Predicate;
use super::query::{Query, Sort, SortKey};
use super::sql::Sql;
use super::walk::{Searched, Seek, Walk, sort_columns};
use crate::definitions::Definitions;

/// What a plan is made for.
pub(super) struct Planner<'a> {
    pub(super) searched: Searched,
    query: &'a Query,
    confinement: &'a Confinement,
    /// Whether a statement goes through a window of candidates, or to the end of its way.
    is_bounded: bool,
}

impl<'a> Planner<'a> {
    pub(super) fn new(
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
    pub(super) fn count_by_index(&self) -> Option<Statement> {
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

    pub(super) fn walk_driver(
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
    pub(super) fn walk(&self, walk: Walk<'a>, after: Option<&After>, limit: usize) -> Way {
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
    pub(super) fn sort_few(
        &self,
        driver: Driver<'a>,
        sort: Sort,
        after: Option<&After>,
        limit: usize,
    ) -> Way {
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
    pub(super) fn add_candidates(
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

    pub(super) fn edge(
        &self,
        walk: &Walk<'a>,
        after: Option<&Position>,
        window: usize,
    ) -> Statement {
        let mut sql = Sql::default();
        sql.push("SELECT CAST(k1 AS TEXT), CAST(k2 AS TEXT), rid FROM (");
        walk.candidates(self.searched, after, Some(window), &mut sql);
        let last = i64::try_from(window).unwrap_or(i64::MAX).saturating_sub(1);
        sql.push(") LIMIT 1 OFFSET ").number(last);
        sql
    }

    pub(super) fn window(&self, walk: &Walk<'a>) -> Option<usize> {
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
    let SortKey::Indexed { key, kind } = sort.key else {
        sql.push("r.updated AS k1, 0 AS k2");
        return;
    };
    let order = if sort.descending { " DESC" } else { "" };
    let columns = sort_columns(kind);
    let [first, second] = columns;
    for (at, (column, name)) in columns.iter().zip([" AS k1", " AS k2"]).enumerate() {
        sql.push(if at == 0 { "" } else { ", " });
        sql.push("(SELECT s.").push(column).push(" FROM ");
        sql.push(kind.name)
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
