//! The FHIR releases the server speaks, where their definitions are found and what is made of
//! them.

use std::path::Path;

use crate::package::Package;
use crate::{Result, compartments, elements, search, value_sets};

/// A FHIR release.
#[derive(Debug)]
pub struct Release {
    /// The folder of its tables.
    pub folder: &'static str,
    /// The npm package with its definitions.
    pub package: Package,
}

/// A file of the tables: its path from the tables' folder, and its text.
pub type TableFile = (String, String);

/// All releases.
pub const RELEASES: [Release; 2] = [
    Release {
        folder: "r4",
        package: Package {
            name: "hl7.fhir.r4.examples",
            version: "4.0.1",
            contents: "",
            files: &[
                "CodeSystem-",
                "CompartmentDefinition-",
                "SearchParameter-",
                "StructureDefinition-",
                "ValueSet-",
            ],
        },
    },
    Release {
        folder: "stu3",
        package: Package {
            name: "fhir",
            version: "3.3.1",
            contents: "profiles/stu3",
            files: &[
                "profiles-resources.json",
                "profiles-types.json",
                "search-parameters.json",
                "v2-tables.json",
                "v3-codesystems.json",
                "valuesets.json",
            ],
        },
    },
];

impl Release {
    /// Makes the release's tables from its package, which is fetched into `packages` if absent.
    ///
    /// # Errors
    /// When the package cannot be fetched or read, or holds what no table can express.
    pub fn tables(&self, packages: &Path) -> Result<Vec<TableFile>> {
        let definitions = self.package.definitions(packages)?;
        let elements = elements::table(&definitions.structure_definitions)?;
        let search = search::table(
            &definitions.search_parameters,
            &definitions.structure_definitions,
        )?;
        let value_sets = value_sets::table(&definitions, &elements)?;
        let compartments = compartments::table(&definitions.compartment_definitions)?;
        Ok([
            ("compartments", compartments.render()),
            ("elements", elements.render()),
            ("search", search.render()),
            ("value_sets", value_sets.render()),
        ]
        .map(|(name, text)| (format!("{}/{name}.tsv", self.folder), text))
        .into())
    }
}
