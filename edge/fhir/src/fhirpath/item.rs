//! What an expression yields: JSON with the FHIR type that the definitions give it.

use crate::definitions::{Definitions, TypeDefinition};
use serde_json::Value;

/// A place in a resource with its type.
#[derive(Clone, Copy)]
pub struct Node<'a> {
    /// The JSON there.
    pub value: &'a Value,
    /// The value set that a code here must come from; empty when there is no such rule.
    pub value_set: &'static str,
    /// The FHIR type; `BackboneElement` and `Element` for unnamed content.
    pub type_name: &'static str,
    /// The definition that describes what stands below, and the path in it.
    content: Option<(&'static TypeDefinition, &'static str)>,
}

/// One item of a result.
#[derive(Clone)]
pub enum Item<'a> {
    /// A place in the resource.
    Node(Node<'a>),
    /// A truth value.
    Boolean(bool),
    /// A literal.
    Text(&'a str),
    /// A resource known only by the type that a reference names.
    Resolved(&'a str),
}

impl<'a> Node<'a> {
    /// The root of a resource; `None` when its type is unknown.
    pub fn resource(definitions: &'static Definitions, value: &'a Value) -> Option<Self> {
        let name = value.get("resourceType")?.as_str()?;
        let definition = definitions.resource(name)?;
        Some(Self {
            value,
            value_set: "",
            type_name: definition.name,
            content: Some((definition, "")),
        })
    }

    /// Adds the items of the child element `name`, a choice (`value` for `valueQuantity`)
    /// included.
    pub(super) fn children(
        &self,
        definitions: &'static Definitions,
        name: &str,
        items: &mut Vec<Item<'a>>,
    ) {
        let (Some((definition, path)), Some(object)) = (self.content, self.value.as_object())
        else {
            return;
        };
        let mut add = |json_name: &str| {
            let Some(value) = object.get(json_name) else {
                return;
            };
            let Some((element, property)) = definition.property(path, json_name) else {
                return;
            };
            let content = match definition.content_path(element) {
                Some(below) => Some((definition, below)),
                None => definitions
                    .type_definition(property.type_name)
                    .map(|own| (own, "")),
            };
            let mut push = |value: &'a Value| match value {
                Value::Null => {}
                _ if property.type_name == "Resource" => {
                    items.extend(Node::resource(definitions, value).map(Item::Node));
                }
                _ => items.push(Item::Node(Node {
                    value,
                    value_set: element.value_set,
                    type_name: property.type_name,
                    content,
                })),
            };
            match value {
                Value::Array(values) => values.iter().for_each(push),
                value => push(value),
            }
        };
        let choice = definition.choice(path, name);
        if choice.is_empty() {
            add(name);
        } else {
            choice.iter().for_each(|json_name| add(json_name));
        }
    }

    /// Whether the type is `wanted` or a specialisation of it. STU3 expressions write
    /// `DateTime` and `Uri`, so case does not count; Money is searched as a Quantity.
    pub(super) fn is(&self, definitions: &'static Definitions, wanted: &str) -> bool {
        let mut current = Some(self.type_name);
        while let Some(name) = current {
            if name.eq_ignore_ascii_case(wanted) {
                return true;
            }
            let base = definitions
                .type_definition(name)
                .map(|definition| definition.base);
            current = base.filter(|base| !base.is_empty());
        }
        wanted == "Quantity" && self.type_name == "Money"
    }
}
