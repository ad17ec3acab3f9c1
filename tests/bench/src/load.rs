//! What is sent, and what it costs.

use crate::connection::{Connection, Reply};
use crate::runtime::Runtime;
use serde_json::{Value, json};
use std::error::Error;
use std::thread;
use std::time::Instant;

const CONNECTIONS: usize = 16;
const REQUESTS: usize = 4800;
const FHIR: &str = "application/fhir+json";

/// The cost of one round of requests.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Measured {
    /// CPU time of the runtime per request, in microseconds.
    pub(crate) cpu: f64,
    pub(crate) per_second: f64,
}

type Request<'a> = dyn Fn(&mut Connection) -> std::io::Result<Reply> + Sync + 'a;

/// Sends requests to one runtime.
pub(crate) struct Load<'a> {
    runtime: &'a Runtime,
    authorization: Option<&'a str>,
}

/// A vital sign as they come by the million.
pub(crate) fn observation() -> Value {
    json!({
        "resourceType": "Observation",
        "status": "final",
        "identifier": [{ "system": "http://bench.example/n", "value": "c0" }],
        "category": [{ "coding": [{
            "system": "http://terminology.hl7.org/CodeSystem/observation-category",
            "code": "vital-signs", "display": "Vital signs" }] }],
        "code": { "coding": [{ "system": "http://loinc.org", "code": "8867-4", "display": "Heart rate" }],
            "text": "Heart rate" },
        "subject": { "reference": "Patient/bench" },
        "encounter": { "reference": "Encounter/bench" },
        "performer": [{ "reference": "Practitioner/bench" }],
        "effectiveDateTime": "2026-01-15T10:30:00+01:00",
        "issued": "2026-01-15T10:31:00+01:00",
        "valueQuantity": { "value": 72.0, "unit": "beats/minute",
            "system": "http://unitsofmeasure.org", "code": "/min" },
    })
}

/// A transaction of that many Observations.
pub(crate) fn transaction(entries: usize) -> Value {
    let entries: Vec<Value> = (0..entries)
        .map(|_| json!({ "resource": observation(), "request": { "method": "POST", "url": "Observation" } }))
        .collect();
    json!({ "resourceType": "Bundle", "type": "transaction", "entry": entries })
}

impl<'a> Load<'a> {
    pub(crate) fn new(runtime: &'a Runtime, authorization: Option<&'a str>) -> Self {
        Self {
            runtime,
            authorization,
        }
    }

    /// Sends the same request over and over; the cost of each.
    pub(crate) fn get(&self, path: &str) -> Result<Measured, Box<dyn Error>> {
        self.measure(REQUESTS, &|connection| {
            connection.request("GET", path, FHIR, b"")
        })
    }

    /// Posts the same body over and over.
    pub(crate) fn post(&self, path: &str, body: &Value) -> Result<Measured, Box<dyn Error>> {
        let body = body.to_string();
        self.measure(REQUESTS / 2, &|connection| {
            connection.request("POST", path, FHIR, body.as_bytes())
        })
    }

    /// Creates resources of which ten each share an identifier; their ids.
    pub(crate) fn create_many(
        &self,
        path: &str,
        body: &Value,
        count: usize,
    ) -> Result<Vec<String>, Box<dyn Error>> {
        let text = body.to_string();
        let mut connection = Connection::open(self.runtime.port, self.authorization)?;
        let mut ids = Vec::new();
        for n in 0..count {
            let body = text.replace("\"c0\"", &format!("\"c{}\"", n / 10));
            let reply = connection.request("POST", path, FHIR, body.as_bytes())?;
            expect_success(&reply)?;
            let location = reply.location.unwrap_or_default();
            ids.extend(
                location
                    .split('/')
                    .skip_while(|step| *step != "Observation")
                    .nth(1)
                    .map(ToOwned::to_owned),
            );
        }
        Ok(ids)
    }

    /// Resources a second through transactions of `entries` each.
    pub(crate) fn transactions(&self, body: &Value, entries: u32) -> Result<f64, Box<dyn Error>> {
        const BUNDLES: u32 = 20;
        let body = body.to_string();
        let mut connection = Connection::open(self.runtime.port, self.authorization)?;
        let start = Instant::now();
        for _ in 0..BUNDLES {
            expect_success(&connection.request("POST", "/", FHIR, body.as_bytes())?)?;
        }
        Ok(f64::from(BUNDLES * entries) / start.elapsed().as_secs_f64())
    }

    fn measure(&self, requests: usize, send: &Request<'_>) -> Result<Measured, Box<dyn Error>> {
        let before = self.runtime.cpu_seconds()?;
        let start = Instant::now();
        let failures: Vec<String> = thread::scope(|scope| {
            let workers: Vec<_> = (0..CONNECTIONS)
                .map(|_| scope.spawn(|| self.requests(requests / CONNECTIONS, send)))
                .collect();
            let results = workers.into_iter().map(|worker| worker.join());
            results
                .filter_map(|result| match result {
                    Ok(Ok(())) => None,
                    Ok(Err(error)) => Some(error),
                    Err(_) => Some("a sender panicked".into()),
                })
                .collect()
        });
        if let Some(failure) = failures.into_iter().next() {
            return Err(failure.into());
        }
        let seconds = start.elapsed().as_secs_f64();
        let cpu = self.runtime.cpu_seconds()? - before;
        let count = requests as f64;
        Ok(Measured {
            cpu: cpu / count * 1e6,
            per_second: count / seconds,
        })
    }

    fn requests(&self, count: usize, send: &Request<'_>) -> Result<(), String> {
        let connection = Connection::open(self.runtime.port, self.authorization);
        let mut connection = connection.map_err(|error| error.to_string())?;
        for _ in 0..count {
            let reply = send(&mut connection).map_err(|error| error.to_string())?;
            expect_success(&reply)?;
        }
        Ok(())
    }
}

fn expect_success(reply: &Reply) -> Result<(), String> {
    if (200..300).contains(&reply.status) {
        return Ok(());
    }
    let body = String::from_utf8_lossy(&reply.body);
    Err(format!("the answer was {}: {body}", reply.status))
}
