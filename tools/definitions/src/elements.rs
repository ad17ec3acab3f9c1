//! `elements.tsv`: the elements of every type: <https://hl7.org/fhir/R4/elementdefinition.html>.
//!
//! Columns of a type's first line: `.`, kind, base type, `abstract`. Columns of the others: path,
//! min, max, types, targets, required value set, content reference, `S` in the summary, `M`
//! modifier.

use std::collections::HashSet;

use crate::conformance::{Binding, ElementDefinition, StructureDefinition, TypeRef};
use crate::table::Table;
use crate::{Error, Result};

const STRUCTURES: &str = "http://hl7.org/fhir/StructureDefinition/";
const VALUE_SETS: &str = "http://hl7.org/fhir/ValueSet/";
const FHIR_TYPE: &str = "http://hl7.org/fhir/StructureDefinition/structuredefinition-fhir-type";
const SYSTEM_TYPES: &str = "http://hl7.org/fhirpath/System.";
/// The target of a reference that may lead anywhere.
const ANY: &str = "Resource";

/// The column of the required value set.
pub const VALUE_SET_COLUMN: usize = 5;

/// Makes the table.
///
/// # Errors
/// When an element cannot be brought into the table's form.
pub fn table(structures: &[StructureDefinition]) -> Result<Table<9>> {
    let mut table = Table::new();
    for structure in structures {
        if structure.derivation.as_deref() == Some("constraint") {
            continue;
        }
        let kind = match structure.kind.as_str() {
            "resource" => "resource",
            "complex-type" => "complex",
            "primitive-type" => "primitive",
            _ => continue,
        };
        let name = &structure.type_name;
        let mut first: [String; 9] = Default::default();
        let base = structure
            .base_definition
            .as_deref()
            .map_or("", last_segment);
        let is_abstract = if structure.is_abstract {
            "abstract"
        } else {
            ""
        };
        for (field, text) in first.iter_mut().zip([".", kind, base, is_abstract]) {
            text.clone_into(field);
        }
        table.push(name, first)?;
        if kind == "primitive" {
            continue;
        }
        let snapshot = structure
            .snapshot
            .as_ref()
            .ok_or_else(|| Error::new(format!("{name} has no snapshot")))?;
        for element in snapshot.element.iter().skip(1) {
            let line = line(name, element)
                .map_err(|error| Error::new(format!("{}: {error}", element.path)))?;
            table.push(name, line)?;
        }
    }
    check_targets(&table)?;
    Ok(table)
}

fn line(type_name: &str, element: &ElementDefinition) -> Result<[String; 9]> {
    let path = within(&element.path, type_name)?;
    let content_reference = match &element.content_reference {
        Some(reference) => within(reference.trim_start_matches('#'), type_name)?,
        None => "",
    };
    let mut types: Vec<&str> = Vec::new();
    for code in element.types.iter().map(type_code) {
        let code = code?;
        if !types.contains(&code) {
            types.push(code);
        }
    }
    if types.is_empty() == content_reference.is_empty() {
        return Err(Error::new(
            "has not exactly one of type and contentReference",
        ));
    }
    if element.max != "*" && element.max.parse::<u32>().is_err() {
        return Err(Error::new(format!("max {} is no number", element.max)));
    }
    let flag = |set: bool, letter: &str| {
        if set {
            letter.to_owned()
        } else {
            String::new()
        }
    };
    Ok([
        path.to_owned(),
        element.min.to_string(),
        element.max.clone(),
        types.join(","),
        targets(&element.types)?.join(","),
        required_value_set(element.binding.as_ref())?,
        content_reference.to_owned(),
        flag(element.is_summary, "S"),
        flag(element.is_modifier, "M"),
    ])
}

fn within<'path>(path: &'path str, type_name: &str) -> Result<&'path str> {
    path.strip_prefix(type_name)
        .and_then(|rest| rest.strip_prefix('.'))
        .ok_or_else(|| Error::new(format!("{path} is not within {type_name}")))
}

fn last_segment(url: &str) -> &str {
    url.rsplit_once('/').map_or(url, |(_, segment)| segment)
}

/// The FHIR name of a type. R4 gives ids and the like FHIRPath's system types and names the FHIR
/// type in an extension.
fn type_code(type_ref: &TypeRef) -> Result<&str> {
    let fhir_type = type_ref
        .extension
        .iter()
        .find(|extension| extension.url == FHIR_TYPE)
        .and_then(|extension| extension.value_url.as_deref());
    match (fhir_type, type_ref.code.strip_prefix(SYSTEM_TYPES)) {
        (Some(fhir_type), _) => Ok(fhir_type),
        (None, Some("String")) => Ok("string"),
        (None, Some(other)) => Err(Error::new(format!("has the system type {other}"))),
        (None, None) => Ok(&type_ref.code),
    }
}

fn targets(types: &[TypeRef]) -> Result<Vec<&str>> {
    let mut targets = Vec::new();
    for type_ref in types {
        if !matches!(type_ref.code.as_str(), "Reference" | "canonical") {
            continue;
        }
        let profiles = type_ref.target_profile.as_slice();
        if profiles.is_empty() {
            targets.push(ANY);
        }
        for profile in profiles {
            targets.push(profile.strip_prefix(STRUCTURES).ok_or_else(|| {
                Error::new(format!("has the target {profile}, which is not FHIR's own"))
            })?);
        }
    }
    targets.sort_unstable();
    targets.dedup();
    Ok(targets)
}

fn required_value_set(binding: Option<&Binding>) -> Result<String> {
    let Some(binding) = binding.filter(|binding| binding.strength == "required") else {
        return Ok(String::new());
    };
    let link = binding
        .value_set
        .as_ref()
        .or(binding.value_set_uri.as_ref())
        .or(binding.value_set_reference.as_ref())
        .ok_or_else(|| Error::new("has a required binding without a value set"))?;
    let url = link.url().split('|').next().unwrap_or_default();
    Ok(url.strip_prefix(VALUE_SETS).unwrap_or(url).to_owned())
}

/// The canonical URL of a value set from its name in the table.
#[must_use]
pub fn value_set_url(name: &str) -> String {
    if name.contains(':') {
        name.to_owned()
    } else {
        format!("{VALUE_SETS}{name}")
    }
}

/// The standard names profiles as targets and the table speaks of types, so each must be one.
fn check_targets(table: &Table<9>) -> Result<()> {
    let types: HashSet<&str> = table.section_names().collect();
    for [path, _, _, _, targets, ..] in table.lines() {
        for target in targets.split(',').filter(|target| !target.is_empty()) {
            if !types.contains(target) {
                return Err(Error::new(format!(
                    "{path}: the target {target} is no type"
                )));
            }
        }
    }
    Ok(())
}
