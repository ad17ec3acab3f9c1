//! Required bindings: a code must come from its value set.
//! <https://hl7.org/fhir/R4/terminologies.html#required>

use super::Validator;
use crate::definitions::{Element, ValueSet};
use crate::outcome::IssueType;
use serde_json::Value;

impl Validator {
    /// Checks a `code` (or other primitive) with a required binding.
    pub(super) fn bound_code(&mut self, element: &Element, value: &Value, place: &str) {
        let (Some(value_set), Some(code)) = (self.bound(element), value.as_str()) else {
            return;
        };
        if !value_set.has_code(code) {
            let message = wrong_code(code, value_set);
            self.report(IssueType::CodeInvalid, place, message);
        }
    }

    /// Checks a Coding or CodeableConcept with a required binding: when it has codings, one of
    /// them must come from the value set.
    pub(super) fn bound_concept(
        &mut self,
        element: &Element,
        type_name: &str,
        value: &Value,
        place: &str,
    ) {
        let Some(value_set) = self.bound(element) else {
            return;
        };
        let codings: Vec<&Value> = match type_name {
            "Coding" => vec![value],
            "CodeableConcept" => {
                let codings = value.get("coding").and_then(Value::as_array);
                codings.into_iter().flatten().collect()
            }
            _ => return,
        };
        let text = |coding: &Value, name: &str| {
            coding
                .get(name)
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned()
        };
        let codes = codings.iter().filter(|coding| coding.get("code").is_some());
        let codes: Vec<_> = codes
            .map(|c| (text(c, "system"), text(c, "code")))
            .collect();
        let Some((_, first)) = codes.first() else {
            return;
        };
        if !codes
            .iter()
            .any(|(system, code)| value_set.has_coding(system, code))
        {
            let message = wrong_code(first, value_set);
            self.report(IssueType::CodeInvalid, place, message);
        }
    }

    fn bound(&self, element: &Element) -> Option<&'static ValueSet> {
        let name = element.value_set;
        if name.is_empty() {
            None
        } else {
            self.definitions.value_set(name)
        }
    }
}

fn wrong_code(code: &str, value_set: &ValueSet) -> String {
    let examples = value_set.examples();
    format!("`{code}` is not a code of the required value set; its codes are: {examples}.")
}
