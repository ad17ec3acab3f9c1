//! The FHIR definitions of one release: elements, search parameters, value sets, compartments.
//!
//! The tables are facts generated from the published packages (`tools/definitions`) and compiled
//! in as text. Nothing is parsed at start-up: a section is parsed when its type is first used, so
//! that an instance that only serves `Patient` never pays for the other 145 resource types.

mod compartments;
mod search_parameters;
mod section;
mod types;
mod value_sets;

use crate::Release;
use section::Sections;
use std::sync::LazyLock;

pub use search_parameters::{Component, SearchParameter, SearchType};
pub(crate) use search_parameters::{hash, index_key};
pub use types::{Element, Kind, Property, TypeDefinition};
pub use value_sets::ValueSet;

/// The definitions of one release. Obtain it with [`Definitions::of`]; it lives for ever.
pub struct Definitions {
    release: Release,
    types: types::Types,
    search: search_parameters::SearchParameters,
    value_sets: value_sets::ValueSets,
    compartments: Sections,
}

macro_rules! tables {
    ($release:expr, $folder:literal) => {
        Definitions {
            release: $release,
            types: types::Types::new(include_str!(concat!("tables/", $folder, "/elements.tsv"))),
            search: search_parameters::SearchParameters::new(include_str!(concat!(
                "tables/",
                $folder,
                "/search.tsv"
            ))),
            value_sets: value_sets::ValueSets::new(include_str!(concat!(
                "tables/",
                $folder,
                "/value_sets.tsv"
            ))),
            compartments: Sections::new(include_str!(concat!(
                "tables/",
                $folder,
                "/compartments.tsv"
            ))),
        }
    };
}

static R4: LazyLock<Definitions> = LazyLock::new(|| tables!(Release::R4, "r4"));
static STU3: LazyLock<Definitions> = LazyLock::new(|| tables!(Release::Stu3, "stu3"));

impl Definitions {
    /// The definitions of `release`.
    pub fn of(release: Release) -> &'static Self {
        match release {
            Release::R4 => &R4,
            Release::Stu3 => &STU3,
        }
    }

    /// The release that these definitions are of.
    pub fn release(&self) -> Release {
        self.release
    }

    /// The definition of a resource, complex or primitive type by its exact name.
    pub fn type_definition(&'static self, name: &str) -> Option<&'static TypeDefinition> {
        self.types.get(name)
    }

    /// The definition of a concrete resource type by its exact name.
    pub fn resource(&'static self, name: &str) -> Option<&'static TypeDefinition> {
        self.types
            .get(name)
            .filter(|definition| definition.is_concrete_resource())
    }

    /// The table of search parameters, whole: what a hash of the definitions is made of.
    pub(crate) fn search_table(&self) -> &'static str {
        self.search.text()
    }

    /// The names of all concrete resource types, sorted.
    pub fn resource_types(&'static self) -> Vec<&'static str> {
        self.types
            .names()
            .filter(|name| self.resource(name).is_some())
            .collect()
    }

    /// The search parameters of a resource type, those of all resources included, sorted by code.
    pub fn search_parameters(&'static self, resource_type: &str) -> &'static [SearchParameter] {
        self.search.of(self, resource_type)
    }

    /// One search parameter of a resource type.
    pub fn search_parameter(
        &'static self,
        resource_type: &str,
        code: &str,
    ) -> Option<&'static SearchParameter> {
        let parameters = self.search_parameters(resource_type);
        let found = parameters.binary_search_by(|parameter| parameter.code.cmp(code));
        found.ok().and_then(|at| parameters.get(at))
    }

    /// A value set with a required binding, by the name that [`Element::value_set`] holds.
    pub fn value_set(&'static self, name: &str) -> Option<&'static ValueSet> {
        self.value_sets.get(name)
    }

    /// The parameters that make a resource of `member` a part of the compartment `compartment`;
    /// empty when the type is never a part of it.
    pub fn compartment_parameters(
        &'static self,
        compartment: &str,
        member: &str,
    ) -> Vec<&'static str> {
        compartments::parameters(&self.compartments, compartment, member)
    }
}

impl Definitions {
    /// The keys of the index rows of those parameters.
    pub fn compartment_keys(&'static self, compartment: &str, member: &str) -> Vec<u32> {
        let codes = self.compartment_parameters(compartment, member);
        let parameters = codes
            .iter()
            .filter_map(|code| self.search_parameter(member, code));
        parameters.map(|parameter| parameter.id).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_releases_know_their_resource_types() {
        let r4 = Definitions::of(Release::R4).resource_types();
        let stu3 = Definitions::of(Release::Stu3).resource_types();
        assert_eq!(r4.len(), 146);
        assert_eq!(stu3.len(), 117);
        assert!(r4.contains(&"Patient") && !r4.contains(&"DomainResource"));
        assert!(stu3.contains(&"ProcedureRequest") && !r4.contains(&"ProcedureRequest"));
    }

    #[test]
    fn names_are_case_sensitive() {
        assert!(Definitions::of(Release::R4).resource("patient").is_none());
        assert!(Definitions::of(Release::R4).resource("").is_none());
        assert!(Definitions::of(Release::R4).resource("HumanName").is_none());
    }

    #[test]
    fn the_patient_compartment_holds_observations_by_subject_and_performer() {
        let parameters =
            Definitions::of(Release::R4).compartment_parameters("Patient", "Observation");
        assert_eq!(parameters, ["performer", "subject"]);
        let none = Definitions::of(Release::R4).compartment_parameters("Patient", "Location");
        assert!(none.is_empty());
    }
}
