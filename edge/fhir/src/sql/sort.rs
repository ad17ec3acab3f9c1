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
    let (beyond, order) = if sort.descending {
        (" < ", " DESC")
    } else {
        (" > ", "")
    };
    let ordered_by = |columns: &[&str], sql: &mut Sql| {
        for (at, column) in columns.iter().enumerate() {
            sql.push(if at == 0 { " ORDER BY " } else { ", " });
            sql.push(column).push(order);
        }
    };
    let SortKey::Indexed { key, kind } = sort.key else {
        of_type("rid, updated AS k1, 0 AS k2", resource_type, sql);
        sql.push(" AND ").unindexed("deleted").push(" = 0");
        if let Some(position) = after {
            sql.push(" AND (updated, rid)").push(beyond).push("(");
            bind_first_key(position, sort, sql);
            sql.push(", ").number(position.rid).push(")");
        }
        return ordered_by(&["updated", "rid"], sql);
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
    ordered_by(&[&first, &second, "i.rid"], sql);
}

/// Adds the two keys that a resource is sorted by, as columns `k1` and `k2`.
pub(super) fn keys(sort: Sort, sql: &mut Sql) {
    let SortKey::Indexed { key, kind } = sort.key else {
        sql.push("r.updated AS k1, 0 AS k2");
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
    sql.push(" WHERE (k1 IS NULL OR (k1, k2, rid)");
    sql.push(if sort.descending { " < (" } else { " > (" });
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
