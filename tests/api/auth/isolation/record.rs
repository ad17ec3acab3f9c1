//! The record of one person: a nearly full resource of every type, all of them under one id.

use crate::example::Example;
use crate::samples::{bundle, put, with};
use api::{Client, entries, unique};
use fhir::definitions::Definitions;
use fhir::search::extract;
use fhir::search::value::reference;
use serde_json::{Value, json};

/// Types that belong to nobody and that every compartment sees.
pub(super) const SHARED: [&str; 4] = ["Location", "Medication", "Organization", "Practitioner"];

pub(super) struct Record {
    pub(super) definitions: &'static Definitions,
    /// `Patient` or `Practitioner`.
    pub(super) person: &'static str,
    /// The id of the person and of every resource.
    pub(super) id: String,
    /// A word that stands in every text, code and identifier of the record and nowhere else.
    pub(super) word: String,
    resources: Vec<(&'static str, Value)>,
}

impl Record {
    /// The records of two persons that are entangled as far as can be: what does not refer to
    /// the person refers to resources of the other.
    pub(super) fn pair(definitions: &'static Definitions, person: &'static str) -> [Self; 2] {
        let ids = [unique("thief"), unique("victim")];
        let words = [unique("plain"), unique("canary")];
        [(0, 1), (1, 0)].map(|(own, other)| {
            let reference = |targets: &[&str]| match targets.first() {
                None => format!("{person}/{}", ids[own]),
                Some(_) if targets.contains(&person) || targets.contains(&"Resource") => {
                    format!("{person}/{}", ids[own])
                }
                Some(target) => format!("{target}/{}", ids[other]),
            };
            let example = Example {
                definitions,
                text: &words[own],
                reference: &reference,
            };
            let types = definitions.resource_types().into_iter();
            let types = types.filter(|name| !SHARED.contains(name));
            let resource = |name| (name, with(&example.full(name), "id", json!(ids[own])));
            Self {
                definitions,
                person,
                id: ids[own].clone(),
                word: words[own].clone(),
                resources: types.map(resource).collect(),
            }
        })
    }

    /// The person as a reference.
    pub(super) fn reference(&self) -> String {
        format!("{}/{}", self.person, self.id)
    }

    pub(super) fn resources(&self) -> impl Iterator<Item = (&'static str, &Value)> {
        self.resources
            .iter()
            .map(|(name, resource)| (*name, resource))
    }

    /// The resource of a type; none for a type that belongs to nobody.
    pub(super) fn resource(&self, name: &str) -> Option<&Value> {
        self.resources()
            .find(|(other, _)| *other == name)
            .map(|(_, resource)| resource)
    }

    /// Stores the record.
    pub(super) fn plant(&self, admin: &Client) {
        let sent: Vec<Value> = self
            .resources()
            .map(|(_, resource)| put(resource))
            .collect();
        let answer = admin.post("/", &bundle("batch", &sent)).expect(200);
        for (entry, sent) in entries(&answer.body).iter().zip(sent) {
            let status = &entry["response"]["status"];
            assert_eq!(status, "201", "{entry} for {sent}");
        }
    }

    /// The record as the store has it now, resource by resource as text.
    pub(super) fn stored(&self, admin: &Client) -> Vec<String> {
        self.resources()
            .map(|(name, _)| {
                let path = format!("/{name}/{}/_history", self.id);
                let history = admin.get(&path).expect(200);
                history.body["entry"].to_string()
            })
            .collect()
    }

    /// The compartment parameters that do not make the record a part of the person's
    /// compartment, as `Type.parameter`.
    pub(super) fn gaps(&self) -> Vec<String> {
        let mut gaps = Vec::new();
        for (name, resource) in self.resources() {
            let rows = extract(self.definitions, resource);
            let rows: Vec<Value> = rows
                .of(&reference::KIND)
                .iter()
                .flat_map(|rows| array(rows))
                .collect();
            for code in self.definitions.compartment_parameters(self.person, name) {
                let parameter = self.definitions.search_parameter(name, code);
                let key = parameter.map(|parameter| parameter.id);
                if !rows.contains(&json!([key, self.id, self.person, ""])) {
                    gaps.push(format!("{name}.{code}"));
                }
            }
        }
        gaps
    }
}

fn array(text: &str) -> Vec<Value> {
    serde_json::from_str(text).expect("an array of rows")
}
