//! A patient's chart while its story is told: it hands out ids, writes each resource in the shape
//! of the FHIR version, and closes as one transaction Bundle.

mod allergy;
mod care;
mod condition;
mod document;
mod encounter;
mod history;
mod immunization;
mod medication;
mod observation;
mod patient;
mod procedure;
mod report;

use std::collections::BTreeMap;

use serde_json::{Value, json};

pub(crate) use allergy::{Allergy, Reaction};
pub(crate) use care::Plan;
pub(crate) use condition::Problem;
pub(crate) use encounter::Visit;
pub(crate) use medication::{Course as Treatment, Sig};
pub(crate) use observation::Vitals;
pub(crate) use patient::{DIVORCED, ENGLISH, MARRIED, NEVER_MARRIED, Person, WIDOWED};

use crate::date::Date;
use crate::noise::Noise;
use crate::story::Story;
use crate::version::Version;

/// The chart of one patient.
pub(crate) struct Chart {
    /// The FHIR version to write.
    pub(crate) version: Version,
    /// The day the story is told.
    pub(crate) today: Date,
    /// The patient's own scatter.
    pub(crate) noise: Noise,
    slug: &'static str,
    name: &'static str,
    entries: Vec<Value>,
    counts: BTreeMap<&'static str, u32>,
}

/// The logical id of the Patient of a story.
pub(crate) fn patient_id(slug: &str) -> String {
    format!("demo-{slug}")
}

impl Chart {
    /// Tells a story and gives its Bundle.
    pub(crate) fn tell(version: Version, today: Date, story: &Story) -> Value {
        let mut chart = Self {
            version,
            today,
            noise: Noise::named(story.slug),
            slug: story.slug,
            name: story.name,
            entries: Vec::new(),
            counts: BTreeMap::new(),
        };
        (story.tell)(&mut chart);
        transaction(chart.entries)
    }

    /// The reference every resource of the chart makes to its patient.
    pub(crate) fn subject(&self) -> Value {
        json!({"reference": format!("Patient/{}", patient_id(self.slug)), "display": self.name})
    }

    /// Adds a resource under the next id of its kind and returns the reference to it.
    pub(crate) fn add(&mut self, kind: &'static str, resource: Value) -> String {
        let count = self.counts.entry(kind).or_insert(0);
        *count += 1;
        let id = format!("demo-{}-{kind}-{count}", self.slug);
        let (reference, entry) = put(&id, resource);
        self.entries.push(entry);
        reference
    }

    fn add_patient(&mut self, resource: Value) {
        let (_, entry) = put(&patient_id(self.slug), resource);
        self.entries.push(entry);
    }
}

/// The reference to a resource and the Bundle entry that puts it under an id.
pub(crate) fn put(id: &str, resource: Value) -> (String, Value) {
    let mut resource = without_absent(resource);
    let kind = resource
        .get("resourceType")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned();
    let reference = format!("{kind}/{id}");
    if let Value::Object(members) = &mut resource {
        members.shift_insert(1, "id".to_owned(), Value::from(id));
    }
    let entry = json!({"resource": resource, "request": {"method": "PUT", "url": reference}});
    (reference, entry)
}

/// A transaction Bundle.
pub(crate) fn transaction(entries: Vec<Value>) -> Value {
    json!({"resourceType": "Bundle", "type": "transaction", "entry": entries})
}

/// Drops what a FHIR version or a story leaves out: FHIR has neither null nor empty elements.
fn without_absent(value: Value) -> Value {
    match value {
        Value::Object(members) => Value::Object(
            members
                .into_iter()
                .map(|(name, member)| (name, without_absent(member)))
                .filter(|(_, member)| !is_absent(member))
                .collect(),
        ),
        Value::Array(items) => Value::Array(
            items
                .into_iter()
                .map(without_absent)
                .filter(|item| !is_absent(item))
                .collect(),
        ),
        other => other,
    }
}

fn is_absent(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Object(members) => members.is_empty(),
        Value::Array(items) => items.is_empty(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn absent_elements_vanish_at_any_depth() {
        let resource = json!({
            "resourceType": "Basic", "subject": null,
            "code": {"coding": [], "text": null}, "extension": [{"url": "a"}, null, {"b": {}}],
        });
        let (reference, entry) = put("x", resource);
        assert_eq!(reference, "Basic/x");
        let text = r#"{"resourceType":"Basic","id":"x","extension":[{"url":"a"}]}"#;
        assert_eq!(entry["resource"].to_string(), text);
    }
}
