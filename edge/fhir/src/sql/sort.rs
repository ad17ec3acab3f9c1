//! Orders: the keys that a resource is sorted by, and what comes after a position.

use super::statement::Sql;
use super::walk::of_type;
use crate::search::{IndexKind, Position, Sort, SortKey};

/// The columns of an index table that its rows are sorted by.
fn columns(kind: &IndexKind) -> [&'static str; 2] {
    // Searches are sorted by no other kinds.
    kind.sort.unwrap_or(["rid"; 2])
}

/// Adds the SELECT of all that have a value to sort by: the first of their values when ascending,
/// the last when descending.
pub(super) fn walk_sorted(
    sort: Sort,
    resource_type: &str,
    after: Option<&Position>,
    sql: &mut Sql,
) {
    let beyond = beyond(sort);
    let SortKey::Indexed { key, kind } = sort.key else {
        of_type("rid, updated AS k1, 0 AS k2", resource_type, sql);
        sql.push(" AND ").unindexed("deleted").push(" = 0");
        if let Some(position) = after {
            beyond_update(" AND (updated, rid)", position, sort, sql);
        }
        return ordered_by(&["updated", "rid"], sort, sql);
    };
    let [own, other] = columns(kind);
    let (first, second) = (format!("i.{own}"), format!("i.{other}"));
    sql.push("SELECT i.rid AS rid, ").push(&first);
    sql.push(" AS k1, ").push(&second).push(" AS k2 FROM ");
    sql.push(kind.name).push(" i WHERE i.param = ").number(key);
    if let Some(position) = after {
        sql.push(" AND (").push(&first).push(", ").push(&second);
        sql.push(", i.rid)").push(beyond).push("(");
        bind_keys(position, sort, sql);
        sql.push(", ").number(position.rid).push(")");
    }
    // A resource stands where its first value does.
    let nearer = if sort.descending { ") > (" } else { ") < (" };
    sql.push(" AND NOT EXISTS (SELECT 1 FROM ").push(kind.name);
    sql.push(" s WHERE s.rid = i.rid AND s.param = i.param AND (s.");
    sql.push(own).push(", s.").push(other).push(nearer);
    sql.push(&first).push(", ").push(&second).push(")").fence();
    ordered_by(&[&first, &second, "i.rid"], sort, sql);
}

/// Adds the SELECT of all in the order of last updates that was true at a commit: what has changed
/// since is merged in where it was.
pub(super) fn walk_updates_as_of(
    sequence: i64,
    sort: Sort,
    resource_type: &str,
    after: Option<&Position>,
    sql: &mut Sql,
) {
    of_type("rid, updated AS k1, 0 AS k2", resource_type, sql);
    sql.push(" AND ").unindexed("deleted").push(" = 0 AND ");
    sql.unindexed("committed").push(" <= ").number(sequence);
    if let Some(position) = after {
        beyond_update(" AND (updated, rid)", position, sort, sql);
    }
    sql.push(" UNION ALL SELECT rid, k1, 0 AS k2 FROM (SELECT r.rid, ");
    updated_by(sequence, sql);
    sql.push(" AS k1 FROM resource r WHERE r.type = ")
        .bind(resource_type);
    sql.push(" AND r.committed > ").number(sequence);
    sql.push(" AND r.created <= ").number(sequence);
    sql.push(" AND r.deleted = 0) AS s WHERE ");
    match after {
        Some(position) => beyond_update("(k1, rid)", position, sort, sql),
        None => {
            sql.push("k1 IS NOT NULL");
        }
    }
    ordered_by(&["k1", "rid"], sort, sql);
}

/// Adds when the resource `r` was last updated by a commit, if it was not deleted then.
fn updated_by(sequence: i64, sql: &mut Sql) {
    sql.push("(SELECT CASE WHEN h.method = 'DELETE' THEN NULL ELSE h.updated END FROM history h");
    sql.push(" WHERE h.rid = r.rid AND h.committed <= ")
        .number(sequence);
    sql.push(" ORDER BY h.version DESC LIMIT 1)");
}

fn beyond(sort: Sort) -> &'static str {
    if sort.descending { " < " } else { " > " }
}

/// Adds that a time of update and row id come after a position.
fn beyond_update(columns: &str, position: &Position, sort: Sort, sql: &mut Sql) {
    sql.push(columns).push(beyond(sort)).push("(");
    bind_first_key(position, sort, sql);
    sql.push(", ").number(position.rid).push(")");
}

fn ordered_by(columns: &[&str], sort: Sort, sql: &mut Sql) {
    for (at, column) in columns.iter().enumerate() {
        sql.push(if at == 0 { " ORDER BY " } else { ", " });
        sql.push(column)
            .push(if sort.descending { " DESC" } else { "" });
    }
}

/// Adds the two keys that a resource is sorted by, as columns `k1` and `k2`.
pub(super) fn keys(sort: Sort, as_of: Option<i64>, sql: &mut Sql) {
    let SortKey::Indexed { key, kind } = sort.key else {
        match as_of {
            Some(sequence) => {
                sql.push("CASE WHEN r.committed <= ").number(sequence);
                sql.push(" THEN r.updated ELSE ");
                updated_by(sequence, sql);
                sql.push(" END");
            }
            None => {
                sql.push("r.updated");
            }
        }
        sql.push(" AS k1, 0 AS k2");
        return;
    };
    let order = if sort.descending { " DESC" } else { "" };
    let columns = columns(kind);
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

/// Adds the order by the columns of [`keys`]; what has no value to sort by comes last.
pub(super) fn order(sort: Sort, sql: &mut Sql) {
    sql.push(if sort.descending {
        " ORDER BY k1 IS NULL, k1 DESC, k2 DESC, CASE WHEN k1 IS NULL THEN rid ELSE -rid END"
    } else {
        " ORDER BY k1 IS NULL, k1, k2, rid"
    });
}

/// Adds the condition that a row comes after `position`; those without a value come last.
pub(super) fn after(position: &Position, sort: Sort, sql: &mut Sql) {
    if position.keys.is_none() {
        sql.push(" WHERE k1 IS NULL AND rid > ")
            .number(position.rid);
        return;
    }
    // What had no update by the commit of the first page was not there.
    sql.push(match sort.key {
        SortKey::LastUpdated => " WHERE (FALSE OR (k1, k2, rid)",
        _ => " WHERE (k1 IS NULL OR (k1, k2, rid)",
    });
    sql.push(beyond(sort)).push("(");
    bind_keys(position, sort, sql);
    sql.push(", ").number(position.rid).push("))");
}

/// Adds the first key as a value of the column's type.
fn bind_first_key(position: &Position, sort: Sort, sql: &mut Sql) {
    let first = position.keys.as_ref().map_or("", |(first, _)| first);
    bind_key(first, sort, sql);
}

/// Adds both keys.
fn bind_keys(position: &Position, sort: Sort, sql: &mut Sql) {
    let keys = position.keys.as_ref();
    let (first, second) = keys.map_or(("", ""), |(first, second)| (first, second));
    bind_key(first, sort, sql);
    sql.push(", ");
    bind_key(second, sort, sql);
}

fn bind_key(value: &str, sort: Sort, sql: &mut Sql) {
    if sort.is_of_text() {
        sql.bind(value);
    } else {
        sql.push("CAST(").bind(value).push(" AS BIGINT)");
    }
}
