//! SearchParameter: what a resource type can be searched by.
//! <https://hl7.org/fhir/R4/searchparameter.html>

use super::Definitions;
use super::section::{Sections, columns, list};
use crate::expression::{self, Expression};
use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

/// The value type of a search parameter. <https://hl7.org/fhir/R4/search.html#ptypes>
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the names are the codes of the value set")]
pub enum SearchType {
    Number,
    Date,
    String,
    Token,
    Reference,
    Composite,
    Quantity,
    Uri,
    Special,
}

impl SearchType {
    fn parse(code: &str) -> Self {
        match code {
            "number" => Self::Number,
            "date" => Self::Date,
            "string" => Self::String,
            "token" => Self::Token,
            "reference" => Self::Reference,
            "composite" => Self::Composite,
            "quantity" => Self::Quantity,
            "uri" => Self::Uri,
            _ => Self::Special,
        }
    }

    /// The code of the value set search-param-type.
    pub fn code(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::Date => "date",
            Self::String => "string",
            Self::Token => "token",
            Self::Reference => "reference",
            Self::Composite => "composite",
            Self::Quantity => "quantity",
            Self::Uri => "uri",
            Self::Special => "special",
        }
    }
}

/// One part of a composite parameter.
#[derive(Debug)]
pub struct Component {
    /// The code of the parameter whose type the part has.
    pub code: &'static str,
    /// Where the part stands, relative to an item of the composite's own expression.
    pub expression: &'static str,
}

/// A search parameter of one resource type.
#[derive(Debug)]
pub struct SearchParameter {
    /// The key of the parameter's index rows: a stable hash of `{type}.{code}`.
    pub id: u32,
    /// The name in a query.
    pub code: &'static str,
    /// The value type.
    pub search_type: SearchType,
    /// The compiled expression; `None` when the server defines the meaning (`_text`) or when the
    /// published expression is outside the subset.
    pub expression: Option<Expression>,
    /// The resource types that a reference parameter may point to.
    pub targets: Vec<&'static str>,
    /// The parts of a composite.
    pub components: Vec<Component>,
    /// A hash of what decides on its index rows: type, expression and targets.
    pub fingerprint: u64,
    /// What it finds, in words.
    pub description: &'static str,
    canonical: &'static str,
}

impl SearchParameter {
    /// The canonical URL of its definition.
    pub fn canonical(&self) -> String {
        if self.canonical.contains("://") {
            self.canonical.to_owned()
        } else {
            format!("http://hl7.org/fhir/SearchParameter/{}", self.canonical)
        }
    }

    fn parse(resource_type: &str, line: &'static str) -> Self {
        let [
            code,
            search_type,
            expression,
            targets,
            components,
            canonical,
            description,
        ] = columns(line);
        Self {
            id: index_key(resource_type, code),
            code,
            search_type: SearchType::parse(search_type),
            expression: expression::parse(expression).ok(),
            targets: list(targets),
            components: parse_components(components),
            fingerprint: hash([search_type, expression, targets]),
            description,
            canonical,
        }
    }
}

/// FNV-1a of texts, each with its end.
pub(crate) fn hash<'a>(texts: impl IntoIterator<Item = &'a str>) -> u64 {
    let bytes = texts
        .into_iter()
        .flat_map(|text| text.bytes().chain([0xff]));
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

fn parse_components(column: &'static str) -> Vec<Component> {
    let parts = column.split(" ; ").filter_map(|part| part.split_once('~'));
    parts
        .map(|(code, expression)| Component { code, expression })
        .collect()
}

/// FNV-1a of `{type}.{code}`: the same in every build and on every machine, so that index rows
/// written once stay valid. A test holds that no two parameters of a release share a key.
pub(crate) fn index_key(resource_type: &str, code: &str) -> u32 {
    let bytes = resource_type.bytes().chain([b'.']).chain(code.bytes());
    bytes.fold(0x811c_9dc5, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    })
}

pub(super) struct SearchParameters {
    sections: Sections,
    parsed: RwLock<HashMap<&'static str, &'static [SearchParameter]>>,
}

impl SearchParameters {
    pub(super) fn new(text: &'static str) -> Self {
        Self {
            sections: Sections::new(text),
            parsed: RwLock::default(),
        }
    }

    pub(super) fn text(&self) -> &'static str {
        self.sections.text()
    }

    pub(super) fn of(
        &self,
        definitions: &'static Definitions,
        resource_type: &str,
    ) -> &'static [SearchParameter] {
        let parsed = self.parsed.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(parameters) = parsed.get(resource_type) {
            return parameters;
        }
        drop(parsed);
        let Some(definition) = definitions.type_definition(resource_type) else {
            return &[];
        };
        let mut parameters: Vec<SearchParameter> = Vec::new();
        let mut base = Some(definition);
        while let Some(current) = base {
            let lines = self.sections.get(current.name).unwrap_or_default().lines();
            for parameter in lines.map(|line| SearchParameter::parse(definition.name, line)) {
                if parameters.iter().all(|other| other.code != parameter.code) {
                    parameters.push(parameter);
                }
            }
            base = definitions.type_definition(current.base);
        }
        parameters.sort_by_key(|parameter| parameter.code);
        // Leaked on purpose: parsed once, used for the life of the instance.
        let parameters: &'static [SearchParameter] = Box::leak(parameters.into_boxed_slice());
        let mut parsed = self.parsed.write().unwrap_or_else(PoisonError::into_inner);
        parsed.entry(definition.name).or_insert(parameters)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Release;
    use std::collections::HashMap;

    #[test]
    fn no_two_parameters_of_a_release_share_an_index_key() {
        for release in [Release::R4, Release::Stu3] {
            let definitions = Definitions::of(release);
            let mut keys = HashMap::new();
            for resource_type in definitions.resource_types() {
                for parameter in definitions.search_parameters(resource_type) {
                    let name = format!("{resource_type}.{}", parameter.code);
                    if let Some(other) = keys.insert(parameter.id, name.clone()) {
                        panic!("{other} and {name} share a key");
                    }
                }
            }
        }
    }

    #[test]
    fn every_published_expression_compiles() {
        for release in [Release::R4, Release::Stu3] {
            let definitions = Definitions::of(release);
            for resource_type in definitions.resource_types() {
                for parameter in definitions.search_parameters(resource_type) {
                    let server_defined = [
                        "_text", "_content", "_query", "_filter", "_type", "_list", "_has",
                    ];
                    assert!(
                        parameter.expression.is_some()
                            || server_defined.contains(&parameter.code)
                            || parameter.search_type == SearchType::Special,
                        "{release} {resource_type}.{}",
                        parameter.code
                    );
                }
            }
        }
    }

    #[test]
    fn common_parameters_come_with_every_type() {
        let definitions = Definitions::of(Release::R4);
        let profile = definitions.search_parameter("Patient", "_profile").unwrap();
        assert_eq!(
            profile.canonical(),
            "http://hl7.org/fhir/SearchParameter/Resource-profile"
        );
        assert!(
            definitions
                .search_parameter("Patient", "nonsense")
                .is_none()
        );
    }
}
