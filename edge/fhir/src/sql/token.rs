//! Conditions on the rows of codes.

use super::statement::Sql;
use crate::search::value::token::{Alternative, Criterion};

/// Adds the condition on the row named `i`.
pub(super) fn condition(criterion: &Criterion, sql: &mut Sql) {
    match criterion.alternatives.as_slice() {
        [Alternative::Code(code)] => {
            sql.push("i.code = ").bind(code.as_str());
            return;
        }
        [Alternative::SystemAndCode(system, code)] => {
            sql.push("i.code = ").bind(code.as_str());
            sql.push(" AND i.system = ").bind(system.as_str());
            return;
        }
        _ => {}
    }
    let (mut codes, mut pairs, mut systems) = (Vec::new(), Vec::new(), Vec::new());
    for alternative in &criterion.alternatives {
        match alternative {
            Alternative::Code(code) => codes.push(code),
            Alternative::SystemAndCode(system, code) => pairs.push((code, system)),
            Alternative::System(system) => systems.push(system),
        }
    }
    // Only what is asked for is in the condition: each part can then seek the index.
    let mut joined = "(";
    if !codes.is_empty() {
        sql.push(joined).push("i.code").within(&codes);
        joined = " OR ";
    }
    if !pairs.is_empty() {
        let first: Vec<_> = pairs.iter().map(|(code, _)| code).collect();
        sql.push(joined).push("i.code").within(&first);
        sql.push(" AND (i.code, i.system) IN (SELECT ").item(0);
        sql.push(", ").item(1);
        sql.push(" FROM ").table(&pairs).push(")");
        joined = " OR ";
    }
    if !systems.is_empty() {
        sql.push(joined).push("i.system").within(&systems);
    }
    sql.push(")");
}
