//! Errors by blame. What the caller can mend is a [`Rejection`] and is told in full; what an
//! upstream or we ourselves did is logged with the request id and never shown.
//!
//! `http/error.rs` is the one place that turns any of them into a status.

use fhir::Address;
use fhir::outcome::{Issue, IssueType};
use wasm_bindgen::JsValue;

/// Why a request could not be answered as asked.
#[derive(Debug)]
pub(crate) enum Error {
    /// The caller's: told what is wrong and what would be right.
    Rejected(Rejection),
    /// The identity provider or another service that we depend on failed.
    Upstream(String),
    /// The operator's: what is to be set before the server can answer.
    Unconfigured(&'static str),
    /// Ours.
    Bug(String),
}

/// A refusal that the caller can understand.
#[derive(Debug)]
pub(crate) struct Rejection {
    /// What kind of refusal.
    pub(crate) reason: Reason,
    /// What is wrong, issue by issue.
    pub(crate) issues: Vec<Issue>,
}

/// The kinds of refusal; each has one HTTP status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Reason {
    Invalid,
    Unauthenticated,
    /// Not proved to be the caller whose key the token is bound to; OAuth's error code.
    Unproven(&'static str),
    Forbidden,
    NotFound,
    /// Deleted; the version that says so.
    Gone(i64),
    /// The methods that the path has.
    MethodNotAllowed(String),
    NotAcceptable,
    PreconditionFailed,
    TooLarge,
    UnsupportedMediaType,
    /// Asked too often; after how many seconds it may be asked again.
    Throttled(u32),
    /// What is asked for is not there for now; after how many seconds to ask again.
    Unavailable(u32),
    /// Tried again and again, but others kept changing the same resources.
    Contention,
}

impl Error {
    /// A refusal with one issue.
    pub(crate) fn rejected(reason: Reason, code: IssueType, message: impl Into<String>) -> Self {
        Self::Rejected(Rejection {
            reason,
            issues: vec![Issue::error(code, message)],
        })
    }

    /// A refusal of invalid input.
    pub(crate) fn invalid(issues: Vec<Issue>) -> Self {
        Self::Rejected(Rejection {
            reason: Reason::Invalid,
            issues,
        })
    }

    /// A refusal of input with one issue.
    pub(crate) fn invalid_because(issue: Issue) -> Self {
        Self::invalid(vec![issue])
    }

    /// A path has other methods only: `methods`, separated by commas.
    pub(crate) fn method_not_allowed(method: &str, path: &str, methods: String) -> Self {
        let message =
            format!("The method {method} is not supported for /{path}, which has {methods}.");
        let code = IssueType::NotSupported;
        Self::rejected(Reason::MethodNotAllowed(methods), code, message)
    }

    /// There is no such resource.
    pub(crate) fn not_found(Address { resource_type, id }: &Address) -> Self {
        let message = format!("There is no {resource_type} with the id `{id}`.");
        Self::rejected(Reason::NotFound, IssueType::NotFound, message)
    }
}

impl From<JsValue> for Error {
    fn from(value: JsValue) -> Self {
        Self::Bug(format!("{value:?}"))
    }
}

impl From<worker::Error> for Error {
    fn from(error: worker::Error) -> Self {
        Self::Bug(error.to_string())
    }
}

impl From<worker::KvError> for Error {
    fn from(error: worker::KvError) -> Self {
        Self::Upstream(format!("Workers KV: {error}"))
    }
}
