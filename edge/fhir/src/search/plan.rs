//! Plans a search: which index drives, which conditions are tested resource by resource, and
//! where the page begins.
//!
//! The driver is the predicate that is likely to leave the fewest resources. When its rows form
//! one run of the index in the order of resources, the statement streams and stops at the page's
//! end, however many resources match; otherwise the ids are collected first.

use super::condition::{Access, Confinement, confine, probe, rows};
use super::predicate::{Criterion, Predicate, Spread, Table};
use super::query::{Query, Sort, SortKey};
use super::sql::Sql;
use crate::definitions::Definitions;

/// A statement for the store.
pub type Statement = Sql;

/// The last entry of the page before: where the next one begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Position {
    /// The row id of the resource.
    pub rid: i64,
    /// Its sort key; `None` when it has no value to sort by, or nothing is sorted by.
    pub key: Option<String>,
}

/// Where a page begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct After {
    /// The commit sequence of the first page; what was created later is not shown.
    pub sequence: i64,
    /// The last entry that was shown.
    pub position: Position,
}

/// The statement for one page: `limit` rows of
/// `id, key, rid, version, body, chunks`.
pub fn select(
    definitions: &'static Definitions,
    query: &Query,
    confinement: &Confinement,
    after: Option<&After>,
    limit: usize,
) -> Statement {
    let key = sort_expression(&query.sort);
    let mut sql = Sql::default();
    sql.push("SELECT r.id, ")
        .push(key.as_deref().unwrap_or("NULL"));
    sql.push(" AS key, r.rid, r.version, r.body, r.chunks");
    let streams = from_and_where(definitions, query, confinement, key.is_none(), &mut sql);
    if let Some(after) = after {
        sql.push(" AND r.created <= ").number(after.sequence);
        match &key {
            None => {
                let rid = if streams {
                    " AND d.rid > "
                } else {
                    " AND r.rid > "
                };
                sql.push(rid).number(after.position.rid);
            }
            Some(key) => after_key(key, &query.sort, &after.position, &mut sql),
        }
    }
    if streams {
        sql.push(" GROUP BY d.rid ORDER BY d.rid");
    } else if key.is_some() {
        sql.push(if query.sort.descending {
            " ORDER BY key DESC"
        } else {
            " ORDER BY key ASC"
        });
        sql.push(", r.rid");
    } else {
        sql.push(" ORDER BY r.rid");
    }
    sql.push(" LIMIT ")
        .number(i64::try_from(limit).unwrap_or(i64::MAX));
    sql
}

/// The statement that counts all matches: one row with one number.
pub fn count(
    definitions: &'static Definitions,
    query: &Query,
    confinement: &Confinement,
) -> Statement {
    let mut sql = Sql::default();
    sql.push("SELECT count(*)");
    from_and_where(definitions, query, confinement, false, &mut sql);
    sql
}

/// Adds FROM and WHERE; returns whether the statement streams from an index run named `d`.
fn from_and_where(
    definitions: &'static Definitions,
    query: &Query,
    confinement: &Confinement,
    may_stream: bool,
    sql: &mut Sql,
) -> bool {
    let driver = query
        .predicates
        .iter()
        .enumerate()
        .min_by_key(|(_, predicate)| rank(predicate));
    let driver = driver.filter(|(_, predicate)| rank(predicate) < NO_DRIVER);
    let mut streams = false;
    match driver {
        Some((_, Predicate::Indexed { key, criterion, .. })) if may_stream && is_run(criterion) => {
            streams = true;
            // CROSS JOIN keeps SQLite from turning the order round.
            sql.push(" FROM (SELECT rid FROM ")
                .push(criterion.table().name())
                .push(" i WHERE ");
            rows(*key, criterion, sql);
            sql.push(") d CROSS JOIN resource r ON r.rid = d.rid WHERE 1");
        }
        Some((_, Predicate::Indexed { key, criterion, .. })) => {
            sql.push(" FROM resource r WHERE r.rid IN (SELECT i.rid FROM ");
            sql.push(criterion.table().name()).push(" i WHERE ");
            rows(*key, criterion, sql);
            sql.push(")");
        }
        _ => {
            sql.push(" FROM resource r WHERE r.type = ")
                .bind(query.resource_type);
            // The plus keeps SQLite from the index by type where another leads to fewer rows.
            let by_other = query.predicates.iter().any(|predicate| {
                matches!(
                    predicate,
                    Predicate::Id { negated: false, .. } | Predicate::LastUpdated(_)
                )
            });
            sql.push(if by_other {
                " AND +r.deleted = 0"
            } else {
                " AND r.deleted = 0"
            });
        }
    }
    for (at, predicate) in query.predicates.iter().enumerate() {
        let drives = driver.is_some_and(|(driver, _)| driver == at);
        if !drives || matches!(predicate, Predicate::Id { .. }) {
            sql.push(" AND ");
            probe(predicate, sql);
        }
    }
    confine(
        definitions,
        query.resource_type,
        confinement,
        Access::Read,
        sql,
    );
    streams
}

const NO_DRIVER: u8 = 100;

/// The fewer resources a predicate is likely to leave, the lower.
fn rank(predicate: &Predicate) -> u8 {
    match predicate {
        Predicate::Id { negated: false, .. } => 0,
        Predicate::Indexed {
            negated: false,
            spread: Spread::Narrow,
            ..
        } => 1,
        Predicate::Indexed {
            negated: false,
            spread: Spread::Wide,
            ..
        } => 7,
        Predicate::Indexed {
            negated: false,
            criterion,
            ..
        } => match criterion {
            Criterion::Reference(_) => 2,
            Criterion::String(criterion) if criterion.is_range() => 3,
            Criterion::Token(_) => 4,
            Criterion::String(_) => 5,
            Criterion::Date(_) => 6,
        },
        _ => NO_DRIVER,
    }
}

fn is_run(criterion: &Criterion) -> bool {
    match criterion {
        Criterion::Token(criterion) => criterion.is_run(),
        Criterion::Reference(criterion) => criterion.is_run(),
        _ => false,
    }
}

/// The value to sort by: the least when ascending, the greatest when descending.
fn sort_expression(sort: &Sort) -> Option<String> {
    let (aggregate, tick) = if sort.descending {
        ("max", "high")
    } else {
        ("min", "low")
    };
    match sort.key {
        SortKey::None => None,
        SortKey::LastUpdated => Some("r.updated".into()),
        SortKey::Indexed { key, table } => {
            // Milliseconds are as fine as a key can be: JavaScript's numbers hold no more digits.
            let (column, unit) = match table {
                Table::Date => (tick, " / 10000"),
                _ => ("folded", ""),
            };
            let table = table.name();
            Some(format!(
                "(SELECT {aggregate}(s.{column}){unit} FROM {table} s WHERE s.rid = r.rid AND s.param = {key})"
            ))
        }
    }
}

/// Adds the condition that a row comes after `position`. SQLite sorts rows without a value first
/// when ascending and last when descending, as the reference does.
fn after_key(key: &str, sort: &Sort, position: &Position, sql: &mut Sql) {
    sql.push(" AND (");
    match (&position.key, sort.descending) {
        (None, false) => sql
            .push(key)
            .push(" IS NOT NULL OR ")
            .push(key)
            .push(" IS NULL"),
        (None, true) => sql.push(key).push(" IS NULL"),
        (Some(value), descending) => {
            sql.push(key).push(if descending { " < " } else { " > " });
            bound_key(value, sort, sql);
            if descending {
                sql.push(" OR ").push(key).push(" IS NULL");
            }
            sql.push(" OR ").push(key).push(" = ");
            bound_key(value, sort, sql)
        }
    };
    sql.push(" AND r.rid > ").number(position.rid).push(")");
}

fn bound_key<'a>(value: &str, sort: &Sort, sql: &'a mut Sql) -> &'a mut Sql {
    match sort.key {
        SortKey::Indexed {
            table: Table::String,
            ..
        } => sql.bind(value),
        _ => sql.push("CAST(").bind(value).push(" AS INTEGER)"),
    }
}
