//! Predicates as SQL conditions on the resource row named `r`.

use super::predicate::{Criterion, Predicate};
use super::sql::Sql;
use crate::definitions::Definitions;

/// The part of a type's resources that a caller may see or change. It becomes a condition of every
/// statement, before any LIMIT, so that no page, count or cursor can leak past it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Confinement {
    /// The compartment that resources must belong to; `None` is no limit.
    pub compartment: Option<Compartment>,
    /// What resources must meet: all predicates of one of these; none is no limit.
    pub constraints: Vec<Vec<Predicate>>,
}

impl Confinement {
    /// Whether everything may be seen.
    pub fn is_everything(&self) -> bool {
        self.compartment.is_none() && self.constraints.is_empty()
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

/// What a confined caller wants of a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// To see it: types that belong to nobody can be seen from every compartment.
    Read,
    /// To change it: only what belongs to the compartment.
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
    if let Some(compartment) = &confinement.compartment {
        belongs(definitions, resource_type, compartment, access, sql);
    }
    if confinement.constraints.is_empty() {
        return;
    }
    sql.push(" AND (");
    for (at, predicates) in confinement.constraints.iter().enumerate() {
        sql.push(if at > 0 { " OR (1" } else { "(1" });
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
    if access == Access::Read && SHARED.contains(&resource_type) {
        return;
    }
    sql.push(" AND (");
    if resource_type == compartment {
        sql.push("r.id = ").bind(id.as_str());
    } else {
        sql.push("0");
    }
    let codes = definitions.compartment_parameters(compartment, resource_type);
    let keys: Vec<i64> = codes
        .iter()
        .filter_map(|code| definitions.search_parameter(resource_type, code))
        .map(|parameter| i64::from(parameter.id))
        .collect();
    if !keys.is_empty() {
        sql.push(
            " OR EXISTS (SELECT 1 FROM reference_index i WHERE i.rid = r.rid AND i.param IN (",
        );
        for (at, key) in keys.iter().enumerate() {
            sql.push(if at > 0 { "," } else { "" }).number(*key);
        }
        sql.push(") AND i.id = ").bind(id.as_str());
        sql.push(" AND i.type = ").bind(compartment.as_str());
        sql.push(" AND i.base = '')");
    }
    sql.push(")");
    super::group::only_member(resource_type, compartment, sql);
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
            sql.push("(SELECT 1 FROM ").push(criterion.table().name());
            sql.push(" i WHERE i.rid = r.rid AND ");
            rows(*key, criterion, sql);
            sql.push(")");
        }
        Predicate::Missing {
            key,
            table,
            missing,
        } => {
            sql.push(if *missing { "NOT EXISTS " } else { "EXISTS " });
            sql.push("(SELECT 1 FROM ").push(table.name());
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
