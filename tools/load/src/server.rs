//! The FHIR server that is loaded: what it says of itself, and the requests to it.

use demo::Version;
use serde_json::Value;
use ureq::Agent;

use crate::arguments::Arguments;
use crate::failure::{Failure, Result};
use crate::http::{self, Answer, Request};
use crate::outcome;
use crate::patience::Patience;
use crate::token::Bearer;

const FHIR_JSON: &str = "application/fhir+json";
const UNAUTHORIZED: u16 = 401;

/// A server that one is signed in to.
pub(crate) struct Server {
    base: String,
    agent: Agent,
    bearer: Bearer,
    configuration: Value,
}

impl Server {
    /// Asks the server for its client configuration and signs in.
    pub(crate) fn connect(arguments: &Arguments) -> Result<Self> {
        let base = arguments.server.clone();
        let agent = http::agent(&base);
        let configuration = configuration(&agent, &base)?;
        let says = |name: &str| {
            configuration
                .get(name)
                .and_then(Value::as_str)
                .map(|text| text.trim_end_matches('/'))
        };
        let authority = arguments.authority.as_deref().or_else(|| says("authority"));
        let bearer = Bearer::sign_in(
            &arguments.sign_in,
            authority,
            says("fhirBase").unwrap_or(&base),
        )?;
        Ok(Self {
            base,
            agent,
            bearer,
            configuration,
        })
    }

    /// The FHIR version it speaks.
    pub(crate) fn version(&self) -> Result<Version> {
        let configured = self
            .configuration
            .get("fhirVersion")
            .and_then(Value::as_str)
            .map(str::to_owned);
        let text = match configured {
            Some(text) => text,
            None => {
                let statement = self.get("metadata")?;
                let said = statement.get("fhirVersion").and_then(Value::as_str);
                said.map(str::to_owned).ok_or_else(|| {
                    Failure::new(format!(
                        "{} does not say its FHIR version: give it with --version",
                        self.base
                    ))
                })?
            }
        };
        text.parse()
            .map_err(|error: demo::VersionError| Failure::new(error.to_string()))
    }

    /// How many patients there are; servers that do not count say at least whether there are any.
    pub(crate) fn patients(&self) -> Result<u64> {
        let total = |bundle: &Value| bundle.get("total").and_then(Value::as_u64);
        if let Some(total) = total(&self.get("Patient?_summary=count")?) {
            return Ok(total);
        }
        let page = self.get("Patient?_count=1")?;
        let entries = page
            .get("entry")
            .and_then(Value::as_array)
            .map_or(0, Vec::len);
        Ok(total(&page).unwrap_or(entries as u64))
    }

    /// Sends a resource or Bundle; `url` is relative to the base, empty for the base itself.
    pub(crate) fn send(&self, method: &str, url: &str, resource: &Value) -> Result<Answer> {
        self.request(
            method,
            url,
            resource.to_string().as_bytes(),
            Patience::long(),
        )
    }

    fn get(&self, url: &str) -> Result<Value> {
        let answer = self.request("GET", url, &[], Patience::short())?;
        if !answer.is_success() {
            let reason = outcome::of_body(&answer.body);
            return Err(Failure::new(format!(
                "GET {}/{url} was answered {}: {reason}",
                self.base, answer.status
            )));
        }
        serde_json::from_str(&answer.body).map_err(|error| {
            Failure::new(format!(
                "GET {}/{url} did not give JSON: {error}",
                self.base
            ))
        })
    }

    fn request(&self, method: &str, url: &str, body: &[u8], patience: Patience) -> Result<Answer> {
        let url = format!("{}/{url}", self.base);
        let token = self.bearer.token();
        let attempt = |token: Option<&str>, patience: Patience| {
            let authorization = token
                .map(|token| format!("Bearer {token}"))
                .unwrap_or_default();
            let mut headers = vec![("accept", FHIR_JSON)];
            if !body.is_empty() {
                headers.extend([("content-type", FHIR_JSON), ("prefer", "return=minimal")]);
            }
            if !authorization.is_empty() {
                headers.push(("authorization", &authorization));
            }
            let request = Request {
                method,
                url: &url,
                headers: &headers,
                body,
            };
            http::exchange(&self.agent, &request, patience)
        };
        let answer = attempt(token.as_deref(), patience)?;
        // A long load outlives its token.
        if answer.status == UNAUTHORIZED && self.bearer.renew(token.as_deref())? {
            return attempt(self.bearer.token().as_deref(), Patience::long());
        }
        Ok(answer)
    }
}

/// The configuration that the server gives its browser client; null when it has none.
fn configuration(agent: &Agent, base: &str) -> Result<Value> {
    let url = format!("{base}/app/config.json");
    let request = Request {
        method: "GET",
        url: &url,
        headers: &[("accept", "application/json")],
        body: &[],
    };
    let answer = http::exchange(agent, &request, Patience::short())?;
    if !answer.is_success() {
        return Ok(Value::Null);
    }
    // A server with a catch-all page answers anything with HTML.
    Ok(serde_json::from_str(&answer.body).unwrap_or_default())
}
