//! Predicates as SQL conditions on the resource row named `r`.

use super::kind::Criterion;
use super::predicate::Predicate;
use super::sql::Sql;
use crate::compartment::{Ownership, is_evidence, ownership};
use crate::definitions::Definitions;

/// The part of a type's resources that a caller may see or change. It becomes a condition of every
/// statement, before any LIMIT, so that no page, count or cursor can leak past it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Confinement {
    /// The compartments that resources must belong to, all of them; none is no limit.
    pub compartments: Vec<Compartment>,
    /// What resources must meet: all predicates of one of these; none is no limit.
    pub constraints: Vec<Vec<Predicate>>,
}

impl Confinement {
    /// Whether everything may be seen.
    pub fn is_everything(&self) -> bool {
        self.compartments.is_empty() && self.constraints.is_empty()
    }
}

/// A compartment of one resource. <https://hl7.org/fhir/R4/compartmentdefinition.html>
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compartment {
    /// The compartment, such as `Patient`.
    pub compartment: String,
    /// The id of the resource that the compartment belongs to.
    pub id: String,
}

/// Types that belong to nobody's compartment and may be seen from every one.
const SHARED: [&str; 4] = ["Location", "Medication", "Organization", "Practitioner"];

/// Whether resources of a type may be seen from every compartment.
pub(super) fn is_shared(resource_type: &str) -> bool {
    SHARED.contains(&resource_type)
}

/// What a confined caller wants of a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// To see it: types that belong to nobody can be seen from every compartment.
    Read,
    /// To change it: only what belongs to the compartment and, where that is a patient's, names no
    /// other patient as its owner.
    Write,
}

/// Adds ` AND ...` for a confinement, tested on the resource row named `r`; nothing for a caller
/// who may see everything.
pub fn confine(
    definitions: &'static Definitions,
    resource_type: &str,
    confinement: &Confinement,
    access: Access,
    sql: &mut Sql,
) {
    for compartment in &confinement.compartments {
        belongs(definitions, resource_type, compartment, access, sql);
    }
    if confinement.constraints.is_empty() {
        return;
    }
    sql.push(" AND (");
    for (at, predicates) in confinement.constraints.iter().enumerate() {
        sql.push(if at > 0 { " OR (TRUE" } else { "(TRUE" });
        for predicate in predicates {
            sql.push(" AND ");
            probe(predicate, sql);
        }
        sql.push(")");
    }
    sql.push(")");
}

fn belongs(
    definitions: &'static Definitions,
    resource_type: &str,
    Compartment { compartment, id }: &Compartment,
    access: Access,
    sql: &mut Sql,
) {
    match access {
        Access::Read if is_shared(resource_type) => return,
        Access::Read => {}
        Access::Write => owned(definitions, resource_type, (compartment, id), sql),
    }
    sql.push(" AND (");
    if resource_type == compartment {
        sql.push("r.id = ").bind(id.as_str());
    } else {
        sql.push("FALSE");
    }
    let keys = definitions.compartment_keys(compartment, resource_type);
    if !keys.is_empty() {
        sql.push(
            " OR EXISTS (SELECT 1 FROM reference_index i WHERE i.rid = r.rid AND i.param IN (",
        );
        sql.numbers(keys);
        sql.push(") AND i.id = ").bind(id.as_str());
        sql.push(" AND i.type = ").bind(compartment.as_str());
        sql.push(" AND i.base = '')");
    }
    sql.push(")");
    super::group::only_member(resource_type, compartment, sql);
}

/// Adds the condition that a resource is the owner's to change. Rows of the index tell it, so that
/// it can be tested on what was there before as well as on what comes.
fn owned(
    definitions: &'static Definitions,
    resource_type: &str,
    (compartment, id): (&str, &str),
    sql: &mut Sql,
) {
    if compartment != "Patient" {
        // Of practitioners' compartments no reference says whose record it is.
        if is_evidence(resource_type) {
            sql.push(" AND FALSE");
        }
        return;
    }
    let members = definitions.compartment_keys(compartment, resource_type);
    match ownership(definitions, resource_type) {
        Ownership::Nobody => {
            sql.push(" AND FALSE");
            return;
        }
        Ownership::Itself => {
            sql.push(" AND r.id = ").bind(id);
        }
        Ownership::All(parameter) => {
            sql.push(" AND ");
            refers(&[parameter.id], id, " AND ", sql);
            // What has no address may be somebody else.
            sql.push(" AND NOT ");
            refers(&[parameter.id], id, " AND NOT ", sql);
        }
        Ownership::Among(parameter) => {
            sql.push(" AND ");
            refers(&[parameter.id], id, " AND ", sql);
            sql.push(" AND NOT ");
            refers(
                &[parameter.id],
                id,
                " AND i.type IN ('', 'Patient') AND NOT ",
                sql,
            );
        }
    }
    // Whoever else takes part would find it in their record.
    if !members.is_empty() {
        sql.push(" AND NOT ");
        refers(&members, id, " AND i.type = 'Patient' AND NOT ", sql);
    }
}

/// Adds that a row of these parameters meets what `test` says of being the patient.
fn refers(keys: &[u32], id: &str, test: &str, sql: &mut Sql) {
    sql.push("EXISTS (SELECT 1 FROM reference_index i WHERE i.rid = r.rid AND i.param IN (");
    sql.numbers(keys.iter().copied()).push(")").push(test);
    sql.push("(i.id = ").bind(id);
    sql.push(" AND i.type = 'Patient' AND i.base = ''))");
}

/// Adds the condition of one predicate, tested resource by resource.
pub(super) fn probe(predicate: &Predicate, sql: &mut Sql) {
    match predicate {
        Predicate::Id { ids, negated } => {
            sql.push(if *negated { "r.id NOT IN " } else { "r.id IN " });
            sql.push("(SELECT value FROM json_each(")
                .bind_list(ids)
                .push("))");
        }
        Predicate::LastUpdated(criterion) => criterion.compare_milliseconds(sql, "r.updated"),
        Predicate::Indexed {
            key,
            criterion,
            negated,
            ..
        } => {
            sql.push(if *negated { "NOT EXISTS " } else { "EXISTS " });
            sql.push("(SELECT 1 FROM ").push(criterion.kind().name);
            sql.push(" i WHERE i.rid = r.rid AND ");
            rows(*key, criterion, sql);
            sql.push(")");
        }
        Predicate::Missing { key, kind, missing } => {
            sql.push(if *missing { "NOT EXISTS " } else { "EXISTS " });
            sql.push("(SELECT 1 FROM ").push(kind.name);
            sql.push(" i WHERE i.rid = r.rid AND i.param = ")
                .number(*key)
                .push(")");
        }
    }
}

/// Adds the condition that selects a predicate's rows of its index, on the row named `i`.
pub(super) fn rows(key: u32, criterion: &Criterion, sql: &mut Sql) {
    sql.push("i.param = ").number(key).push(" AND ");
    criterion.condition(sql);
}
