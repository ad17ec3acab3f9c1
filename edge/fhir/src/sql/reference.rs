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
        sql.push(" AND ");
        if only.base.is_empty() {
            is_own("i.base", &criterion.own_base, sql);
        } else {
            sql.push("i.base = ").bind(only.base.as_str());
        }
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
        if part.iter().all(|one| one.resource_type.is_none()) {
            let rows = bases(part, &criterion.own_base);
            let rows: Vec<_> = rows.map(|(one, base)| (&one.id, base)).collect();
            sql.push("(i.id, i.base)");
            listed(&rows, 2, sql);
        } else {
            let rows = bases(part, &criterion.own_base);
            let rows: Vec<_> = rows
                .map(|(one, base)| (&one.id, &one.resource_type, base))
                .collect();
            sql.push("(i.id, i.type, i.base)");
            listed(&rows, 3, sql);
        }
        sql.push(")");
        joined = " OR ";
    }
    // Nothing but empty values was asked for.
    sql.push(if joined == "(" { "FALSE" } else { ")" });
}

/// Adds that a base is ours: a relative reference has none.
pub(super) fn is_own(column: &str, own_base: &str, sql: &mut Sql) {
    sql.push(column);
    if own_base.is_empty() {
        sql.push(" = ''");
    } else {
        sql.push(" IN ('', ").bind(own_base).push(")");
    }
}

/// The bases that a row may have to be what an alternative asks for.
fn bases<'a>(
    alternatives: &'a [&'a Alternative],
    own_base: &'a str,
) -> impl Iterator<Item = (&'a Alternative, &'a str)> {
    alternatives.iter().flat_map(move |one| {
        let is_own = one.base.is_empty() && !own_base.is_empty();
        let bases = std::iter::once(one.base.as_str()).chain(is_own.then_some(own_base));
        bases.map(move |base| (*one, base))
    })
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
