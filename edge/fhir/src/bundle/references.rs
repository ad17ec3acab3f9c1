//! References between the entries of a transaction, and conditional references.
//! <https://hl7.org/fhir/R4/http.html#trules>

use crate::definitions::Definitions;
use serde_json::Value;
use std::collections::{BTreeSet, HashMap};

/// What a reference is replaced by: a fullUrl, or `Type?criteria`, to `Type/id`.
pub type Renames = HashMap<String, String>;

/// The conditional references of resources: `Type?criteria`, each once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConditionalReferences {
    /// The references as they are written.
    pub references: BTreeSet<String>,
}

impl ConditionalReferences {
    /// Adds those of one resource.
    pub fn collect(&mut self, definitions: &'static Definitions, resource: &Value) {
        match resource {
            Value::Array(values) => {
                values
                    .iter()
                    .for_each(|value| self.collect(definitions, value));
            }
            Value::Object(properties) => {
                for (name, value) in properties {
                    match value {
                        Value::String(text) if name == "reference" => {
                            let resource_type = text.split_once('?').map(|(start, _)| start);
                            if resource_type.is_some_and(|t| definitions.resource(t).is_some()) {
                                self.references.insert(text.clone());
                            }
                        }
                        value => self.collect(definitions, value),
                    }
                }
            }
            _ => {}
        }
    }
}

/// Replaces every reference that `renames` knows: `Reference.reference`, and a `url` that is a
/// `urn:`, as of an attachment. The canonical URL of a definition is its own, and identifiers that
/// happen to hold the same UUID stay as they are.
pub fn rewrite(resource: &mut Value, renames: &Renames) {
    match resource {
        Value::Array(values) => values.iter_mut().for_each(|value| rewrite(value, renames)),
        Value::Object(properties) => {
            for (name, value) in properties {
                match value {
                    Value::String(text)
                        if name == "reference" || (name == "url" && text.starts_with("urn:")) =>
                    {
                        if let Some(renamed) = renames.get(text.as_str()) {
                            text.clone_from(renamed);
                        }
                    }
                    value => rewrite(value, renames),
                }
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Release;
    use serde_json::json;

    #[test]
    fn references_are_replaced_and_identifiers_are_not() {
        let mut resource = json!({
            "subject": {"reference": "urn:uuid:a"},
            "identifier": [{"system": "urn:ietf:rfc3986", "value": "urn:uuid:a"}],
            "content": [{"attachment": {"url": "urn:uuid:a"}}],
            "performer": [{"reference": "urn:uuid:b"}],
            "url": "http://example.org/ValueSet/v",
        });
        let renames = [
            ("urn:uuid:a", "Patient/1"),
            ("http://example.org/ValueSet/v", "ValueSet/v"),
        ];
        let renames = renames.map(|(from, to)| (from.to_owned(), to.to_owned()));
        rewrite(&mut resource, &Renames::from(renames));
        assert_eq!(resource["url"], "http://example.org/ValueSet/v");
        assert_eq!(resource["subject"]["reference"], "Patient/1");
        assert_eq!(resource["identifier"][0]["value"], "urn:uuid:a");
        assert_eq!(resource["content"][0]["attachment"]["url"], "Patient/1");
        assert_eq!(resource["performer"][0]["reference"], "urn:uuid:b");
    }

    #[test]
    fn conditional_references_are_found_by_their_type() {
        let resource = json!({"a": [{"reference": "Practitioner?identifier=x|1"}],
            "b": {"reference": "http://other/x?y"}, "c": {"reference": "Patient/1"}});
        let mut found = ConditionalReferences::default();
        found.collect(Definitions::of(Release::R4), &resource);
        assert_eq!(
            Vec::from_iter(found.references),
            ["Practitioner?identifier=x|1"]
        );
    }
}
