//! Tens of thousands of requests, a third of them valid and near the limits: none is answered with a
//! 5xx, none takes a second, and every refusal says why. `HOSTILE_REQUESTS` sends more of them.

use super::mutated;
use crate::example::Example;
use crate::samples::bundle;
use api::{Answer, Client, Random, Request, Settings};
use fhir::Release;
use fhir::capability::is_searched;
use fhir::definitions::{Definitions, SearchParameter, SearchType};
use fhir::search::limits::{MAX_CLAUSES, MAX_COMPARED, MAX_VALUE, MAX_VALUES};
use serde_json::{Value, json};
use std::env;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

const REQUESTS: usize = 30_000;
const THREADS: usize = 4;
const MOST_TIME: Duration = Duration::from_secs(1);
const FORM: &str = "application/x-www-form-urlencoded";

fn definitions() -> &'static Definitions {
    Definitions::of(Release::R4)
}

/// What anybody may get wrong, and what is right but large.
struct Generator {
    random: Random,
    client: Client,
    anonymous: Client,
    types: Vec<&'static str>,
}

/// Whether a request is in order, so that it may be refused only as too costly.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Valid,
    Invalid,
}

const TEXTS: [&str; 16] = [
    "a",
    "",
    "x|y",
    "|",
    "\\",
    ",",
    "%",
    "'; DROP TABLE resource; --",
    "\u{0}",
    "\u{10ffff}",
    "Patient/1",
    "https://x.example/Patient/1",
    "ge2020-02-30",
    "9999999999999999999999",
    "eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.",
    "../../etc",
];
const DATES: [&str; 8] = [
    "2020",
    "2020-05",
    "2020-05-17",
    "2020-05-17T10:20:30Z",
    "2020-05-17T10:20:30.456+02:00",
    "1066-10-14",
    "9999-12-31",
    "0001-01-01",
];
const PREFIXES: [&str; 10] = ["", "eq", "ne", "lt", "gt", "le", "ge", "sa", "eb", "ap"];
const HEADERS: [&str; 10] = [
    "if-match",
    "if-none-match",
    "if-none-exist",
    "prefer",
    "accept",
    "content-type",
    "x-ms-consistency-level",
    "x-request-id",
    "origin",
    "authorization",
];

impl Generator {
    fn resource_type(&mut self) -> &'static str {
        self.types[self.random.below(self.types.len())]
    }

    /// A number at, or one beside, a limit, or anywhere below it.
    fn near(&mut self, limit: usize) -> usize {
        match self.random.below(4) {
            0 => limit,
            1 => limit - 1,
            2 => 1,
            _ => 1 + self.random.below(limit),
        }
    }

    fn value(&mut self, parameter: &SearchParameter, length: usize) -> String {
        let filler = "x".repeat(length);
        match parameter.search_type {
            SearchType::Date => {
                let prefix = self.random.one_of(&PREFIXES);
                format!("{prefix}{}", self.random.one_of(&DATES))
            }
            SearchType::Token if self.random.below(2) == 0 => format!("urn:x|{filler}"),
            SearchType::Reference => format!("Patient/{}", &filler[..length.min(64)]),
            _ => filler,
        }
    }

    /// One valid parameter with as many values as are left, which it takes off.
    fn clause(
        &mut self,
        name: &'static str,
        left: &mut (usize, usize),
    ) -> Option<(String, String)> {
        let parameters: Vec<&SearchParameter> = definitions()
            .search_parameters(name)
            .iter()
            .filter(|parameter| is_searched(parameter))
            .collect();
        let parameter = *self.random.one_of(&parameters);
        let is_compared = matches!(parameter.search_type, SearchType::Date | SearchType::String);
        // A value of `ne` counts twice.
        let most = if is_compared { left.1 / 2 } else { left.0 };
        if most == 0 || parameter.code == "_lastUpdated" {
            return None;
        }
        let count = self.near(most.min(400));
        left.0 = left.0.saturating_sub(count);
        if is_compared {
            left.1 -= 2 * count;
        }
        let length = if count < 4 {
            self.near(MAX_VALUE - 8)
        } else {
            1 + count % 20
        };
        let values: Vec<String> = (0..count).map(|_| self.value(parameter, length)).collect();
        Some((parameter.code.to_owned(), values.join(",")))
    }

    /// A search that is right, at most at the limits.
    fn search(&mut self) -> Request {
        let name = self.resource_type();
        let mut left = (MAX_VALUES, MAX_COMPARED);
        let count = self.near(MAX_CLAUSES / 3);
        let mut pairs: Vec<(String, String)> = (0..count)
            .filter_map(|_| self.clause(name, &mut left))
            .collect();
        let results = [
            ("_count", "1000"),
            ("_total", "accurate"),
            ("_summary", "count"),
            ("_sort", "-_lastUpdated"),
            ("_sort", "_lastUpdated"),
        ];
        let (result, value) = *self.random.one_of(&results);
        pairs.push((result.to_owned(), value.to_owned()));
        let pairs: Vec<(&str, &str)> = pairs
            .iter()
            .map(|(a, b)| (a.as_str(), b.as_str()))
            .collect();
        let request = self.client.request("POST", &format!("/{name}/_search"));
        request.form(&pairs)
    }

    /// A resource that is right: the least, or nearly everything.
    fn resource(&mut self, name: &str) -> Value {
        let reference = |targets: &[&str]| format!("{}/r1", targets.first().unwrap_or(&"Patient"));
        let example = Example {
            definitions: definitions(),
            text: "valid",
            reference: &reference,
        };
        if self.random.below(8) == 0 {
            example.full(name)
        } else {
            example.least(name)
        }
    }

    fn write(&mut self) -> Request {
        let name = self.resource_type();
        let mut resource = self.resource(name);
        if self.random.below(2) == 0 {
            return self
                .client
                .request("POST", &format!("/{name}"))
                .json(&resource);
        }
        let id = format!("r{}", self.random.below(50));
        resource["id"] = json!(id);
        self.client
            .request("PUT", &format!("/{name}/{id}"))
            .json(&resource)
    }

    fn mutated_write(&mut self) -> Request {
        let name = self.resource_type();
        let resource = self.resource(name).to_string();
        let body = mutated(&mut self.random, &resource);
        let request = self.client.request("POST", &format!("/{name}"));
        request
            .header("content-type", "application/fhir+json")
            .body(body)
    }

    fn entry(&mut self) -> Value {
        let name = self.resource_type();
        let text = *self.random.one_of(&TEXTS);
        match self.random.below(6) {
            0 => {
                json!({ "resource": self.resource(name), "request": { "method": "POST", "url": name } })
            }
            1 => json!({ "request": { "method": "GET", "url": format!("{name}?_id={text}") } }),
            2 => json!({ "request": { "method": "DELETE", "url": format!("{name}/{text}") } }),
            3 => json!({ "fullUrl": text, "resource": { "resourceType": name },
                "request": { "method": "PUT", "url": format!("{name}/r1"), "ifMatch": text } }),
            4 => json!({ "resource": self.resource(name),
                "request": { "method": "POST", "url": name, "ifNoneExist": format!("identifier={text}") } }),
            _ => json!({ "request": text, "resource": [text] }),
        }
    }

    fn bundle(&mut self) -> Request {
        let count = self.random.below(12);
        let entries: Vec<Value> = (0..count).map(|_| self.entry()).collect();
        let kind = *self
            .random
            .one_of(&["batch", "transaction", "collection", ""]);
        self.client
            .request("POST", "/")
            .json(&bundle(kind, &entries))
    }

    fn odd_search(&mut self) -> Request {
        let name = self.resource_type();
        let parameters = definitions().search_parameters(name);
        let count = 1 + self.random.below(5);
        let pairs: Vec<(String, String)> = (0..count)
            .map(|_| {
                let code = self.random.one_of(parameters).code;
                let modifiers = [
                    "", ":not", ":exact", ":missing", ":text", ":Patient", ":x", ".",
                ];
                let modifier = self.random.one_of(&modifiers);
                let repeated = [1, 2, 31, MAX_COMPARED + 1, MAX_VALUES + 1];
                let repeated = *self.random.one_of(&repeated);
                let text = *self.random.one_of(&TEXTS);
                (format!("{code}{modifier}"), vec![text; repeated].join(","))
            })
            .collect();
        let pairs: Vec<(&str, &str)> = pairs
            .iter()
            .map(|(a, b)| (a.as_str(), b.as_str()))
            .collect();
        let request = self.client.request("POST", &format!("/{name}/_search"));
        request.form(&pairs)
    }

    fn odd_headers(&mut self) -> Request {
        let name = self.resource_type();
        let method = *self
            .random
            .one_of(&["GET", "PUT", "DELETE", "HEAD", "PATCH"]);
        let text = *self.random.one_of(&TEXTS);
        let text: String = text.chars().filter(char::is_ascii_graphic).collect();
        let header = *self.random.one_of(&HEADERS);
        let resource = json!({ "resourceType": name, "id": "r1" });
        let request = match header {
            "authorization" => self.anonymous.request(method, &format!("/{name}/r1")),
            _ => self.client.request(method, &format!("/{name}/r1")),
        };
        let request = request.header(header, &text);
        match method {
            "PUT" if header != "content-type" => request.json(&resource),
            _ => request,
        }
    }

    fn odd_address(&mut self) -> Request {
        let pieces = [
            "Patient",
            "_history",
            "_search",
            "$everything",
            "metadata",
            "%2e%2e",
            "%00",
            "r1",
            "1",
            "%F0%9F%98%80",
            "connect",
            "launch",
            "app",
            ".well-known",
            "AadSmartOnFhirProxy",
        ];
        let count = 1 + self.random.below(5);
        let steps: Vec<&str> = (0..count).map(|_| *self.random.one_of(&pieces)).collect();
        let method = *self
            .random
            .one_of(&["GET", "POST", "PUT", "DELETE", "OPTIONS"]);
        let request = self
            .client
            .request(method, &format!("/{}", steps.join("/")));
        if method == "POST" || method == "PUT" {
            return request.json(&json!({ "resourceType": "Patient" }));
        }
        request
    }

    /// Endpoints of OAuth with names that they know and values that they do not expect.
    fn odd_sign_in(&mut self) -> Request {
        const ENDPOINTS: [(&str, &str); 8] = [
            ("GET", "/AadSmartOnFhirProxy/authorize"),
            (
                "GET",
                "/AadSmartOnFhirProxy/callback/aHR0cHM6Ly9hcHAuZXhhbXBsZS9jYg",
            ),
            ("GET", "/AadSmartOnFhirProxy/context"),
            ("POST", "/AadSmartOnFhirProxy/token"),
            ("POST", "/AadSmartOnFhirProxy/context"),
            ("POST", "/connect/introspect"),
            ("POST", "/connect/revoke"),
            ("POST", "/connect/logout"),
        ];
        const NAMES: [&str; 18] = [
            "client_id",
            "client_secret",
            "redirect_uri",
            "scope",
            "state",
            "aud",
            "launch",
            "code",
            "code_challenge",
            "code_challenge_method",
            "code_verifier",
            "grant_type",
            "token",
            "refresh_token",
            "client_assertion",
            "client_assertion_type",
            "logout_token",
            "request",
        ];
        const VALUES: [&str; 8] = [
            "smart-app",
            "code",
            "S256",
            "authorization_code",
            "refresh_token",
            "openid",
            "svc-backend",
            "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        ];
        let (method, path) = *self.random.one_of(&ENDPOINTS);
        let count = self.random.below(8);
        let pairs: Vec<(&str, &str)> = (0..count)
            .map(|_| {
                let from = if self.random.below(2) == 0 {
                    &VALUES[..]
                } else {
                    &TEXTS[..]
                };
                (*self.random.one_of(&NAMES), *self.random.one_of(from))
            })
            .collect();
        let form = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(&pairs)
            .finish();
        match method {
            "GET" => self.anonymous.request(method, &format!("{path}?{form}")),
            _ => {
                let client = if self.random.below(2) == 0 {
                    &self.client
                } else {
                    &self.anonymous
                };
                client
                    .request(method, path)
                    .header("content-type", FORM)
                    .body(form)
            }
        }
    }

    fn next(&mut self) -> (Kind, Request) {
        match self.random.below(12) {
            0..3 => (Kind::Valid, self.search()),
            3..5 => (Kind::Valid, self.write()),
            5 => (Kind::Invalid, self.mutated_write()),
            6 | 7 => (Kind::Invalid, self.odd_search()),
            8 => (Kind::Invalid, self.bundle()),
            9 => (Kind::Invalid, self.odd_headers()),
            10 => (Kind::Invalid, self.odd_address()),
            _ => (Kind::Invalid, self.odd_sign_in()),
        }
    }
}

/// No 5xx; a refusal says why, in FHIR's words or in OAuth's.
#[track_caller]
fn assert_answered(kind: Kind, request: &Request, answer: &Answer) {
    let shown = || {
        format!("{request:?}")
            .chars()
            .take(2000)
            .collect::<String>()
    };
    assert!(answer.status < 500, "{answer} to {}", shown());
    if answer.status >= 400 && !answer.text.is_empty() {
        let is_outcome = answer.body["issue"][0]["diagnostics"].is_string();
        let is_oauth = answer.body["error"].is_string();
        let is_page = answer
            .header("content-type")
            .is_some_and(|kind| kind.starts_with("text/html"));
        assert!(is_outcome || is_oauth || is_page, "{answer} to {}", shown());
    }
    if kind == Kind::Valid {
        let is_costly = answer.status == 400 && answer.body["issue"][0]["code"] == "too-costly";
        let is_right = matches!(answer.status, 200 | 201) || is_costly;
        assert!(is_right, "{answer} to {}", shown());
    }
}

#[test]
fn no_request_of_many_ends_in_a_server_error_or_takes_long() {
    let running = Settings::default().start();
    let server = &running.server;
    let wanted = env::var("HOSTILE_REQUESTS").ok();
    let wanted = wanted.map_or(REQUESTS, |wanted| wanted.parse().expect("a number"));
    let (sent, valid) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let work = |seed: u64| {
        let mut generator = Generator {
            random: Random::new(seed),
            client: server.admin(),
            anonymous: server.anonymous(),
            types: definitions().resource_types(),
        };
        while sent.fetch_add(1, Ordering::Relaxed) < wanted {
            let (kind, request) = generator.next();
            let start = Instant::now();
            let answer = request.send();
            let mut elapsed = start.elapsed();
            if elapsed >= MOST_TIME {
                // Once more, should the machine have been busy with something else.
                let start = Instant::now();
                request.send();
                elapsed = start.elapsed();
            }
            let shown = || {
                format!("{request:?}")
                    .chars()
                    .take(2000)
                    .collect::<String>()
            };
            assert!(elapsed < MOST_TIME, "{elapsed:?} for {}", shown());
            assert_answered(kind, &request, &answer);
            valid.fetch_add(usize::from(kind == Kind::Valid), Ordering::Relaxed);
        }
    };
    thread::scope(|scope| {
        for seed in 0..THREADS {
            scope.spawn(move || work(100 + seed as u64));
        }
    });
    let valid = valid.into_inner();
    assert!(valid * 3 >= wanted, "only {valid} of {wanted} were valid");
}
