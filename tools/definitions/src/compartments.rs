//! `compartments.tsv`: which search parameters put a resource into a compartment:
//! <https://hl7.org/fhir/R4/compartmentdefinition.html>.
//!
//! Columns: resource type, search parameters; `{def}` is the resource itself.

use crate::Result;
use crate::conformance::CompartmentDefinition;
use crate::table::Table;

/// Makes the table.
///
/// # Errors
/// When a compartment cannot be brought into the table's form.
pub fn table(compartments: &[CompartmentDefinition]) -> Result<Table<2>> {
    let mut table = Table::new();
    for compartment in compartments {
        // The package holds an example, a Device compartment of its own, beside the five.
        if compartment.id == "example" {
            continue;
        }
        for resource in &compartment.resource {
            if resource.param.is_empty() {
                continue;
            }
            let mut parameters = resource.param.clone();
            parameters.sort();
            parameters.dedup();
            table.push(
                &compartment.code,
                [resource.code.clone(), parameters.join(",")],
            )?;
        }
    }
    table.sort_lines();
    Ok(table)
}
