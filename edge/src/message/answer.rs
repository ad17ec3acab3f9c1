//! What is answered: status, headers, body.

use crate::binding;
use crate::status::Status;
use crate::store::Text;
use fhir::types::http_date;
use serde_json::Value;
use wasm_bindgen::JsValue;
use web_sys::Response;

/// An answer that is not sent yet.
pub(crate) struct Answer {
    pub(crate) status: Status,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Body,
    /// When what is answered was last changed, in milliseconds since 1970.
    pub(crate) updated: Option<i64>,
}

/// The body of an answer.
pub(crate) enum Body {
    Empty,
    /// Text made here.
    Text(String),
    /// Text from the store, in pieces.
    Pieces(Vec<Text>),
    /// An answer of the runtime's own, such as a static file.
    Stream(Option<web_sys::ReadableStream>),
}

const FHIR_JSON: &str = "application/fhir+json; charset=utf-8";

impl Answer {
    /// An answer without a body.
    pub(crate) fn empty(status: Status) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: Body::Empty,
            updated: None,
        }
    }

    /// An answer with a FHIR resource.
    pub(crate) fn fhir(status: Status, text: String) -> Self {
        Self {
            status,
            headers: vec![("content-type", FHIR_JSON.into())],
            body: Body::Text(text),
            updated: None,
        }
    }

    /// An answer with a resource from the store, whole or in pieces.
    pub(crate) fn stored(status: Status, pieces: impl IntoIterator<Item = Text>) -> Self {
        Self {
            status,
            headers: vec![("content-type", FHIR_JSON.into())],
            body: Body::Pieces(pieces.into_iter().collect()),
            updated: None,
        }
    }

    /// An answer with a Bundle: `head` is the Bundle without entries, and each entry is text in one
    /// piece or several.
    pub(crate) fn bundle(head: &Value, entries: Vec<Vec<Text>>) -> Self {
        let mut head = head.to_string();
        if entries.is_empty() {
            return Self::fhir(Status::OK, head);
        }
        head.pop();
        head.push_str(",\"entry\":[");
        let mut pieces: Vec<Text> = vec![head.into()];
        for (at, entry) in entries.into_iter().enumerate() {
            if at > 0 {
                pieces.push(",".into());
            }
            pieces.extend(entry);
        }
        pieces.push("]}".into());
        Self::stored(Status::OK, pieces)
    }

    /// An answer with plain JSON.
    pub(crate) fn json(value: &Value) -> Self {
        Self {
            status: Status::OK,
            headers: vec![("content-type", "application/json; charset=utf-8".into())],
            body: Body::Text(value.to_string()),
            updated: None,
        }
    }

    /// Adds a header.
    #[must_use]
    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// Says when what is answered was last changed.
    #[must_use]
    pub(crate) fn last_modified(mut self, updated: i64) -> Self {
        self.updated = Some(updated);
        self.with("last-modified", http_date(updated))
    }

    /// The value of a header that was set here.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        headers
            .find(|(other, _)| *other == name)
            .map(|(_, value)| value.as_str())
    }

    /// The body as one piece of text; `None` when there is none.
    pub(crate) fn text(&self) -> Option<Text> {
        match &self.body {
            Body::Text(text) => Some(text.as_str().into()),
            Body::Pieces(pieces) => Some(Text::join(pieces.iter().cloned())),
            Body::Empty | Body::Stream(_) => None,
        }
    }

    /// The runtime's form of the answer.
    pub(crate) fn into_response(self) -> Response {
        let mut headers = String::with_capacity(1024);
        for (name, value) in &self.headers {
            headers.push_str(name);
            headers.push('\n');
            // What no header can carry is left out rather than failing the answer.
            headers.extend(
                value
                    .chars()
                    .filter(|c| matches!(c, ' '..='~' | '\u{a0}'..='ÿ')),
            );
            headers.push('\n');
        }
        let body = match self.body {
            Body::Stream(stream) => stream.map_or(JsValue::NULL, JsValue::from),
            Body::Empty => JsValue::NULL,
            Body::Text(text) => text.into(),
            Body::Pieces(pieces) => Text::join(pieces).into(),
        };
        binding::respond(self.status.code(), &headers, &body)
    }
}
