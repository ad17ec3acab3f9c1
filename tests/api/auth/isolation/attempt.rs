//! What a caller tries at a route to get at another's record.

use super::queries::{self, Query};
use super::record::Record;
use crate::samples::{bundle, with};
use api::{Answer, Client};
use fhir::interaction::Interaction;
use fhir::route::{Level, ROUTES, Route};
use serde_json::{Value, json};

/// One request.
#[derive(Clone, Debug, Default)]
pub(super) struct Attempt {
    pub(super) method: &'static str,
    pub(super) path: String,
    headers: Vec<(&'static str, String)>,
    body: Option<Value>,
    form: Option<String>,
    /// The statuses that it may be answered with.
    pub(super) expected: Vec<u16>,
    /// What the entries of the body try, if it is a bundle.
    pub(super) entries: Vec<Attempt>,
    pub(super) sent: Sent,
}

/// How an attempt is sent. There are too many searches to make each a request of its own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Sent {
    /// As a request of its own, and in bundles.
    #[default]
    Alone,
    /// In bundles.
    Bundled,
    /// In bundles, and with one token only: it differs little from another.
    Once,
}

/// The two records, of which the first is the caller's.
#[derive(Clone, Copy)]
pub(super) struct Sides<'a> {
    pub(super) thief: &'a Record,
    pub(super) victim: &'a Record,
}

/// What is tried at one route, for one type where there is a type in it. Whoever adds an
/// interaction says here how it could be abused.
pub(super) fn attempts(sides: Sides<'_>, route: &Route, name: &'static str) -> Vec<Attempt> {
    let Sides { thief, victim } = sides;
    let at = |version: &str, expected: &[u16]| Attempt {
        method: route.method,
        path: route.address(name, &victim.id, version),
        expected: expected.to_vec(),
        ..Attempt::default()
    };
    let own = thief.resource(name);
    let theirs = victim.resource(name);
    match route.interaction {
        Interaction::Read => vec![
            at("", &[404]),
            at("", &[404]).header("if-none-match", "W/\"1\""),
            at("", &[404]).header("x-ms-consistency-level", "Eventual"),
            at("", &[404]).header("x-ms-consistency-level", "ConsistentPrefix"),
            at("", &[404]).query("_summary=true"),
            at("", &[404]).query("_elements=identifier"),
            Attempt {
                method: "HEAD",
                ..at("", &[404])
            },
        ],
        Interaction::Vread => ["1", "2", "999"].map(|version| at(version, &[404])).into(),
        Interaction::HistoryInstance => vec![
            at("", &[404]),
            at("", &[404]).query("_count=1"),
            at("", &[404]).query("_since=2000-01-01T00:00:00Z"),
        ],
        Interaction::SearchType => searches(route, name, victim),
        Interaction::Create => {
            let word = &victim.word;
            let conditions = [
                format!("_id={}", victim.id),
                format!("identifier={word}"),
                format!("identifier=http%3A%2F%2Fexample.org%2F{word}%7C{word}"),
            ];
            let conditional = own.into_iter().flat_map(|own| {
                let create = at("", &[201, 400, 403]).body(own);
                conditions
                    .each_ref()
                    .map(|condition| create.clone().header("if-none-exist", condition))
            });
            let into_the_other = theirs.map(|theirs| at("", &[403]).body(theirs));
            conditional.chain(into_the_other).collect()
        }
        Interaction::Update => {
            let taken = own.map(|own| with(own, "id", json!(victim.id)));
            let bodies = [taken.as_ref(), theirs].into_iter().flatten();
            let puts = bodies.flat_map(|body| {
                let put = at("", &[403, 404]).body(body);
                [put.clone(), put.header("if-match", "W/\"1\"")]
            });
            puts.collect()
        }
        Interaction::Delete => vec![
            // Deleting what is not there succeeds, and so it seems here.
            at("", &[204, 403]),
            at("", &[403, 404]).header("if-match", "W/\"1\""),
        ],
        // The same for every type.
        Interaction::Capabilities if name != victim.person => vec![],
        Interaction::Capabilities => vec![at("", &[200])],
        Interaction::Batch => {
            let (writing, reading): (Vec<_>, Vec<_>) =
                entries(sides, name).partition(Attempt::writes);
            let (once, always): (Vec<_>, Vec<_>) = reading
                .into_iter()
                .partition(|entry| entry.sent == Sent::Once);
            let batch = |sent, entries: Vec<Attempt>| Attempt {
                sent,
                ..at("", &[200]).bundle("batch", entries)
            };
            let batches = [
                batch(Sent::Bundled, always),
                batch(Sent::Bundled, writing),
                batch(Sent::Once, once),
            ];
            let batches = batches.into_iter();
            batches.filter(Attempt::is_bundle).collect()
        }
        Interaction::Transaction => entries(sides, name)
            .filter(|entry| entry.sent == Sent::Alone)
            .map(|entry| Attempt {
                sent: Sent::Bundled,
                // 400: a posted resource that refers to the id that it carries can mean itself.
                expected: match entry.method {
                    "POST" => [&[200, 400], entry.expected.as_slice()].concat(),
                    _ => [&[200], entry.expected.as_slice()].concat(),
                },
                ..at("", &[]).bundle("transaction", vec![entry])
            })
            .collect(),
    }
}

/// Everything about a type that can be an entry of a bundle.
fn entries(sides: Sides<'_>, name: &'static str) -> impl Iterator<Item = Attempt> {
    let routes = ROUTES.iter().filter(|route| route.level() != Level::System);
    let attempts = routes.flat_map(move |route| attempts(sides, route, name));
    attempts.filter(|attempt| attempt.entry().is_some())
}

/// All searches of a type as the addresses of a GET, or the plain ones as the forms of a POST.
fn searches(route: &Route, name: &'static str, victim: &Record) -> Vec<Attempt> {
    let parameters = victim.definitions.search_parameters(name).iter();
    let by_parameter = parameters.map(|parameter| queries::of_parameter(name, parameter, victim));
    let groups = [queries::of_type(name, victim)].into_iter();
    let mut attempts = Vec::new();
    for (group, queries) in groups.chain(by_parameter).enumerate() {
        for (at, query) in queries.into_iter().enumerate() {
            let sent = match (route.method, group, at) {
                ("GET", 0, 0) => Sent::Alone,
                ("GET", 0, _) | ("GET", _, 0) => Sent::Bundled,
                ("GET", ..) => Sent::Once,
                (_, _, 0) => Sent::Alone,
                _ => break,
            };
            attempts.push(search(route, sent, &query));
        }
    }
    attempts
}

fn search(route: &Route, sent: Sent, query: &Query) -> Attempt {
    let path = route.address(query.resource_type, "", "");
    let (path, form) = match route.method {
        "GET" => (format!("{path}?{}", query.encoded()), None),
        _ => (path, Some(query.encoded())),
    };
    Attempt {
        method: route.method,
        path,
        form,
        // A modifier that the server does not know is refused.
        expected: vec![200, 400],
        sent,
        ..Attempt::default()
    }
}

impl Attempt {
    fn header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }

    fn query(mut self, query: &str) -> Self {
        self.path = format!("{}?{query}", self.path);
        self
    }

    fn body(mut self, body: &Value) -> Self {
        self.body = Some(body.clone());
        self
    }

    fn bundle(self, kind: &str, entries: Vec<Attempt>) -> Self {
        let sent: Vec<Value> = entries.iter().filter_map(Attempt::entry).collect();
        Self {
            body: Some(bundle(kind, &sent)),
            entries,
            ..self
        }
    }

    pub(super) fn is_bundle(&self) -> bool {
        !self.entries.is_empty()
    }

    /// Whether it would change something if it were let.
    pub(super) fn writes(&self) -> bool {
        if self.is_bundle() {
            return self.entries.iter().any(Attempt::writes);
        }
        self.form.is_none() && !matches!(self.method, "GET" | "HEAD")
    }

    /// As an entry of a bundle, when it can be one.
    fn entry(&self) -> Option<Value> {
        if self.form.is_some() || self.method == "HEAD" {
            return None;
        }
        let url = self.path.trim_start_matches('/');
        let mut request = json!({ "method": self.method, "url": url });
        for (name, value) in &self.headers {
            let place = match *name {
                "if-match" => "ifMatch",
                "if-none-exist" => "ifNoneExist",
                _ => return None,
            };
            request[place] = json!(value);
        }
        let mut entry = json!({ "request": request });
        if let Some(body) = &self.body {
            entry["resource"] = body.clone();
        }
        Some(entry)
    }

    pub(super) fn send(&self, client: &Client) -> Answer {
        let mut request = client.request(self.method, &self.path);
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        match (&self.body, &self.form) {
            (Some(body), _) => request.json(body).send(),
            (None, Some(form)) => {
                let form_type = "application/x-www-form-urlencoded";
                let request = request.header("content-type", form_type);
                request.body(form.as_str()).send()
            }
            (None, None) => request.send(),
        }
    }

    /// What the entries of a bundle try, with what each was answered.
    pub(super) fn answered<'a>(&'a self, answer: &'a Answer) -> Vec<(&'a Attempt, &'a Value)> {
        let entries = answer.body["entry"].as_array().map(Vec::as_slice);
        let entries = entries.unwrap_or_default();
        assert_eq!(entries.len(), self.entries.len(), "{answer}");
        self.entries.iter().zip(entries).collect()
    }

    /// The type and the parameter that a search is by.
    pub(super) fn searched_by(&self) -> Option<(&str, &str)> {
        let (name, query) = self.path.trim_start_matches('/').split_once('?')?;
        Some((name, query.split(['=', '%', '.']).next()?))
    }

    /// Whether the request itself says a word.
    pub(super) fn states(&self, word: &str) -> bool {
        let states = |text: &str| text.contains(word);
        let headers = self.headers.iter();
        states(&self.path)
            || headers.map(|(_, value)| value.as_str()).any(states)
            || self.form.as_deref().is_some_and(states)
            || self
                .body
                .as_ref()
                .is_some_and(|body| states(&body.to_string()))
    }
}
