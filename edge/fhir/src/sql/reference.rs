//! Conditions on the rows of references.

use super::statement::Sql;
use crate::search::value::reference::{Alternative, Criterion};

/// Adds the condition on the row named `i`.
pub(super) fn condition(criterion: &Criterion, sql: &mut Sql) {
    if let [only] = criterion.alternatives.as_slice() {
        sql.push("i.id = ").bind(only.id.as_str());
        if let Some(resource_type) = &only.resource_type {
            sql.push(" AND i.type = ").bind(resource_type.as_str());
        }
        sql.push(" AND i.base = ").bind(only.base.as_str());
        return;
    }
    // Each part seeks the index by ids, and compares lists as a whole instead of one by one.
    let (typed, untyped): (Vec<&Alternative>, Vec<&Alternative>) = criterion
        .alternatives
        .iter()
        .partition(|one| one.resource_type.is_some());
    let mut joined = "(";
    for part in [typed, untyped].iter().filter(|part| !part.is_empty()) {
        let ids: Vec<_> = part.iter().map(|one| &one.id).collect();
        sql.push(joined).push("(i.id").within(&ids).push(" AND ");
        let types: Vec<_> = part
            .iter()
            .filter_map(|one| one.resource_type.as_ref())
            .collect();
        if types.is_empty() {
            let rows: Vec<_> = part.iter().map(|one| (&one.id, &one.base)).collect();
            sql.push("(i.id, i.base)");
            listed(&rows, 2, sql);
        } else {
            let rows = part.iter().zip(types);
            let rows: Vec<_> = rows.map(|(one, name)| (&one.id, name, &one.base)).collect();
            sql.push("(i.id, i.type, i.base)");
            listed(&rows, 3, sql);
        }
        sql.push(")");
        joined = " OR ";
    }
    // Nothing but empty values was asked for.
    sql.push(if joined == "(" { "FALSE" } else { ")" });
}

/// Adds that columns are one of some rows.
fn listed(rows: &[impl serde::Serialize], columns: u32, sql: &mut Sql) {
    sql.push(" IN (");
    for column in 0..columns {
        sql.push(if column == 0 { "SELECT " } else { ", " })
            .item(column);
    }
    sql.push(" FROM ").table(rows).push(")");
}
