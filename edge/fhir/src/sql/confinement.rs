//! What a caller is confined to, as a condition on the resource row named `r`.

use super::condition::probe;
use super::dialect::Dialect;
use super::reference::is_own;
use super::statement::Sql;
use crate::search::{Confined, Membership, Owner};

/// Selects the resource with a row id, which is the first value, if it lies within what a caller is
/// confined to.
pub fn within(confined: &Confined, dialect: Dialect) -> Sql {
    let mut sql = Sql::new(dialect);
    sql.push("SELECT 1 FROM resource r WHERE r.rid = ?");
    confine(confined, &mut sql);
    sql
}

/// Adds ` AND ...` for a confinement; nothing for a caller who may see everything.
pub(super) fn confine(confined: &Confined, sql: &mut Sql) {
    for membership in &confined.memberships {
        belongs(membership, sql);
    }
    if confined.constraints.is_empty() {
        return;
    }
    sql.push(" AND (");
    for (at, predicates) in confined.constraints.iter().enumerate() {
        sql.push(if at > 0 { " OR (TRUE" } else { "(TRUE" });
        for predicate in predicates {
            sql.push(" AND ");
            probe(predicate, sql);
        }
        sql.push(")");
    }
    sql.push(")");
}

fn belongs(membership: &Membership, sql: &mut Sql) {
    if let Some(owner) = membership.owner {
        owned(membership, owner, sql);
    }
    sql.push(" AND (");
    if membership.is_own_type() {
        sql.push("r.id = ").bind(membership.id.as_str());
    } else {
        sql.push("FALSE");
    }
    if !membership.keys.is_empty() {
        sql.push(
            " OR EXISTS (SELECT 1 FROM reference_index i WHERE i.rid = r.rid AND i.param IN (",
        );
        sql.numbers(&membership.keys).push(")");
        refers_to_member(membership, sql);
        sql.fence();
    }
    sql.push(")");
    only_member(membership, sql);
}

/// Adds that the row of references named `i` refers to the resource whose compartment it is.
pub(super) fn refers_to_member(membership: &Membership, sql: &mut Sql) {
    sql.push(" AND i.id = ").bind(membership.id.as_str());
    sql.push(" AND i.type = ")
        .bind(membership.compartment.as_str());
    sql.push(" AND ");
    is_own("i.base", &membership.own_base, sql);
}

/// Adds, for a Group in the compartment of a Patient, that the patient is its only member: the
/// others are other people. The members are counted in the resource, because one that is named by
/// words or number only has no row in the index. A Group too large for its row has no body there,
/// and is not shown.
fn only_member(membership: &Membership, sql: &mut Sql) {
    let names = (membership.resource_type, membership.compartment.as_str());
    if names == ("Group", "Patient") {
        sql.push(" AND ").either(
            "json_array_length(r.body, '$.member')",
            "jsonb_array_length(CAST(r.body AS jsonb)->'member')",
        );
        sql.push(" = 1");
    }
}

/// Adds the condition that a resource is the owner's to change. Rows of the index tell it, so that
/// it can be tested on what was there before as well as on what comes.
fn owned(membership: &Membership, owner: Owner, sql: &mut Sql) {
    match owner {
        Owner::Anybody => return,
        Owner::Nobody => {
            sql.push(" AND FALSE");
            return;
        }
        Owner::Itself => {
            sql.push(" AND r.id = ").bind(membership.id.as_str());
        }
        Owner::All(key) => {
            sql.push(" AND ");
            refers(membership, &[key], " AND ", sql);
            // What has no address may be somebody else.
            sql.push(" AND NOT ");
            refers(membership, &[key], " AND NOT ", sql);
        }
        Owner::Among(key) => {
            sql.push(" AND ");
            refers(membership, &[key], " AND ", sql);
            sql.push(" AND NOT ");
            let another = " AND i.type IN ('', 'Patient') AND NOT ";
            refers(membership, &[key], another, sql);
        }
    }
    // Whoever else takes part would find it in their record.
    if !membership.keys.is_empty() {
        sql.push(" AND NOT ");
        let another = " AND i.type = 'Patient' AND NOT ";
        refers(membership, &membership.keys, another, sql);
    }
}

/// Adds that a row of these parameters meets what `test` says of being the patient.
fn refers(membership: &Membership, keys: &[u32], test: &str, sql: &mut Sql) {
    sql.push("EXISTS (SELECT 1 FROM reference_index i WHERE i.rid = r.rid AND i.param IN (");
    sql.numbers(keys).push(")").push(test);
    sql.push("(i.id = ").bind(membership.id.as_str());
    sql.push(" AND i.type = 'Patient' AND ");
    is_own("i.base", &membership.own_base, sql);
    sql.push(")").fence();
}
