//! A piece of work for the server and what became of it.

use std::fmt;
use std::thread;

use serde_json::Value;

use crate::bundle;
use crate::entry::Target;
use crate::failure::Failure;
use crate::http::{Answer, is_busy};
use crate::outcome;
use crate::patience::Patience;
use crate::server::Server;

/// Where in its source an entry stood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// The entry of a Bundle, counted from 0 as FHIRPath does.
    Entry(usize),
    /// The line of NDJSON, counted from 1.
    Line(usize),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Entry(position) => write!(f, "entry {position}"),
            Self::Line(number) => write!(f, "line {number}"),
        }
    }
}

/// One request to the server.
#[derive(Debug)]
pub(crate) struct Unit {
    body: Value,
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    Bundle(Vec<Place>),
    Resource(Target),
}

/// What became of a unit.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Delivery {
    /// Resources the server took.
    pub(crate) loaded: usize,
    /// Resources it did not take.
    pub(crate) refused: usize,
    /// Why, in words, each naming its place.
    pub(crate) reasons: Vec<String>,
}

impl Unit {
    /// A transaction or batch, with the place of each entry.
    pub(crate) fn bundle(body: Value, places: Vec<Place>) -> Self {
        Self {
            body,
            kind: Kind::Bundle(places),
        }
    }

    /// A single resource.
    pub(crate) fn resource(target: Target, body: Value) -> Self {
        Self {
            body,
            kind: Kind::Resource(target),
        }
    }

    /// What is sent.
    #[cfg(test)]
    pub(crate) fn body(&self) -> &Value {
        &self.body
    }

    /// How many resources it holds.
    pub(crate) fn count(&self) -> usize {
        match &self.kind {
            Kind::Bundle(places) => places.len(),
            Kind::Resource(_) => 1,
        }
    }

    /// Sends it.
    pub(crate) fn deliver(self, server: &Server) -> Delivery {
        match self.kind {
            Kind::Resource(target) => {
                let answer = server.send(target.method(), target.url(), &self.body);
                whole(answer, 1, &format!("{} {}", target.method(), target.url()))
            }
            Kind::Bundle(places) if text(&self.body, "type") == "batch" => {
                batch(server, self.body, places)
            }
            Kind::Bundle(places) => {
                let answer = server.send("POST", "", &self.body);
                whole(
                    answer,
                    places.len(),
                    "nothing of this transaction was loaded",
                )
            }
        }
    }
}

/// A request that the server takes or refuses as a whole.
fn whole(answer: Result<Answer, Failure>, count: usize, what: &str) -> Delivery {
    match answer {
        Ok(answer) if answer.is_success() => Delivery {
            loaded: count,
            ..Delivery::default()
        },
        Ok(answer) => {
            let reason = format!(
                "{what}: {}, {}",
                answer.status,
                outcome::of_body(&answer.body)
            );
            Delivery {
                loaded: 0,
                refused: count,
                reasons: vec![reason],
            }
        }
        Err(failure) => Delivery {
            loaded: 0,
            refused: count,
            reasons: vec![format!("{what}: {failure}")],
        },
    }
}

/// A batch: each entry is taken or refused by itself, and those that met a busy server go again.
fn batch(server: &Server, mut body: Value, mut places: Vec<Place>) -> Delivery {
    let mut delivery = Delivery::default();
    let mut patience = Patience::long();
    loop {
        let answer = match server.send("POST", "", &body) {
            Ok(answer) if answer.is_success() => answer,
            other => {
                let rest = whole(other, places.len(), "nothing of this batch was loaded");
                delivery.refused += rest.refused;
                delivery.reasons.extend(rest.reasons);
                return delivery;
            }
        };
        let mut answered: Value = serde_json::from_str(&answer.body).unwrap_or_default();
        let mut responses = entries(&mut answered).into_iter();
        let mut again: Vec<(Place, Value)> = Vec::new();
        for (place, entry) in places.into_iter().zip(entries(&mut body)) {
            let response = responses.next().unwrap_or_default();
            let status = status(&response);
            if (200..300).contains(&status) {
                delivery.loaded += 1;
            } else if is_busy(status) {
                again.push((place, entry));
            } else {
                delivery.refuse(place, &entry, status, &response);
            }
        }
        if again.is_empty() {
            return delivery;
        }
        let Some(pause) = patience.pause(answer.retry_after) else {
            for (place, entry) in again {
                delivery.refuse(place, &entry, 429, &Value::Null);
            }
            return delivery;
        };
        thread::sleep(pause);
        let rest: Vec<Value>;
        (places, rest) = again.into_iter().unzip();
        body = bundle::of_entries("batch", rest);
    }
}

impl Delivery {
    fn refuse(&mut self, place: Place, entry: &Value, status: u16, response: &Value) {
        let request = entry.get("request").map_or_else(
            || "no request".to_owned(),
            |request| format!("{} {}", text(request, "method"), text(request, "url")),
        );
        let said = response
            .pointer("/response/outcome")
            .and_then(outcome::words);
        let reason = match (said, status) {
            (Some(said), _) => format!("{status}, {said}"),
            (None, 0) => "the server gave no answer for it".to_owned(),
            (None, 429 | 503) => "the server stayed too busy".to_owned(),
            (None, status) => format!("{status}, no explanation"),
        };
        self.refused += 1;
        self.reasons.push(format!("{place} ({request}): {reason}"));
    }
}

fn entries(bundle: &mut Value) -> Vec<Value> {
    match bundle.get_mut("entry").map(Value::take) {
        Some(Value::Array(entries)) => entries,
        _ => Vec::new(),
    }
}

/// The number that `response.status` begins with, 0 when there is none.
fn status(entry: &Value) -> u16 {
    let status = entry
        .pointer("/response/status")
        .and_then(Value::as_str)
        .unwrap_or_default();
    status
        .split_whitespace()
        .next()
        .and_then(|code| code.parse().ok())
        .unwrap_or_default()
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}
