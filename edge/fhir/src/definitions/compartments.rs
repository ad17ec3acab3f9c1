//! CompartmentDefinition: which parameters make a resource a member.
//! <https://hl7.org/fhir/R4/compartmentdefinition.html>

use super::section::{Sections, columns, list};

pub(super) fn parameters(
    sections: &Sections,
    compartment: &str,
    member: &str,
) -> Vec<&'static str> {
    let lines = sections.get(compartment).unwrap_or_default().lines();
    lines
        .map(columns::<2>)
        .find(|[resource_type, _]| *resource_type == member)
        .map(|[_, parameters]| list(parameters))
        .unwrap_or_default()
}
