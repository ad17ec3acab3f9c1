//! Conditions on the rows of texts.

use super::statement::Sql;
use crate::search::value::string::{Criterion, Match, after};

/// Adds the condition on the row named `i`.
pub(super) fn condition(criterion: &Criterion, sql: &mut Sql) {
    match (criterion.match_, criterion.values.as_slice()) {
        (Match::StartsWith, [prefix]) => {
            sql.starts_with("i.folded", prefix, &after(prefix));
        }
        (Match::StartsWith, _) => {
            sql.push("EXISTS (SELECT 1 FROM ")
                .table(&criterion.ranges());
            sql.push(" WHERE ");
            in_range(sql);
            sql.push(")");
        }
        (Match::Contains, values) => {
            sql.push("EXISTS (SELECT 1 FROM ").table(values);
            sql.push(" WHERE ").contains_value("i.folded").push(")");
        }
        (Match::Exact, values) => {
            sql.push("i.folded").within(&criterion.folded());
            sql.push(" AND i.value").within(values);
        }
    }
}

/// Whether there are several ranges, each to be sought by itself.
pub(super) fn is_list_of_ranges(criterion: &Criterion) -> bool {
    criterion.match_ == Match::StartsWith && criterion.values.len() > 1
}

/// Adds the SELECT of the resources with a row in one of several ranges.
pub(super) fn seek_ranges(criterion: &Criterion, key: u32, sql: &mut Sql) {
    sql.push("SELECT i.rid AS rid FROM ")
        .table(&criterion.ranges());
    sql.driving_join()
        .push("string_index i ")
        .either("WHERE", "ON")
        .push(" i.param = ")
        .number(key);
    sql.push(" AND ");
    in_range(sql);
}

fn in_range(sql: &mut Sql) {
    sql.push("i.folded >= ").item(0);
    sql.push(" AND i.folded < ").item(1);
}
