//! `search.tsv`: the standard search parameters of each resource type:
//! <https://hl7.org/fhir/R4/searchparameter-registry.html>.
//!
//! Columns: code, type, expression, targets, components, id, description.

use crate::conformance::{SearchParameter, StructureDefinition};
use crate::expression::restrict;
use crate::table::Table;
use crate::{Error, Result};

const CANONICAL: &str = "http://hl7.org/fhir/SearchParameter/";
const BETWEEN_COMPONENTS: &str = " ; ";
const WITHIN_COMPONENT: &str = "~";

/// Makes the table.
///
/// # Errors
/// When a parameter cannot be brought into the table's form.
pub fn table(
    parameters: &[SearchParameter],
    structures: &[StructureDefinition],
) -> Result<Table<7>> {
    let mut table = Table::new();
    for parameter in parameters.iter().filter(|parameter| is_standard(parameter)) {
        for base in &parameter.base {
            let context = |error| Error::new(format!("search parameter {}: {error}", parameter.id));
            if !structures
                .iter()
                .any(|structure| &structure.type_name == base)
            {
                return Err(context(Error::new(format!("{base} is no type"))));
            }
            table.push(base, line(parameter, base, parameters).map_err(context)?)?;
        }
    }
    table.sort_lines();
    Ok(table)
}

/// Whether the parameter belongs to a resource type itself, not to an extension or a profile.
///
/// The ids of the standard ones are `<type>-<code>` or `<group>-<code>`; those that come with
/// extensions and profiles have more parts (`patient-extensions-Patient-age`), and the examples
/// end in something else.
fn is_standard(parameter: &SearchParameter) -> bool {
    parameter
        .id
        .strip_suffix(parameter.code.trim_start_matches('_'))
        .and_then(|owner| owner.strip_suffix('-'))
        .is_some_and(|owner| !owner.contains('-') && owner != "example")
}

fn line(
    parameter: &SearchParameter,
    base: &str,
    parameters: &[SearchParameter],
) -> Result<[String; 7]> {
    let expression = match &parameter.expression {
        Some(expression) => restrict(expression, base, &parameter.base)?,
        None => String::new(),
    };
    let mut targets = parameter.target.clone();
    targets.sort();
    targets.dedup();
    let id = if parameter.url.strip_prefix(CANONICAL) == Some(parameter.id.as_str()) {
        parameter.id.clone()
    } else {
        parameter.url.clone()
    };
    Ok([
        parameter.code.clone(),
        parameter.search_type.clone(),
        expression,
        targets.join(","),
        components(parameter, base, parameters)?,
        id,
        description(&parameter.description, base)?,
    ])
}

fn components(
    parameter: &SearchParameter,
    base: &str,
    parameters: &[SearchParameter],
) -> Result<String> {
    let mut components = Vec::new();
    for component in &parameter.component {
        let url = component.definition.url();
        let code = component_code(url, base, parameters)
            .ok_or_else(|| Error::new(format!("its component {url} is not defined")))?;
        if [BETWEEN_COMPONENTS, WITHIN_COMPONENT]
            .iter()
            .any(|separator| component.expression.contains(separator))
        {
            return Err(Error::new(format!(
                "the expression of its component {url} holds a separator of the table"
            )));
        }
        components.push(format!("{code}{WITHIN_COMPONENT}{}", component.expression));
    }
    Ok(components.join(BETWEEN_COMPONENTS))
}

/// The code of the parameter that a component names. STU3 names `Observation-code`, which it
/// defines together with other types' under the id `clinical-code`.
fn component_code<'parameters>(
    url: &str,
    base: &str,
    parameters: &'parameters [SearchParameter],
) -> Option<&'parameters str> {
    let of_base = url
        .strip_prefix(CANONICAL)
        .and_then(|id| id.strip_prefix(base))
        .and_then(|rest| rest.strip_prefix('-'));
    parameters
        .iter()
        .filter(|parameter| parameter.base.iter().any(|other| other == base))
        .find(|parameter| parameter.url == url || Some(parameter.code.as_str()) == of_base)
        .map(|parameter| parameter.code.as_str())
}

/// The description for one base on one line; that of a parameter with several is a list of links,
/// `* [Condition](condition.html): Code for the condition`.
fn description(markdown: &str, base: &str) -> Result<String> {
    let text = if markdown.starts_with("Multiple Resources:") {
        let item = format!("* [{base}](");
        markdown
            .lines()
            .find(|line| line.starts_with(&item))
            .and_then(|line| line.split_once("): "))
            .map(|(_, text)| text)
            .ok_or_else(|| Error::new(format!("its description does not speak of {base}")))?
    } else {
        markdown
    };
    Ok(text.split_whitespace().collect::<Vec<_>>().join(" "))
}

#[cfg(test)]
mod tests {
    use super::{SearchParameter, description, is_standard};
    use serde_json::json;

    fn parameter(id: &str, code: &str) -> SearchParameter {
        serde_json::from_value(json!({
            "id": id, "url": format!("http://hl7.org/fhir/SearchParameter/{id}"),
            "code": code, "type": "token", "description": ""
        }))
        .unwrap()
    }

    #[test]
    fn parameters_of_examples_extensions_and_profiles_are_not_standard() {
        let cases = [
            ("Patient-name", "name", true),
            ("clinical-code", "code", true),
            ("Observation-code-value-concept", "code-value-concept", true),
            ("Resource-lastUpdated", "_lastUpdated", true),
            ("patient-extensions-Patient-age", "age", false),
            (
                "elementdefinition-11179-DataElement-objectClass",
                "objectClass",
                false,
            ),
            (
                "observation-genetic-Observation-dna-variant",
                "dna-variant",
                false,
            ),
            ("example", "_id", false),
            ("example-reference", "subject", false),
            ("example-subject", "subject", false),
            ("filter", "_filter", false),
        ];
        for (id, code, standard) in cases {
            assert_eq!(is_standard(&parameter(id, code)), standard, "{id}");
        }
    }

    #[test]
    fn a_description_is_that_of_the_base_on_one_line() {
        let several = "Multiple Resources: \r\n\r\n* [Condition](condition.html): Code  for the\r\n* [ConditionDefinition](x.html): Other\r\n";
        assert_eq!(description(several, "Condition").unwrap(), "Code for the");
        assert_eq!(description("A\r\n b ", "Patient").unwrap(), "A b");
        assert!(description(several, "Patient").is_err());
    }
}
