//! StructureDefinition: the elements of a type, ready for validation and for FHIRPath.
//! <https://hl7.org/fhir/R4/structuredefinition.html>

use super::section::{Sections, columns, list};
use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

/// What a type is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A resource type.
    Resource,
    /// A type with child elements.
    Complex,
    /// A type with a JSON scalar.
    Primitive,
}

/// One element of a type.
#[derive(Debug)]
pub struct Element {
    /// Path below the type, such as `contact.name` or `deceased[x]`.
    pub path: &'static str,
    /// Least number of occurrences.
    pub min: u32,
    /// Greatest number of occurrences; `None` is `*`.
    pub max: Option<u32>,
    /// The allowed types; empty for an element that borrows its content from another.
    pub types: Vec<&'static str>,
    /// The resource types that a Reference or canonical may name; empty when not a reference.
    pub targets: Vec<&'static str>,
    /// The value set that a code must come from; empty when there is no required binding.
    pub value_set: &'static str,
    /// The element whose children this one has; empty when it has its own.
    pub content_reference: &'static str,
    /// Whether `_summary=true` keeps the element.
    pub summary: bool,
    /// Whether the element can change the meaning of its resource.
    pub modifier: bool,
}

impl Element {
    /// Whether JSON holds the element as an array.
    pub fn is_list(&self) -> bool {
        self.max != Some(1)
    }

    /// The name of the last step, without `[x]`.
    pub fn name(&self) -> &'static str {
        let last = self.path.rsplit('.').next().unwrap_or(self.path);
        last.strip_suffix("[x]").unwrap_or(last)
    }
}

/// A JSON property that an element may appear as: `valueQuantity` for `value[x]` as a Quantity.
#[derive(Debug)]
pub struct Property {
    /// Index into [`TypeDefinition::elements`].
    element: usize,
    /// The type of the value.
    pub type_name: &'static str,
}

/// What may stand directly below one element.
#[derive(Debug, Default)]
struct Children {
    properties: HashMap<String, Property>,
    /// Choice elements by their name without `[x]`: the JSON names they can have.
    choices: HashMap<&'static str, Vec<String>>,
    elements: Vec<usize>,
}

/// The definition of one type.
#[derive(Debug)]
pub struct TypeDefinition {
    /// The exact name.
    pub name: &'static str,
    /// What it is.
    pub kind: Kind,
    /// The type it specialises; empty for a root.
    pub base: &'static str,
    is_abstract: bool,
    elements: Vec<Element>,
    children: HashMap<&'static str, Children>,
}

impl TypeDefinition {
    fn parse(name: &'static str, text: &'static str) -> Self {
        let mut lines = text.lines();
        let [_, kind, base, is_abstract] = columns(lines.next().unwrap_or_default());
        let elements: Vec<Element> = lines.map(parse_element).collect();
        let mut children: HashMap<&'static str, Children> = HashMap::new();
        for (at, element) in elements.iter().enumerate() {
            let parent = element
                .path
                .rsplit_once('.')
                .map_or("", |(parent, _)| parent);
            children.entry(parent).or_default().add(at, element);
        }
        Self {
            name,
            kind: match kind {
                "resource" => Kind::Resource,
                "primitive" => Kind::Primitive,
                _ => Kind::Complex,
            },
            base,
            is_abstract: is_abstract == "abstract",
            elements,
            children,
        }
    }

    pub(super) fn is_concrete_resource(&self) -> bool {
        self.kind == Kind::Resource && !self.is_abstract
    }

    /// The elements directly below the element at `path` (empty: the type itself).
    pub fn elements_below(&self, path: &str) -> impl Iterator<Item = &Element> {
        let children = self.children.get(path);
        let indexes = children.map(|children| children.elements.as_slice());
        indexes
            .unwrap_or_default()
            .iter()
            .filter_map(|at| self.elements.get(*at))
    }

    /// The element and type of the JSON property `name` below the element at `path`.
    pub fn property(&self, path: &str, name: &str) -> Option<(&Element, &Property)> {
        let property = self.children.get(path)?.properties.get(name)?;
        Some((self.elements.get(property.element)?, property))
    }

    /// The JSON names that the choice element `name` below `path` can have.
    pub fn choice(&self, path: &str, name: &str) -> &[String] {
        let children = self.children.get(path);
        let names = children.and_then(|children| children.choices.get(name));
        names.map(Vec::as_slice).unwrap_or_default()
    }

    /// The element at an exact path, such as `contact.name` or `deceased[x]`.
    pub fn element(&self, path: &str) -> Option<&Element> {
        self.elements.iter().find(|element| element.path == path)
    }

    /// Where the children of `element` stand: in this type, below another path of it, or in the
    /// definition of its own type (`None`).
    pub fn content_path(&self, element: &Element) -> Option<&'static str> {
        if !element.content_reference.is_empty() {
            return Some(element.content_reference);
        }
        self.children
            .contains_key(element.path)
            .then_some(element.path)
    }
}

impl Children {
    fn add(&mut self, at: usize, element: &Element) {
        self.elements.push(at);
        let name = element.name();
        if element.path.ends_with("[x]") {
            let mut names = Vec::with_capacity(element.types.len());
            for type_name in &element.types {
                let json_name = format!("{name}{}", capitalised(type_name));
                let property = Property {
                    element: at,
                    type_name,
                };
                self.properties.insert(json_name.clone(), property);
                names.push(json_name);
            }
            self.choices.insert(name, names);
        } else {
            let type_name = element.types.first().copied().unwrap_or_default();
            let property = Property {
                element: at,
                type_name,
            };
            self.properties.insert(name.to_owned(), property);
        }
    }
}

fn capitalised(name: &str) -> String {
    let mut characters = name.chars();
    characters
        .next()
        .map(|first| first.to_uppercase().chain(characters).collect())
        .unwrap_or_default()
}

fn parse_element(line: &'static str) -> Element {
    let [
        path,
        min,
        max,
        types,
        targets,
        value_set,
        content_reference,
        summary,
        modifier,
    ] = columns(line);
    Element {
        path,
        min: min.parse().unwrap_or(0),
        max: max.parse().ok(),
        types: list(types),
        targets: list(targets),
        value_set,
        content_reference,
        summary: !summary.is_empty(),
        modifier: !modifier.is_empty(),
    }
}

pub(super) struct Types {
    sections: Sections,
    parsed: RwLock<HashMap<&'static str, &'static TypeDefinition>>,
}

impl Types {
    pub(super) fn new(text: &'static str) -> Self {
        Self {
            sections: Sections::new(text),
            parsed: RwLock::default(),
        }
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &'static str> {
        self.sections.names()
    }

    pub(super) fn get(&self, name: &str) -> Option<&'static TypeDefinition> {
        let parsed = self.parsed.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(definition) = parsed.get(name) {
            return Some(definition);
        }
        drop(parsed);
        let (name, text) = self.sections.entry(name)?;
        // Leaked on purpose: each type is parsed once and serves the instance for its whole life.
        let definition: &'static TypeDefinition =
            Box::leak(Box::new(TypeDefinition::parse(name, text)));
        let mut parsed = self.parsed.write().unwrap_or_else(PoisonError::into_inner);
        Some(parsed.entry(name).or_insert(definition))
    }
}
