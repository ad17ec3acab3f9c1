//! A small HTTP client: every status is an answer, redirects are not followed.

use serde_json::Value;
use std::fmt;
use ureq::{Agent, http};

const LARGEST_ANSWER: u64 = 64 << 20;

/// The media type of FHIR in JSON.
pub(crate) const FHIR_JSON: &str = "application/fhir+json";

/// Calls one server as one caller.
#[derive(Clone, Debug)]
pub struct Client {
    agent: Agent,
    /// Sends what must not be sent twice over connections of its own: a pooled one may be closed by
    /// the server at the moment it is used.
    unpooled: Agent,
    /// The FHIR base URL.
    pub base: String,
    authorization: Option<String>,
}

impl Client {
    pub(crate) fn new(
        (agent, unpooled): (Agent, Agent),
        base: String,
        authorization: Option<String>,
    ) -> Self {
        Self {
            agent,
            unpooled,
            base,
            authorization,
        }
    }

    /// A request to a path below the base, or to an absolute URL.
    pub fn request(&self, method: &str, path: &str) -> Request {
        let url = if path.starts_with("http") {
            path.to_owned()
        } else {
            format!("{}{path}", self.base)
        };
        let request = Request {
            agent: self.agent.clone(),
            unpooled: self.unpooled.clone(),
            method: method.to_owned(),
            url,
            headers: Vec::new(),
            body: Vec::new(),
        };
        match &self.authorization {
            Some(authorization) => request.header("authorization", authorization),
            None => request,
        }
    }

    /// GET.
    pub fn get(&self, path: &str) -> Answer {
        self.request("GET", path).send()
    }

    /// GET with parameters, which are encoded here.
    pub fn search(&self, resource_type: &str, parameters: &[(&str, &str)]) -> Answer {
        let query = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(parameters)
            .finish();
        self.get(&format!("/{resource_type}?{query}"))
    }

    /// POST of a resource.
    pub fn post(&self, path: &str, resource: &Value) -> Answer {
        self.request("POST", path).json(resource).send()
    }

    /// PUT of a resource.
    pub fn put(&self, path: &str, resource: &Value) -> Answer {
        self.request("PUT", path).json(resource).send()
    }

    /// PUT of a resource to the address that its type and id say; it must succeed.
    #[track_caller]
    pub fn save(&self, resource: &Value) -> Answer {
        let text = |name: &str| {
            resource[name]
                .as_str()
                .expect("a type and an id")
                .to_owned()
        };
        let answer = self.put(
            &format!("/{}/{}", text("resourceType"), text("id")),
            resource,
        );
        assert!(matches!(answer.status, 200 | 201), "{answer}");
        answer
    }

    /// DELETE.
    pub fn delete(&self, path: &str) -> Answer {
        self.request("DELETE", path).send()
    }
}

/// A request that is not sent yet.
#[derive(Clone, Debug)]
pub struct Request {
    agent: Agent,
    unpooled: Agent,
    method: String,
    url: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Request {
    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Sets the body to a resource.
    #[must_use]
    pub fn json(self, resource: &Value) -> Self {
        self.header("content-type", FHIR_JSON)
            .body(resource.to_string())
    }

    /// Sets the body to a form.
    #[must_use]
    pub fn form(self, pairs: &[(&str, &str)]) -> Self {
        let form = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(pairs)
            .finish();
        self.header("content-type", "application/x-www-form-urlencoded")
            .body(form)
    }

    /// Sets the body; a Content-Type is not added.
    #[must_use]
    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    /// Sends it. A GET whose connection breaks is sent once more, as browsers do: a server may
    /// close an idle connection at the moment it is used.
    pub fn send(&self) -> Answer {
        let answer = match self.try_send() {
            Err(ureq::Error::Io(_)) if self.method == "GET" => self.try_send(),
            answer => answer,
        };
        answer.unwrap_or_else(|error| panic!("{} {}: {error}", self.method, self.url))
    }

    /// Sends it to a server that may be gone.
    ///
    /// # Errors
    /// When no whole answer came.
    pub fn try_send(&self) -> Result<Answer, ureq::Error> {
        let mut builder = http::Request::builder()
            .method(self.method.as_str())
            .uri(&self.url);
        for (name, value) in &self.headers {
            builder = builder.header(name, value);
        }
        let has_body = !self.body.is_empty() || matches!(self.method.as_str(), "POST" | "PUT");
        let agent = if self.method == "GET" {
            &self.agent
        } else {
            &self.unpooled
        };
        let mut response = if has_body {
            agent.run(builder.body(self.body.as_slice())?)?
        } else {
            agent.run(builder.body(())?)?
        };
        let body = response.body_mut().with_config().limit(LARGEST_ANSWER);
        let text = body.read_to_string()?;
        Ok(Answer {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            body: serde_json::from_str(&text).unwrap_or(Value::Null),
            text,
        })
    }
}

/// What came back.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    headers: http::HeaderMap,
    /// The body as JSON; null when it is none.
    pub body: Value,
    /// The body as it came.
    pub text: String,
}

impl Answer {
    /// A header; several of one name are joined by commas.
    pub fn header(&self, name: &str) -> Option<String> {
        let values: Vec<&str> = self
            .headers
            .get_all(name)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .collect();
        (!values.is_empty()).then(|| values.join(", "))
    }

    /// All headers.
    pub fn headers(&self) -> impl Iterator<Item = (&str, &str)> {
        let headers = self.headers.iter();
        headers.map(|(name, value)| (name.as_str(), value.to_str().unwrap_or_default()))
    }

    /// The id of the resource in the body.
    #[track_caller]
    pub fn id(&self) -> String {
        let id = self.body["id"].as_str();
        id.unwrap_or_else(|| panic!("no id in {self}")).to_owned()
    }

    /// The version that the ETag names.
    #[track_caller]
    pub fn version(&self) -> u64 {
        let tag = self.header("etag").unwrap_or_default();
        let digits = tag
            .strip_prefix("W/\"")
            .and_then(|rest| rest.strip_suffix('"'));
        let version = digits.and_then(|digits| digits.parse().ok());
        version.unwrap_or_else(|| panic!("the ETag is `{tag}` in {self}"))
    }

    /// The answer itself, when its status is the one expected.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{self}");
        self
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown: String = self.text.chars().take(1500).collect();
        write!(f, "status {}: {shown}", self.status)
    }
}
