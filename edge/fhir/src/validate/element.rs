//! Walks an object along its definition.

use super::{Validator, suggest};
use crate::definitions::{Element, Kind, Property, TypeDefinition};
use crate::outcome::IssueType;
use crate::types::check_primitive;
use serde_json::{Map, Value};

type Object = Map<String, Value>;

impl Validator {
    /// Checks the properties of an object whose elements stand below `path` of `definition`.
    pub(super) fn object(
        &mut self,
        definition: &'static TypeDefinition,
        path: &'static str,
        object: &Object,
        place: &str,
    ) {
        let is_resource = path.is_empty() && definition.kind == Kind::Resource;
        let mut choices: Vec<&str> = Vec::new();
        for (name, value) in object {
            if self.is_full() {
                return;
            }
            if is_resource && name == "resourceType" {
                continue;
            }
            if let Some(primitive) = name.strip_prefix('_') {
                self.companion(definition, path, (primitive, value), object, place);
                continue;
            }
            let Some((element, property)) = definition.property(path, name) else {
                let message = suggest::unknown_element(definition, path, name);
                self.report(IssueType::Structure, &format!("{place}.{name}"), message);
                continue;
            };
            if element.path.ends_with("[x]") {
                if choices.contains(&element.path) {
                    let message = format!("`{}[x]` must have one type, not two.", element.name());
                    let place = format!("{place}.{}", element.name());
                    self.report(IssueType::Structure, &place, message);
                }
                choices.push(element.path);
            }
            let here = format!("{place}.{}", element.name());
            let extensions = object.get(&format!("_{name}"));
            self.property((definition, element, property), value, extensions, &here);
        }
        self.required(definition, path, object, place);
    }

    fn required(
        &mut self,
        definition: &'static TypeDefinition,
        path: &str,
        object: &Object,
        place: &str,
    ) {
        for element in definition
            .elements_below(path)
            .filter(|element| element.min > 0)
        {
            let name = element.name();
            let has =
                |name: &str| object.contains_key(name) || object.contains_key(&format!("_{name}"));
            let choice = definition.choice(path, name);
            if !has(name) && !choice.iter().any(|name| has(name)) {
                let message = match choice {
                    [] => format!("The element `{name}` is required."),
                    names => format!("One of `{}` is required.", names.join("`, `")),
                };
                self.report(IssueType::Required, &format!("{place}.{name}"), message);
            }
        }
    }

    /// Checks `_birthDate` and its like: id and extensions of a primitive.
    fn companion(
        &mut self,
        definition: &'static TypeDefinition,
        path: &'static str,
        (name, value): (&str, &Value),
        object: &Object,
        place: &str,
    ) {
        let here = format!("{place}.{name}");
        let property = definition.property(path, name);
        let primitive = property.filter(|(_, property)| self.is_primitive(property.type_name));
        let Some((element, _)) = primitive else {
            let message = format!("`_{name}` has no primitive element `{name}` to belong to.");
            return self.report(IssueType::Structure, &here, message);
        };
        let Some(content) = self.definitions.type_definition("Element") else {
            return;
        };
        let values = match value {
            Value::Array(values) if element.is_list() => {
                let beside = object.get(name).and_then(Value::as_array);
                if beside.is_some_and(|beside| beside.len() != values.len()) {
                    let message = format!("`_{name}` and `{name}` must have the same length.");
                    self.report(IssueType::Structure, &here, message);
                }
                values.as_slice()
            }
            value => std::slice::from_ref(value),
        };
        for value in values {
            match value {
                Value::Null if element.is_list() => {}
                Value::Object(extensions) if !extensions.is_empty() => {
                    self.object(content, "", extensions, &here);
                }
                _ => {
                    let message = format!("`_{name}` must hold objects with `id` or `extension`.");
                    self.report(IssueType::Structure, &here, message);
                }
            }
        }
    }

    fn is_primitive(&self, type_name: &str) -> bool {
        let definition = self.definitions.type_definition(type_name);
        definition.is_some_and(|definition| definition.kind == Kind::Primitive)
    }

    fn property(
        &mut self,
        (definition, element, property): (
            &'static TypeDefinition,
            &'static Element,
            &'static Property,
        ),
        value: &Value,
        extensions: Option<&Value>,
        place: &str,
    ) {
        if !element.is_list() {
            if value.is_array() {
                let message = format!("`{}` must be one value, not an array.", element.name());
                return self.report(IssueType::Structure, place, message);
            }
            return self.value((definition, element, property), value, place);
        }
        let Some(values) = value.as_array() else {
            let message = format!("`{}` must be an array.", element.name());
            return self.report(IssueType::Structure, place, message);
        };
        if values.is_empty() {
            let message = "An array must not be empty; leave the property out.".to_owned();
            self.report(IssueType::Structure, place, message);
        }
        let most = element.max.and_then(|max| usize::try_from(max).ok());
        if let Some(most) = most.filter(|most| values.len() > *most) {
            let message = format!("`{}` can stand at most {most} times.", element.name());
            self.report(IssueType::Structure, place, message);
        }
        for (at, value) in values.iter().enumerate() {
            let beside = extensions.and_then(|extensions| extensions.get(at));
            if value.is_null() && beside.is_some_and(Value::is_object) {
                continue;
            }
            self.value(
                (definition, element, property),
                value,
                &format!("{place}[{at}]"),
            );
        }
    }

    fn value(
        &mut self,
        (definition, element, property): (
            &'static TypeDefinition,
            &'static Element,
            &'static Property,
        ),
        value: &Value,
        place: &str,
    ) {
        let type_name = property.type_name;
        if type_name == "Resource" {
            return self.resource(value, place);
        }
        if type_name == "xhtml" {
            return self.narrative(value, place);
        }
        if self.is_primitive(type_name) {
            if let Err(right) = check_primitive(type_name, value) {
                let message = format!("`{}` must be {right}.", element.name());
                return self.report(IssueType::Value, place, message);
            }
            return self.bound_code(element, value, place);
        }
        let Some(object) = value.as_object() else {
            let message = format!(
                "`{}` must be a JSON object of type {type_name}.",
                element.name()
            );
            return self.report(IssueType::Structure, place, message);
        };
        if object.is_empty() {
            let message = "An object must not be empty; leave the property out.".to_owned();
            return self.report(IssueType::Structure, place, message);
        }
        self.bound_concept(element, type_name, value, place);
        match definition.content_path(element) {
            Some(path) => self.object(definition, path, object, place),
            None => {
                if let Some(own) = self.definitions.type_definition(type_name) {
                    self.object(own, "", object, place);
                }
            }
        }
    }
}
