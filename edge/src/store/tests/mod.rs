//! Native tests of the store, on the engine in memory.

mod chunks;
mod commits;
mod compartments;
mod definitions;
mod plans;
mod searches;

use super::{Command, Committed, Consistency, Outcome, Partition, Refusal, Version, Write};
use crate::error::Error;
use crate::grant::Grant;
use crate::grant::action::{History, Search};
use fhir::Release;
use fhir::definitions::Definitions;
use fhir::meta::Rendered;
use fhir::search::{Compartment, Confinement, Context, Handling, IndexRows, Query, extract, parse};
use futures_util::FutureExt;
use serde_json::{Value, json};

const BASE: &str = "https://fhir.example.org";

/// The engine in memory never waits.
fn done<T>(future: impl Future<Output = T>) -> T {
    future.now_or_never().expect("an answer at once")
}

/// A store and whom it is asked by.
struct Fixture {
    definitions: &'static Definitions,
    partition: Partition,
    confinement: Confinement,
}

type Applied = Result<Vec<Committed>, Refusal>;

impl Fixture {
    fn new() -> Self {
        Self {
            definitions: Definitions::of(Release::R4),
            partition: Partition::in_memory(Release::R4),
            confinement: Confinement::default(),
        }
    }

    /// What follows is asked by the app of a patient.
    fn confine(&mut self, patient: &str) {
        self.confinement.compartments = vec![Compartment {
            compartment: "Patient".into(),
            id: patient.into(),
        }];
    }

    fn grant<D: crate::grant::action::Deed>(&self, resource_type: &'static str) -> Grant<D> {
        Grant::of_test(resource_type, self.confinement.clone())
    }

    fn content(&self, resource: &Value, id: &str) -> (Rendered, IndexRows) {
        let rows = extract(self.definitions, resource);
        (Rendered::new(resource, id), rows)
    }

    fn create(&self, id: &str, resource: &Value) -> Write {
        let grant = self.grant(type_of(resource));
        let content = self.content(resource, id);
        Write::create(self.definitions, &grant, id.into(), content)
    }

    fn update(&self, id: &str, if_match: Option<i64>, resource: &Value) -> Write {
        let grant = self.grant(type_of(resource));
        let content = self.content(resource, id);
        Write::update(self.definitions, &grant, id.into(), if_match, content)
    }

    fn delete(&self, resource_type: &'static str, id: &str, if_match: Option<i64>) -> Write {
        let grant = self.grant(resource_type);
        Write::delete(self.definitions, &grant, id.into(), if_match)
    }

    fn apply(&self, writes: Vec<Write>) -> Applied {
        let guards = Vec::new();
        let command = Command { guards, writes };
        done(self.partition.apply(&command)).expect("the store works")
    }

    fn read(&self, resource_type: &'static str, id: &str) -> Option<Version> {
        let grant: Grant<crate::grant::action::Read> = self.grant(resource_type);
        let consistency = Consistency::Strong;
        let found = super::read(&self.partition, self.definitions, &grant, id, consistency);
        done(found).expect("the store works")
    }

    fn body(&self, resource_type: &'static str, id: &str) -> String {
        let version = self.read(resource_type, id).expect("a version");
        version.body.expect("a body").into()
    }

    fn query(&self, resource_type: &'static str, pairs: &[(&str, &str)]) -> Query {
        let context = Context {
            definitions: self.definitions,
            base_url: BASE,
            now: fhir::types::Ticks::default(),
            handling: Handling::Strict,
        };
        let pairs: Vec<(String, String)> = pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        parse(&context, resource_type, &pairs).expect("a query")
    }

    fn found(&self, resource_type: &'static str, pairs: &[(&str, &str)]) -> Vec<String> {
        self.search(resource_type, pairs).expect("the store works")
    }

    fn search(
        &self,
        resource_type: &'static str,
        pairs: &[(&str, &str)],
    ) -> Result<Vec<String>, Error> {
        let query = self.query(resource_type, pairs);
        let grant: Grant<Search> = self.grant(resource_type);
        let page = super::page(&self.partition, self.definitions, &grant, &query);
        Ok(done(page)?
            .entries
            .into_iter()
            .map(|entry| entry.id)
            .collect())
    }
}

fn type_of(resource: &Value) -> &'static str {
    let name = resource["resourceType"].as_str().expect("a type");
    let definitions = Definitions::of(Release::R4);
    definitions.resource(name).expect("a resource").name
}

fn patient(family: &str) -> Value {
    json!({ "resourceType": "Patient", "name": [{ "family": family }] })
}

fn observation(patient: &str, code: &str) -> Value {
    json!({
        "resourceType": "Observation",
        "status": "final",
        "code": { "coding": [{ "system": "http://loinc.org", "code": code }] },
        "subject": { "reference": format!("Patient/{patient}") },
    })
}

fn outcomes(applied: Applied) -> Vec<(Outcome, i64)> {
    let committed = applied.expect("the command is applied").into_iter();
    committed.map(|one| (one.outcome, one.version)).collect()
}

fn versions(fixture: &Fixture, resource_type: &'static str, id: &str) -> Vec<(i64, String)> {
    let grant: Grant<History> = fixture.grant(resource_type);
    let (partition, definitions) = (&fixture.partition, fixture.definitions);
    let page = done(super::history(partition, definitions, &grant, id, None, 10));
    let page = page.expect("the store works").expect("a history");
    assert!(!page.more);
    assert_eq!(page.total, page.versions.len() as i64);
    let versions = page.versions.into_iter();
    versions.map(|one| (one.version, one.method)).collect()
}

fn failed<T>(result: Result<T, Error>) -> Error {
    match result {
        Ok(_) => panic!("it did not fail"),
        Err(error) => error,
    }
}

impl Fixture {
    /// The number that a statement finds.
    fn number(&self, statement: &str) -> i64 {
        let mut sql = fhir::sql::Sql::default();
        sql.push(statement);
        let rows = super::answer::Rows::Plain;
        let answer = done(self.partition.query(&sql, rows)).expect("the store works");
        answer.rows[0].integer(0)
    }
}
