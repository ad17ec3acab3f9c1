//! What a caller is confined to, and what that means for the resources of one type.

use super::predicate::Predicate;
use crate::compartment::{Ownership, is_evidence, ownership};
use crate::definitions::Definitions;
use std::rc::Rc;

/// The part of a type's resources that a caller may see or change. It becomes a condition of every
/// statement, before any LIMIT, so that no page, count or cursor can leak past it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Confinement {
    /// The compartments that resources must belong to, all of them; none is no limit.
    pub compartments: Vec<Compartment>,
    /// What resources must meet: all predicates of one of these; none is no limit.
    pub constraints: Vec<Vec<Predicate>>,
    /// Our own base URL, which an absolute reference to this server begins with; empty when unknown.
    pub own_base: String,
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
fn is_shared(resource_type: &str) -> bool {
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

/// What a confinement asks of the resources of one type.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Confined {
    /// The compartments that each of them must belong to.
    pub memberships: Vec<Rc<Membership>>,
    /// What each of them must meet: all predicates of one of these; none is no limit.
    pub constraints: Vec<Vec<Predicate>>,
}

/// How resources of one type belong to a compartment.
#[derive(Clone, Debug, PartialEq)]
pub struct Membership {
    /// The type that is asked about.
    pub resource_type: &'static str,
    /// The compartment, such as `Patient`.
    pub compartment: String,
    /// The id of the resource that the compartment belongs to.
    pub id: String,
    /// The keys of the reference parameters that make a resource a member.
    pub keys: Vec<u32>,
    /// Our own base URL, which an absolute reference to this server begins with; empty when unknown.
    pub own_base: String,
    /// Whose the resource must be besides; `None` where seeing it is all that is wanted.
    pub owner: Option<Owner>,
}

/// Who must own a resource that is to be changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// No resource of the type may be changed from the compartment.
    Nobody,
    /// Whoever: no reference of the type says whose record it is.
    Anybody,
    /// The resource is its own owner.
    Itself,
    /// Every value of the parameter with this key is the owner.
    All(u32),
    /// The owner is among the values of the parameter with this key, and no other patient is.
    Among(u32),
}

impl Confined {
    /// What a confinement asks of the resources of a type, for one kind of access.
    pub fn new(
        definitions: &'static Definitions,
        resource_type: &'static str,
        confinement: &Confinement,
        access: Access,
    ) -> Self {
        let memberships = confinement.compartments.iter();
        // What everybody may see is not only what belongs to the compartment.
        let memberships =
            memberships.filter(|_| access == Access::Write || !is_shared(resource_type));
        let memberships = memberships.map(|own| {
            Rc::new(Membership {
                resource_type,
                compartment: own.compartment.clone(),
                id: own.id.clone(),
                keys: definitions
                    .compartment_keys(&own.compartment, resource_type)
                    .into_iter()
                    .collect(),
                own_base: confinement.own_base.trim_end_matches('/').to_owned(),
                owner: (access == Access::Write)
                    .then(|| owner(definitions, resource_type, &own.compartment)),
            })
        });
        Self {
            memberships: memberships.collect(),
            constraints: confinement.constraints.clone(),
        }
    }

    /// Whether it asks nothing.
    pub fn is_everything(&self) -> bool {
        self.memberships.is_empty() && self.constraints.is_empty()
    }
}

impl Membership {
    /// Whether the compartment's own resource is of the type.
    pub fn is_own_type(&self) -> bool {
        self.resource_type == self.compartment
    }
}

fn owner(definitions: &'static Definitions, resource_type: &str, compartment: &str) -> Owner {
    if compartment != "Patient" {
        // Of practitioners' compartments no reference says whose record it is.
        return if is_evidence(resource_type) {
            Owner::Nobody
        } else {
            Owner::Anybody
        };
    }
    match ownership(definitions, resource_type) {
        Ownership::Nobody => Owner::Nobody,
        Ownership::Itself => Owner::Itself,
        Ownership::All(parameter) => Owner::All(parameter.id),
        Ownership::Among(parameter) => Owner::Among(parameter.id),
    }
}
