//! `value_sets.tsv`: the codes of the value sets that elements are bound to with strength
//! `required`: <https://hl7.org/fhir/R4/terminologies.html#strength>.
//!
//! Columns: code, system. A single line `*` stands for a value set that is not checked: its codes
//! are not in the package (currencies, media types, units), are chosen by a filter, or are too
//! many.

use std::collections::{BTreeSet, HashMap};

use crate::Result;
use crate::conformance::{CodeSystem, Concept, ConceptSet, Definitions, ValueSet};
use crate::elements::{VALUE_SET_COLUMN, value_set_url};
use crate::table::Table;

const MOST_CODES: usize = 2000;
const NOT_CHECKED: &str = "*";

type Codes<'definitions> = BTreeSet<(&'definitions str, &'definitions str)>;

/// Makes the table for the value sets that `elements` names.
///
/// # Errors
/// When a code cannot be brought into the table's form.
pub fn table(definitions: &Definitions, elements: &Table<9>) -> Result<Table<2>> {
    let terminology = Terminology::new(definitions);
    let names: BTreeSet<&str> = elements
        .lines()
        .filter_map(|line| line.get(VALUE_SET_COLUMN))
        .map(String::as_str)
        .filter(|name| !name.is_empty())
        .collect();
    let mut table = Table::new();
    for name in names {
        match terminology.expand(&value_set_url(name), &mut Vec::new()) {
            Some(codes) if !codes.is_empty() && codes.len() <= MOST_CODES => {
                for (code, system) in codes {
                    table.push(name, [code.to_owned(), system.to_owned()])?;
                }
            }
            _ => table.push(name, [NOT_CHECKED.to_owned(), String::new()])?,
        }
    }
    Ok(table)
}

struct Terminology<'definitions> {
    value_sets: HashMap<&'definitions str, &'definitions ValueSet>,
    code_systems: HashMap<&'definitions str, &'definitions CodeSystem>,
}

impl<'definitions> Terminology<'definitions> {
    fn new(definitions: &'definitions Definitions) -> Self {
        Self {
            value_sets: definitions
                .value_sets
                .iter()
                .map(|value_set| (value_set.url.as_str(), value_set))
                .collect(),
            code_systems: definitions
                .code_systems
                .iter()
                .filter(|system| system.content == "complete")
                .filter_map(|system| Some((system.url.as_deref()?, system)))
                .collect(),
        }
    }

    /// The (code, system) pairs of a value set, or none if they cannot be told from the package.
    /// `open` are the value sets that are being expanded, which none may import again.
    fn expand(
        &self,
        canonical: &str,
        open: &mut Vec<&'definitions str>,
    ) -> Option<Codes<'definitions>> {
        let url = canonical.split('|').next()?;
        let value_set = *self.value_sets.get(url)?;
        if open.contains(&value_set.url.as_str()) {
            return None;
        }
        open.push(&value_set.url);
        let compose = value_set.compose.as_ref()?;
        let mut codes = Codes::new();
        for include in &compose.include {
            codes.extend(self.select(include, open)?);
        }
        for exclude in &compose.exclude {
            for code in self.select(exclude, open)? {
                codes.remove(&code);
            }
        }
        open.pop();
        Some(codes)
    }

    /// The pairs that meet all conditions of one include or exclude.
    fn select(
        &self,
        set: &'definitions ConceptSet,
        open: &mut Vec<&'definitions str>,
    ) -> Option<Codes<'definitions>> {
        if !set.filter.is_empty() {
            return None;
        }
        let mut selected: Option<Codes<'definitions>> = None;
        if let Some(system) = &set.system {
            let mut codes = Codes::new();
            if set.concept.is_empty() {
                collect(
                    &self.code_systems.get(system.as_str())?.concept,
                    system,
                    &mut codes,
                );
            } else {
                collect(&set.concept, system, &mut codes);
            }
            selected = Some(codes);
        }
        for import in set.value_set.as_slice() {
            let imported = self.expand(import, open)?;
            selected = Some(match selected {
                Some(codes) => codes.intersection(&imported).copied().collect(),
                None => imported,
            });
        }
        selected
    }
}

fn collect<'definitions>(
    concepts: &'definitions [Concept],
    system: &'definitions str,
    codes: &mut Codes<'definitions>,
) {
    for concept in concepts {
        codes.insert((&concept.code, system));
        collect(&concept.concept, system, codes);
    }
}

#[cfg(test)]
mod tests {
    use super::Terminology;
    use crate::conformance::Definitions;
    use serde_json::{Value, json};

    fn expansion(compose: Value) -> Option<Vec<String>> {
        let mut definitions = Definitions::default();
        for resource in [
            json!({"resourceType": "CodeSystem", "url": "urn:letters", "content": "complete",
                "concept": [{"code": "a", "concept": [{"code": "b"}]}, {"code": "c"}]}),
            json!({"resourceType": "CodeSystem", "url": "urn:part", "content": "fragment",
                "concept": [{"code": "x"}]}),
            json!({"resourceType": "ValueSet", "url": "urn:two",
                "compose": {"include": [{"system": "urn:letters",
                    "concept": [{"code": "b"}, {"code": "c"}]}]}}),
            json!({"resourceType": "ValueSet", "url": "urn:circle",
                "compose": {"include": [{"valueSet": ["urn:circle"]}]}}),
            json!({"resourceType": "ValueSet", "url": "urn:trial", "compose": compose}),
        ] {
            definitions.add(resource).unwrap();
        }
        let codes = Terminology::new(&definitions).expand("urn:trial|4.0.1", &mut Vec::new())?;
        Some(codes.iter().map(|(code, _)| (*code).to_owned()).collect())
    }

    #[test]
    fn includes_imports_and_excludes_are_followed() {
        let cases = [
            (json!({"include": [{"system": "urn:letters"}]}), "a b c"),
            (json!({"include": [{"valueSet": ["urn:two"]}]}), "b c"),
            (json!({"include": [{"valueSet": "urn:two"}]}), "b c"),
            (
                json!({"include": [{"system": "urn:letters"}],
                    "exclude": [{"system": "urn:letters", "concept": [{"code": "b"}]}]}),
                "a c",
            ),
            (
                json!({"include": [{"system": "urn:letters", "valueSet": ["urn:two"],
                    "concept": [{"code": "a"}, {"code": "b"}]}]}),
                "b",
            ),
            (
                json!({"include": [{"valueSet": ["urn:two"]}, {"valueSet": ["urn:two"]}]}),
                "b c",
            ),
        ];
        for (compose, codes) in cases {
            assert_eq!(
                expansion(compose.clone()).unwrap().join(" "),
                codes,
                "{compose}"
            );
        }
    }

    #[test]
    fn what_the_package_does_not_tell_is_not_expanded() {
        for compose in [
            json!({"include": [{"system": "urn:unknown"}]}),
            json!({"include": [{"system": "urn:part"}]}),
            json!({"include": [{"system": "urn:letters", "filter": [{"op": "is-a"}]}]}),
            json!({"include": [{"valueSet": ["urn:circle"]}]}),
            json!({"include": [{}]}),
        ] {
            assert_eq!(expansion(compose.clone()), None, "{compose}");
        }
    }
}
