//! References between the entries of a transaction, and conditional references.
//! <https://hl7.org/fhir/R4/http.html#trules>

use super::names::Names;
use crate::definitions::Definitions;
use crate::outcome::Issue;
use serde_json::Value;
use std::collections::{BTreeSet, HashMap};

/// What conditional references found: `Type?criteria` to `Type/id`.
pub type Conditions = HashMap<String, String>;

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

/// Replaces the references of a resource by what they name: `Reference.reference`, and a `url` that
/// is a `urn:`, as of an attachment. The canonical URL of a definition is its own, and identifiers
/// that happen to hold the same UUID stay as they are.
///
/// `root` is that of the entry's fullUrl, see [`Names::root`].
///
/// # Errors
/// A reference that can be read in two ways, with its place.
pub fn rewrite(
    resource: &mut Value,
    root: Option<&str>,
    names: &Names,
    conditions: &Conditions,
) -> Result<(), Issue> {
    let resource_type = resource.get("resourceType").and_then(Value::as_str);
    let resource_type = resource_type.unwrap_or_default().to_owned();
    let mut place = Vec::new();
    Rewriting {
        root,
        names,
        conditions,
    }
    .walk(resource, &mut place)
    .map_err(|issue| issue.at(format!("{resource_type}{}", place.concat())))
}

struct Rewriting<'a> {
    root: Option<&'a str>,
    names: &'a Names,
    conditions: &'a Conditions,
}

impl Rewriting<'_> {
    /// Leaves in `place` the steps to what was refused.
    fn walk(&self, value: &mut Value, place: &mut Vec<String>) -> Result<(), Issue> {
        match value {
            Value::Array(values) => {
                for (at, value) in values.iter_mut().enumerate() {
                    self.walk(value, place)
                        .inspect_err(|_| place.insert(0, format!("[{at}]")))?;
                }
            }
            Value::Object(properties) => {
                for (name, value) in properties {
                    let done = match value {
                        Value::String(text) => self.replace(name, text),
                        value => self.walk(value, place),
                    };
                    done.inspect_err(|_| place.insert(0, format!(".{name}")))?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn replace(&self, name: &str, text: &mut String) -> Result<(), Issue> {
        let replaced = match name {
            "reference" => match self.conditions.get(text.as_str()) {
                Some(address) => Some(address.clone()),
                None => self.names.resolve(self.root, text)?,
            },
            "url" if text.starts_with("urn:") => self.names.resolve(self.root, text)?,
            _ => None,
        };
        if let Some(replaced) = replaced {
            *text = replaced;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Release;
    use crate::bundle::parse;
    use serde_json::json;

    /// An entry that posts a resource, and the names of entries that will have ids from 0.
    fn names(posted: &[(&str, Value)]) -> Names {
        let definitions = Definitions::of(Release::R4);
        let entries = posted.iter().map(|(full_url, resource)| {
            json!({ "fullUrl": full_url, "resource": resource,
                "request": { "method": "POST", "url": resource["resourceType"] } })
        });
        let bundle = json!({ "resourceType": "Bundle", "type": "transaction",
            "entry": Vec::from_iter(entries) });
        let (_, entries) = parse(definitions, bundle, "http://us.example").unwrap();
        let mut names = Names::new(definitions, "http://us.example");
        for (at, entry) in entries.into_iter().enumerate() {
            let (_, resource) = &posted[at];
            let resource_type = resource["resourceType"].as_str().unwrap();
            names
                .add(&entry.unwrap(), (resource_type, &at.to_string()))
                .unwrap();
        }
        names
    }

    #[test]
    fn references_are_replaced_and_identifiers_are_not() {
        let mut resource = json!({
            "resourceType": "DocumentReference",
            "subject": {"reference": "urn:uuid:a"},
            "identifier": [{"system": "urn:ietf:rfc3986", "value": "urn:uuid:a"}],
            "content": [{"attachment": {"url": "urn:uuid:a"}}],
            "performer": [{"reference": "urn:uuid:b"}, {"reference": "urn:uuid:c"}],
            "contained": [{"author": {"reference": "urn:uuid:a"}}, {"author": {"reference": "#x"}}],
            "extension": [{"valueReference": {"reference": "Practitioner?identifier=7"}}],
            "url": "http://example.org/ValueSet/v",
        });
        let mut expected = resource.clone();
        expected["subject"]["reference"] = json!("Patient/0");
        expected["content"][0]["attachment"]["url"] = json!("Patient/0");
        expected["performer"][0]["reference"] = json!("ValueSet/1");
        expected["contained"][0]["author"]["reference"] = json!("Patient/0");
        expected["extension"][0]["valueReference"]["reference"] = json!("Practitioner/7");
        let names = names(&[
            ("urn:uuid:a", json!({"resourceType": "Patient"})),
            ("urn:uuid:b", json!({"resourceType": "ValueSet"})),
            (
                "http://example.org/ValueSet/v",
                json!({"resourceType": "ValueSet"}),
            ),
        ]);
        let found = (
            "Practitioner?identifier=7".to_owned(),
            "Practitioner/7".to_owned(),
        );
        rewrite(&mut resource, None, &names, &Conditions::from([found])).unwrap();
        assert_eq!(resource, expected);
    }

    #[test]
    fn a_refused_reference_is_named_with_its_place() {
        let mut resource = json!({ "resourceType": "Observation",
            "performer": [{"display": "x"}, {"reference": "Patient/1"}] });
        let names = names(&[(
            "http://a.example/Patient/1",
            json!({"resourceType": "Patient"}),
        )]);
        let refused = rewrite(&mut resource, None, &names, &Conditions::new()).unwrap_err();
        let place = refused.expression.as_deref();
        assert_eq!(place, Some("Observation.performer[1].reference"));
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
