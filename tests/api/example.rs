//! A valid resource of any type, built from the tables: the least that is allowed, or one with
//! nearly every element, so that nearly every search parameter has a value.

use fhir::definitions::{Definitions, Element, Kind, TypeDefinition, ValueSet};
use serde_json::{Map, Value, json};

/// What examples are made of.
pub(crate) struct Example<'a> {
    pub(crate) definitions: &'static Definitions,
    /// What stands in every text, code and address that may be anything.
    pub(crate) text: &'a str,
    /// What every Reference and choice of one names, of the types that it may.
    pub(crate) reference: &'a dyn Fn(&[&str]) -> String,
}

/// How many levels of elements that may be left out an example has.
#[derive(Clone, Copy)]
struct Levels(u8);

/// Elements that are the server's, that change how the rest is read, or that would make an
/// example contain others without end.
const LEFT_OUT: [&str; 5] = [
    "id",
    "extension",
    "modifierExtension",
    "contained",
    "implicitRules",
];

impl Levels {
    const NONE: Self = Self(0);
    /// A resource, its parts, and the parts of those.
    const RESOURCE: Self = Self(3);
    /// A data type such as CodeableConcept, and its parts.
    const DATA_TYPE: Self = Self(2);

    fn below(self) -> Self {
        Self(self.0.saturating_sub(1))
    }

    fn include(self, element: &Element) -> bool {
        element.min > 0 || (self.0 > 0 && !LEFT_OUT.contains(&element.name()))
    }
}

impl Example<'_> {
    /// The least that is allowed.
    pub(crate) fn least(&self, resource_type: &str) -> Value {
        self.resource(resource_type, Levels::NONE)
    }

    /// One with nearly every element.
    pub(crate) fn full(&self, resource_type: &str) -> Value {
        self.resource(resource_type, Levels::RESOURCE)
    }

    fn resource(&self, resource_type: &str, levels: Levels) -> Value {
        let definition = self.definitions.resource(resource_type).expect("a type");
        let mut resource = Map::from_iter([("resourceType".to_owned(), json!(resource_type))]);
        resource.extend(self.object(definition, "", levels));
        Value::Object(resource)
    }

    fn object(
        &self,
        definition: &TypeDefinition,
        path: &str,
        levels: Levels,
    ) -> Map<String, Value> {
        let mut object = Map::new();
        for element in definition.elements_below(path) {
            if !levels.include(element) {
                continue;
            }
            let is_reference = |name: &&str| *name == "Reference";
            let chosen = element.types.iter().position(is_reference).unwrap_or(0);
            let type_name = element.types.get(chosen).copied().unwrap_or_default();
            let choice = definition.choice(path, element.name());
            let name = choice.get(chosen).map_or(element.name(), String::as_str);
            let value = self.value(definition, element, type_name, levels);
            let value = if element.is_list() {
                json!([value])
            } else {
                value
            };
            object.insert(name.to_owned(), value);
        }
        object
    }

    fn value(
        &self,
        definition: &TypeDefinition,
        element: &Element,
        type_name: &str,
        levels: Levels,
    ) -> Value {
        if let Some(path) = definition.content_path(element) {
            return filled(self.object(definition, path, levels.below()));
        }
        let own = self.definitions.type_definition(type_name);
        match own.map(|own| own.kind) {
            Some(Kind::Primitive) => self.primitive(element, type_name),
            Some(Kind::Resource) => {
                json!({ "resourceType": "Basic", "code": { "text": self.text } })
            }
            _ if type_name == "Reference" => {
                json!({ "reference": (self.reference)(&element.targets) })
            }
            _ if type_name == "CodeableConcept" && self.bound(element).is_some() => {
                json!({ "coding": [self.bound(element)] })
            }
            _ if type_name == "Coding" && self.bound(element).is_some() => {
                json!(self.bound(element))
            }
            _ => {
                let inside = match definition.kind {
                    Kind::Resource if levels.0 > 0 => Levels::DATA_TYPE,
                    _ => levels.below(),
                };
                filled(own.map_or_else(Map::new, |own| self.object(own, "", inside)))
            }
        }
    }

    /// A coding from the value set that the element's must come from.
    fn bound(&self, element: &Element) -> Option<Value> {
        let set = self.definitions.value_set(element.value_set)?;
        let code = first_of(set)?;
        Some(json!({ "system": set.system_of(&code), "code": code }))
    }

    fn primitive(&self, element: &Element, type_name: &str) -> Value {
        if let Some(set) = self.definitions.value_set(element.value_set) {
            return json!(first_of(set).unwrap_or("mg".into()));
        }
        let text = self.text;
        match type_name {
            "boolean" => json!(true),
            "integer" | "unsignedInt" | "positiveInt" => json!(1),
            "decimal" => serde_json::from_str("1.50").expect("a number"),
            "date" | "dateTime" => json!("2020-05-17"),
            "instant" => json!("2020-05-17T10:20:30.456Z"),
            "time" => json!("10:20:30"),
            "base64Binary" => json!("YWJj"),
            "oid" => json!("urn:oid:1.2.3"),
            "uuid" => json!("urn:uuid:c757873d-ec9a-4326-a141-556f43239520"),
            "xhtml" => json!(format!(
                "<div xmlns=\"http://www.w3.org/1999/xhtml\">{text}</div>"
            )),
            "uri" | "url" | "canonical" => json!(format!("http://example.org/{text}")),
            _ => json!(text),
        }
    }
}

/// A code of a value set; none when the set cannot be listed.
fn first_of(set: &ValueSet) -> Option<String> {
    let examples = set.examples();
    let code = examples.split(", ").next()?;
    (!code.is_empty()).then(|| code.to_owned())
}

/// An object must not be empty; every element can have an id.
fn filled(mut object: Map<String, Value>) -> Value {
    if object.is_empty() {
        object.insert("id".into(), json!("e1"));
    }
    Value::Object(object)
}
