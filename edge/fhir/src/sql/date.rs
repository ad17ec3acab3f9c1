//! Conditions on the rows of dates, and on columns of milliseconds.

use super::statement::Sql;
use crate::search::value::date::{Bounds, Criterion, long_key};
use crate::types::Ticks;

/// Adds the condition on the row named `i`.
pub(super) fn condition(criterion: &Criterion, sql: &mut Sql) {
    compare(&criterion.bounds(), sql, ["i.low", "i.high"]);
}

/// Adds the SELECT of the resources whose rows match.
pub(super) fn seek(criterion: &Criterion, key: u32, sql: &mut Sql) {
    let (short, long) = criterion.ranges();
    seek_list(i64::from(key), &short, sql);
    if !long.is_empty() {
        sql.push(" UNION ALL ");
        seek_list(long_key(key), &long, sql);
    }
}

/// Adds the SELECT of the rows of a key within some of the bounds.
fn seek_list(key: i64, bounds: &[[Ticks; 4]], sql: &mut Sql) {
    sql.push("SELECT i.rid AS rid FROM ").table(bounds);
    sql.driving_join()
        .push("date_index i ")
        .either("WHERE", "ON")
        .push(" i.param = ")
        .number(key);
    sql.push(" AND ");
    in_bounds(sql, ["i.low", "i.high"]);
}

fn in_bounds(sql: &mut Sql, [low, high]: [&str; 2]) {
    let limits = [(low, " >= "), (low, " <= "), (high, " >= "), (high, " <= ")];
    for (at, (column, mark)) in (0..).zip(limits) {
        sql.push(if at > 0 { " AND " } else { "" });
        sql.push(column).push(mark).number_item(at);
    }
}

/// Adds the condition that a value with a lowest and a highest column lies within some of the
/// bounds. A list is one expression, however long: SQLite takes them 100 deep.
pub(super) fn compare(bounds: &[Bounds], sql: &mut Sql, [low, high]: [&str; 2]) {
    let [Bounds { low: l, high: h }] = bounds else {
        let bounds: Vec<_> = bounds.iter().map(|bounds| bounds.array()).collect();
        sql.push("EXISTS (SELECT 1 FROM ").table(&bounds);
        sql.push(" WHERE ");
        in_bounds(sql, [low, high]);
        sql.push(")");
        return;
    };
    let limits = [
        (low, " >= ", l.0),
        (low, " <= ", l.1),
        (high, " >= ", h.0),
        (high, " <= ", h.1),
    ];
    let limits = limits
        .iter()
        .filter(|(_, _, tick)| ![Ticks::MIN, Ticks::MAX].contains(tick));
    let mut joined = "(";
    for (column, mark, tick) in limits {
        sql.push(joined).push(column).push(mark).number(*tick);
        joined = " AND ";
    }
    sql.push(if joined == "(" { "TRUE" } else { ")" });
}
