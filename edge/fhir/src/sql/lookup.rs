//! The statement of a question about one resource: rows of
//! `updated, method, rid, version, body, chunks`.

use super::confinement::confine;
use super::dialect::Dialect;
use super::statement::Sql;
use crate::search::{Lookup, Versions};

/// Renders a lookup.
pub fn lookup(lookup: &Lookup<'_>, dialect: Dialect) -> Sql {
    let mut sql = Sql::new(dialect);
    match lookup.versions {
        Versions::Current => current(lookup, &mut sql),
        Versions::CurrentNumber => {
            sql.push("SELECT r.updated, r.method, r.rid, r.version, NULL AS body, 0 AS chunks");
            sql.push(" FROM resource r");
            of(lookup, &mut sql);
        }
        Versions::Number(version) => {
            current(lookup, &mut sql);
            sql.push(" AND r.version = ").number(version);
            if lookup.sees_past {
                sql.push(" UNION ALL ");
                past(lookup, &mut sql);
                sql.push(" AND h.version = ").number(version);
            }
        }
        Versions::Below { version, limit } => {
            sql.push("SELECT * FROM (");
            current(lookup, &mut sql);
            if lookup.sees_past {
                sql.push(" UNION ALL ");
                past(lookup, &mut sql);
            }
            sql.push(") AS s WHERE version < ").number(version);
            sql.push(" ORDER BY version DESC").limit(Some(limit));
        }
    }
    sql
}

fn current(lookup: &Lookup<'_>, sql: &mut Sql) {
    columns("r", sql);
    sql.push(" FROM resource r");
    of(lookup, sql);
}

fn past(lookup: &Lookup<'_>, sql: &mut Sql) {
    columns("h", sql);
    sql.push(" FROM resource r JOIN history h ON h.rid = r.rid");
    of(lookup, sql);
}

fn columns(table: &str, sql: &mut Sql) {
    let columns = ["updated", "method", "rid", "version", "body"];
    for (at, column) in columns.iter().enumerate() {
        sql.push(if at == 0 { "SELECT " } else { ", " });
        sql.push(table).push(".").push(column);
    }
    // PostgreSQL keeps every body in its row.
    match sql.dialect {
        Dialect::Sqlite => sql.push(", ").push(table).push(".chunks"),
        Dialect::Postgres => sql.push(", 0 AS chunks"),
    };
}

fn of(lookup: &Lookup<'_>, sql: &mut Sql) {
    sql.push(" WHERE r.type = ").bind(lookup.resource_type);
    sql.push(" AND r.id = ").bind(lookup.id);
    confine(&lookup.confined, sql);
}
