//! The statements of one way of a plan.

use super::condition::probe;
use super::confinement::confine;
use super::dialect::Dialect;
use super::statement::Sql;
use super::{sort, walk};
use crate::search::{self, Candidates, Found, Seek, Sort, SortKey, Walk};

/// A way of a plan as an engine runs it.
#[derive(Clone, Debug)]
pub struct Way {
    /// How many resources it goes through.
    pub size: Size,
    /// The most that it may go through and still be taken.
    pub most: usize,
    /// What it finds: `id, k1, k2, rid, version, body, chunks`, or a number of matches.
    pub found: Sql,
    /// How many rows fill the page.
    pub limit: usize,
    /// The last candidate of the window, `k1, k2, rid`; no row when the way ended within it. It is
    /// asked for when the page is not full. `None` when the way always goes to its end.
    pub edge: Option<Sql>,
}

/// How many resources a way goes through.
#[derive(Clone, Debug)]
pub enum Size {
    /// Few, without counting.
    Few,
    /// As many as this counts; its last value is the number up to which it counts.
    Counted(Sql),
    /// Who knows.
    Unknown,
}

/// Renders a way.
pub fn way(way: &search::Way, dialect: Dialect) -> Way {
    let size = match &way.size {
        search::Size::Few => Size::Few,
        search::Size::Counted(seek) => Size::Counted(walk::size(seek, Sql::new(dialect))),
        search::Size::Unknown => Size::Unknown,
    };
    Way {
        size,
        most: way.most,
        found: found(way, dialect),
        limit: way.limit,
        edge: way
            .windowed()
            .map(|candidates| edge(candidates, Sql::new(dialect))),
    }
}

/// Renders a way as the SELECT of the ids that it finds, in its order.
pub fn ids(way: &search::Way, dialect: Dialect) -> Sql {
    let mut sql = Sql::new(dialect);
    sql.push("SELECT id FROM (").append(&found(way, dialect));
    sql.push(") AS s");
    sql
}

fn found(way: &search::Way, dialect: Dialect) -> Sql {
    let mut sql = Sql::new(dialect);
    match &way.found {
        Found::Walked {
            candidates,
            created_by,
        } => {
            sql.push("SELECT r.id, CAST(d.k1 AS TEXT), CAST(d.k2 AS TEXT)");
            bodies(&mut sql);
            from(candidates, &mut sql);
            not_created_since(*created_by, &mut sql);
            if dialect == Dialect::Postgres {
                walked_order(candidates, &mut sql);
            }
            sql.limit(Some(way.limit));
        }
        Found::Collected {
            candidates,
            created_by,
            sort,
            after,
        } => {
            sql.push("SELECT id, CAST(k1 AS TEXT), CAST(k2 AS TEXT), rid, version, body, chunks");
            sql.push(" FROM (SELECT r.id, ");
            sort::keys(*sort, &mut sql);
            bodies(&mut sql);
            from(candidates, &mut sql);
            not_created_since(*created_by, &mut sql);
            sql.push(") AS t");
            if let Some(position) = after {
                sort::after(position, *sort, &mut sql);
            }
            sort::order(*sort, &mut sql);
            sql.limit(Some(way.limit));
        }
        Found::Number(candidates) => {
            sql.push("SELECT count(*)");
            from(candidates, &mut sql);
        }
        Found::NumberByIndex {
            resource_type,
            seek,
            most,
        } => number_by_index(resource_type, seek.as_ref(), *most, &mut sql),
    }
    sql
}

/// Adds the columns of a resource with its body. PostgreSQL keeps every body in its row.
fn bodies(sql: &mut Sql) {
    sql.push(", r.rid, r.version, r.body, ")
        .either("r.chunks", "0 AS chunks");
}

fn number_by_index(resource_type: &str, seek: Option<&Seek>, most: usize, sql: &mut Sql) {
    match seek {
        None => {
            sql.push("SELECT count(*), count(*) FROM (");
            walk::of_type("rid", resource_type, sql);
            sql.push(" AND deleted = 0");
        }
        Some(seek) => {
            sql.push("SELECT count(DISTINCT rid), count(*) FROM (SELECT rid FROM (");
            walk::seek(seek, sql);
            sql.push(") AS s");
        }
    }
    sql.limit(Some(most)).push(") AS s");
}

/// Adds FROM and WHERE: the candidates, and what is tested on each of them.
fn from(candidates: &Candidates, sql: &mut Sql) {
    sql.push(" FROM (");
    walk::candidates(candidates, sql);
    sql.push(") d").driving_join();
    sql.push("resource r ON r.rid = d.rid WHERE r.deleted = 0");
    for predicate in &candidates.tests {
        sql.push(" AND ");
        probe(predicate, sql);
    }
    confine(&candidates.confined, sql);
}

/// The order of a walk once more: PostgreSQL does not promise to keep that of a subquery.
fn walked_order(candidates: &Candidates, sql: &mut Sql) {
    sql.push(match candidates.walk {
        Walk::Sorted(Sort {
            descending: true, ..
        }) => " ORDER BY d.k1 DESC, d.k2 DESC, d.rid DESC",
        Walk::Sorted(Sort {
            key: SortKey::None, ..
        }) => " ORDER BY d.rid",
        Walk::Sorted(_) => " ORDER BY d.k1, d.k2, d.rid",
        _ => " ORDER BY d.rid",
    });
}

fn edge(candidates: &Candidates, mut sql: Sql) -> Sql {
    sql.push("SELECT CAST(k1 AS TEXT), CAST(k2 AS TEXT), rid FROM (");
    walk::candidates(candidates, &mut sql);
    let last = candidates.window.unwrap_or(usize::MAX);
    let last = i64::try_from(last).unwrap_or(i64::MAX).saturating_sub(1);
    sql.push(") AS s LIMIT 1 OFFSET ").number(last);
    sql
}

fn not_created_since(created_by: Option<i64>, sql: &mut Sql) {
    if let Some(sequence) = created_by {
        sql.push(" AND r.created <= ").number(sequence);
    }
}
