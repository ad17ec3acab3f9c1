//! Predicates as conditions: on the resource row named `r`, or on the row of an index named `i`.

use super::statement::Sql;
use super::{date, reference, string, token};
use crate::search::{Criterion, Predicate};

/// Adds the condition of one predicate, tested resource by resource.
pub(super) fn probe(predicate: &Predicate, sql: &mut Sql) {
    match predicate {
        Predicate::Id { ids, negated } => {
            sql.push(if *negated { "r.id NOT" } else { "r.id" })
                .within(ids);
        }
        Predicate::LastUpdated(criterion) => {
            date::compare(&criterion.in_milliseconds(), sql, ["r.updated"; 2]);
        }
        Predicate::Indexed(indexed) => {
            sql.push(if indexed.negated {
                "NOT EXISTS "
            } else {
                "EXISTS "
            });
            sql.push("(SELECT 1 FROM ")
                .push(indexed.criterion.kind().name);
            sql.push(" i WHERE i.rid = r.rid AND ");
            rows(indexed.key, &indexed.criterion, sql);
            sql.fence();
        }
        Predicate::Missing { key, kind, missing } => {
            sql.push(if *missing { "NOT EXISTS " } else { "EXISTS " });
            sql.push("(SELECT 1 FROM ").push(kind.name);
            sql.push(" i WHERE i.rid = r.rid AND i.param = ");
            sql.number(*key).fence();
        }
    }
}

/// Adds the condition that selects a predicate's rows of its index.
pub(super) fn rows(key: u32, criterion: &Criterion, sql: &mut Sql) {
    sql.push("i.param = ").number(key).push(" AND ");
    match criterion {
        Criterion::String(criterion) => string::condition(criterion, sql),
        Criterion::Token(criterion) => token::condition(criterion, sql),
        Criterion::Date(criterion) => date::condition(criterion, sql),
        Criterion::Reference(criterion) => reference::condition(criterion, sql),
    }
}

/// Adds the SELECT of the resources whose rows match; one may stand several times.
pub(super) fn seek(key: u32, criterion: &Criterion, sql: &mut Sql) {
    match criterion {
        Criterion::String(criterion) if string::is_list_of_ranges(criterion) => {
            string::seek_ranges(criterion, key, sql);
        }
        Criterion::Date(criterion) => date::seek(criterion, key, sql),
        _ => {
            sql.push("SELECT i.rid AS rid FROM ")
                .push(criterion.kind().name)
                .push(" i WHERE ");
            rows(key, criterion, sql);
        }
    }
}
