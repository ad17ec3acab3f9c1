//! The conformance resources that the tables are made from, as far as they are needed, in the
//! shapes of both releases: <https://hl7.org/fhir/R4/conformance-module.html>.

use serde::Deserialize;
use serde_json::Value;

use crate::{Error, Result};

/// What one release defines.
#[derive(Debug, Default)]
pub struct Definitions {
    /// Its search parameters.
    pub search_parameters: Vec<SearchParameter>,
    /// Its types, profiles and logical models.
    pub structure_definitions: Vec<StructureDefinition>,
    /// Its compartments.
    pub compartment_definitions: Vec<CompartmentDefinition>,
    /// Its value sets.
    pub value_sets: Vec<ValueSet>,
    /// Its code systems.
    pub code_systems: Vec<CodeSystem>,
}

impl Definitions {
    /// Takes in one resource; types that no table needs are passed over.
    ///
    /// # Errors
    /// When the resource does not have the shape of its type.
    pub fn add(&mut self, resource: Value) -> Result<()> {
        let resource_type = text(&resource, "resourceType");
        let id = text(&resource, "id");
        let outcome = match resource_type.as_str() {
            "SearchParameter" => append(&mut self.search_parameters, resource),
            "StructureDefinition" => append(&mut self.structure_definitions, resource),
            "CompartmentDefinition" => append(&mut self.compartment_definitions, resource),
            "ValueSet" => append(&mut self.value_sets, resource),
            "CodeSystem" => append(&mut self.code_systems, resource),
            _ => Ok(()),
        };
        outcome.map_err(|error| {
            Error::new(format!(
                "{resource_type}/{id} has an unexpected shape: {error}"
            ))
        })
    }
}

fn text(resource: &Value, name: &str) -> String {
    resource
        .get(name)
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned()
}

fn append<T: serde::de::DeserializeOwned>(
    list: &mut Vec<T>,
    resource: Value,
) -> std::result::Result<(), serde_json::Error> {
    list.push(serde_json::from_value(resource)?);
    Ok(())
}

/// <https://hl7.org/fhir/R4/searchparameter.html>
#[derive(Debug, Deserialize)]
pub struct SearchParameter {
    /// The logical id.
    pub id: String,
    /// The canonical URL.
    pub url: String,
    /// The name in a search URL.
    pub code: String,
    /// The resource types it is defined for.
    #[serde(default)]
    pub base: Vec<String>,
    /// The search type.
    #[serde(rename = "type")]
    pub search_type: String,
    /// The FHIRPath that finds the values.
    pub expression: Option<String>,
    /// The types that a reference may lead to.
    #[serde(default)]
    pub target: Vec<String>,
    /// The parts of a composite.
    #[serde(default)]
    pub component: Vec<Component>,
    /// What it is for, in Markdown.
    pub description: String,
}

/// A part of a composite search parameter.
#[derive(Debug, Deserialize)]
pub struct Component {
    /// The search parameter that tells the part's type.
    pub definition: Link,
    /// Where the part's value is, from the composite's own expression.
    pub expression: String,
}

/// A canonical URL (R4) or a Reference to it (STU3).
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum Link {
    /// The URL itself.
    Canonical(String),
    /// A Reference element.
    Reference {
        /// The URL.
        reference: String,
    },
}

impl Link {
    /// The URL that the link leads to.
    #[must_use]
    pub fn url(&self) -> &str {
        match self {
            Self::Canonical(url) | Self::Reference { reference: url } => url,
        }
    }
}

/// <https://hl7.org/fhir/R4/structuredefinition.html>
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StructureDefinition {
    /// The type that is defined or constrained.
    #[serde(rename = "type")]
    pub type_name: String,
    /// `primitive-type`, `complex-type`, `resource` or `logical`.
    pub kind: String,
    /// Whether no instance is of exactly this type.
    #[serde(rename = "abstract")]
    pub is_abstract: bool,
    /// `constraint` for a profile.
    pub derivation: Option<String>,
    /// The URL of the type it builds on.
    pub base_definition: Option<String>,
    /// All elements.
    pub snapshot: Option<Snapshot>,
}

/// The elements of a type, inherited ones included.
#[derive(Debug, Deserialize)]
pub struct Snapshot {
    /// The elements, the root first.
    pub element: Vec<ElementDefinition>,
}

/// <https://hl7.org/fhir/R4/elementdefinition.html>
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ElementDefinition {
    /// The path from the type's name.
    pub path: String,
    /// How often it must occur.
    pub min: u32,
    /// How often it may occur.
    pub max: String,
    /// The types it may have.
    #[serde(default, rename = "type")]
    pub types: Vec<TypeRef>,
    /// The value set it is bound to.
    pub binding: Option<Binding>,
    /// The element whose content it repeats.
    pub content_reference: Option<String>,
    /// Whether it belongs to the summary.
    #[serde(default)]
    pub is_summary: bool,
    /// Whether it changes the meaning of others.
    #[serde(default)]
    pub is_modifier: bool,
}

/// One of an element's types.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TypeRef {
    /// The name, or a FHIRPath system type as a URL; STU3 has none for the value of a primitive.
    #[serde(default)]
    pub code: String,
    /// The profiles that a reference may lead to.
    #[serde(default)]
    pub target_profile: Repeated,
    /// Holds the FHIR type where `code` is a FHIRPath system type.
    #[serde(default)]
    pub extension: Vec<Extension>,
}

/// An extension whose value is a URL.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Extension {
    /// What it means.
    pub url: String,
    /// The value, if it is of type `url`.
    pub value_url: Option<String>,
}

/// A value set binding: R4 has `valueSet`, STU3 one of the other two.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Binding {
    /// `required` where only the value set's codes are allowed.
    pub strength: String,
    /// The canonical URL.
    pub value_set: Option<Link>,
    /// The canonical URL.
    pub value_set_uri: Option<Link>,
    /// A Reference to the canonical URL.
    pub value_set_reference: Option<Link>,
}

/// <https://hl7.org/fhir/R4/compartmentdefinition.html>
#[derive(Debug, Deserialize)]
pub struct CompartmentDefinition {
    /// The logical id.
    pub id: String,
    /// The resource type whose instances have such a compartment.
    pub code: String,
    /// Which resources belong to it.
    #[serde(default)]
    pub resource: Vec<CompartmentResource>,
}

/// How resources of one type come to belong to a compartment.
#[derive(Debug, Deserialize)]
pub struct CompartmentResource {
    /// The resource type.
    pub code: String,
    /// The search parameters that lead to the compartment's owner.
    #[serde(default)]
    pub param: Vec<String>,
}

/// <https://hl7.org/fhir/R4/valueset.html>
#[derive(Debug, Deserialize)]
pub struct ValueSet {
    /// The canonical URL.
    pub url: String,
    /// What it is made of.
    pub compose: Option<Compose>,
}

/// The content of a value set.
#[derive(Debug, Deserialize)]
pub struct Compose {
    /// What belongs to it.
    #[serde(default)]
    pub include: Vec<ConceptSet>,
    /// What is taken out again.
    #[serde(default)]
    pub exclude: Vec<ConceptSet>,
}

/// A selection of codes: those that meet all the conditions that are present.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ConceptSet {
    /// The code system.
    pub system: Option<String>,
    /// Codes of that system.
    #[serde(default)]
    pub concept: Vec<Concept>,
    /// Conditions on the system's codes.
    #[serde(default)]
    pub filter: Vec<Value>,
    /// Value sets that must hold the code.
    #[serde(default)]
    pub value_set: Repeated,
}

/// <https://hl7.org/fhir/R4/codesystem.html>
#[derive(Debug, Deserialize)]
pub struct CodeSystem {
    /// The canonical URL.
    pub url: Option<String>,
    /// `complete` when all its codes are in `concept`.
    pub content: String,
    /// The codes.
    #[serde(default)]
    pub concept: Vec<Concept>,
}

/// A code and, in a code system, those beneath it.
#[derive(Debug, Deserialize)]
pub struct Concept {
    /// The code.
    pub code: String,
    /// The codes beneath it.
    #[serde(default)]
    pub concept: Vec<Concept>,
}

/// Texts that R4 repeats and STU3 gives singly.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum Repeated {
    /// A single text.
    One(String),
    /// A list.
    Many(Vec<String>),
}

impl Default for Repeated {
    fn default() -> Self {
        Self::Many(Vec::new())
    }
}

impl Repeated {
    /// The texts.
    #[must_use]
    pub fn as_slice(&self) -> &[String] {
        match self {
            Self::One(text) => std::slice::from_ref(text),
            Self::Many(texts) => texts,
        }
    }
}
