//! Structural validation: is this JSON a resource of the release?
//! <https://hl7.org/fhir/R4/validation.html>
//!
//! Checked: known elements, cardinality, JSON shape, lexical rules of primitives, one type per
//! choice, codes of required bindings, resource ids, narrative markup. Not checked: invariants,
//! profiles, terminology beyond required bindings.

mod binding;
mod element;
mod narrative;
mod suggest;

use crate::definitions::Definitions;
use crate::outcome::{Issue, IssueType};
use serde_json::Value;

/// How many issues are told; what else is wrong shows once these are mended.
const MAX_ISSUES: usize = 50;

/// Checks `resource` against the definitions; no issues means that it is valid.
pub fn validate(definitions: &'static Definitions, resource: &Value) -> Vec<Issue> {
    let mut validator = Validator {
        definitions,
        issues: Vec::new(),
    };
    validator.resource(resource, "");
    validator.issues
}

struct Validator {
    definitions: &'static Definitions,
    issues: Vec<Issue>,
}

impl Validator {
    /// Whether as many issues were found as are told: what follows need not be looked at.
    fn is_full(&self) -> bool {
        self.issues.len() >= MAX_ISSUES
    }

    fn report(&mut self, code: IssueType, expression: &str, message: String) {
        if !self.is_full() {
            self.issues.push(Issue::error(code, message).at(expression));
        }
    }

    /// Checks a resource that stands at `expression`; empty for the outermost one.
    fn resource(&mut self, value: &Value, expression: &str) {
        let place = if expression.is_empty() {
            "Resource"
        } else {
            expression
        };
        let Some(object) = value.as_object() else {
            let message = "A resource must be a JSON object.".to_owned();
            return self.report(IssueType::Structure, place, message);
        };
        let Some(name) = object.get("resourceType").and_then(Value::as_str) else {
            let message = "The property `resourceType` must name the type of the resource.";
            return self.report(IssueType::Structure, place, message.to_owned());
        };
        let Some(definition) = self.definitions.resource(name) else {
            let release = self.definitions.release();
            let message = format!("`{name}` is not a resource type of FHIR {release}.");
            return self.report(IssueType::Structure, place, message);
        };
        let place = if expression.is_empty() {
            name
        } else {
            expression
        };
        let id = object.get("id").and_then(Value::as_str);
        if id.is_some_and(|id| !crate::types::is_id(id)) {
            let message = "The id must be 1 to 64 letters, digits, `-` or `.`.".to_owned();
            self.report(IssueType::Value, &format!("{place}.id"), message);
        }
        self.object(definition, "", object, place);
    }
}

#[cfg(test)]
mod tests;
