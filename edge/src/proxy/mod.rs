//! The SMART on FHIR proxy: an authorization server for apps, in front of an identity provider
//! that knows nothing of SMART. It brings the launch context from the launch to the token response.
//! <https://hl7.org/fhir/smart-app-launch/app-launch.html>
//!
//! What passes through the browser is sealed and expires: the state (which app, where to, what
//! launch) and the code that the app gets. Both open once. Nothing leads to an address that is not
//! registered for the app.

mod authorize;
mod backend_service;
mod callback;
mod client_authentication;
mod context;
mod introspect;
mod rate_limit;
mod redirect;
mod refresh_token;
mod refusal;
mod revoke;
mod smart_configuration;
mod token;
mod token_response;

use crate::error::{Error, Reason};
use crate::http::{Answer, Exchange};
use fhir::outcome::IssueType;

pub(crate) use smart_configuration::{capabilities, endpoints, smart_configuration};

/// What a sealed text of the proxy is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    State,
    Code,
    RefreshToken,
    /// An access token of a backend service.
    AccessToken,
    /// An app's request that waits for a person's choice.
    Pending,
}

impl Purpose {
    /// What is authenticated with the text.
    pub(crate) fn name(self) -> &'static [u8] {
        match self {
            Self::State => b"state",
            Self::Code => b"code",
            Self::RefreshToken => b"refresh-token",
            Self::AccessToken => b"access-token",
            Self::Pending => b"pending",
        }
    }
}

/// The first step of the proxy's paths.
pub(crate) const PATH: &str = smart::redirect_uri::PROXY_PATH;

/// Answers a request below [`PATH`].
pub(crate) async fn answer(
    exchange: &Exchange,
    (method, steps): (&str, &[&str]),
    request: &web_sys::Request,
) -> Result<Answer, Error> {
    if !exchange.config.smart_proxy.enabled {
        return Err(nothing_here(
            "The SMART on FHIR proxy is switched off here (SMART_PROXY).",
        ));
    }
    rate_limit::count(exchange).await?;
    match (method, steps) {
        ("GET", ["authorize"]) => authorize::authorize(exchange).await,
        ("GET", ["callback", target]) => callback::callback(exchange, target).await,
        ("GET", ["context"]) => context::describe(exchange).await,
        ("POST", ["context"]) => context::choose(exchange, request).await,
        ("POST", ["token"]) => token::token(exchange, request).await,
        (_, ["authorize" | "context" | "token"] | ["callback", _]) => Err(wrong_method(method)),
        _ => Err(nothing_here(
            "The proxy has authorize, callback, context and token.",
        )),
    }
}

/// Answers a request below `connect`, where tokens are asked about and given up.
pub(crate) async fn connect(
    exchange: &Exchange,
    (method, steps): (&str, &[&str]),
    request: &web_sys::Request,
) -> Result<Answer, Error> {
    rate_limit::count(exchange).await?;
    match (method, steps) {
        ("POST", ["introspect"]) => introspect::introspect(exchange, request).await,
        ("POST", ["revoke"]) => revoke::revoke(exchange, request).await,
        (_, ["introspect" | "revoke"]) => Err(wrong_method(method)),
        _ => Err(nothing_here(
            "There are connect/introspect and connect/revoke.",
        )),
    }
}

fn wrong_method(method: &str) -> Error {
    let message = format!("The method {method} is not supported here.");
    Error::rejected(Reason::MethodNotAllowed, IssueType::NotSupported, message)
}

fn nothing_here(message: &str) -> Error {
    Error::rejected(Reason::NotFound, IssueType::NotFound, message)
}

/// A value of a form or query; `None` when it is absent or empty.
fn value<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    let found = pairs.iter().find(|(key, _)| key == name);
    found
        .map(|(_, value)| value.as_str())
        .filter(|value| !value.is_empty())
}

/// A parameter that stands twice: two servers could read it differently.
/// <https://www.rfc-editor.org/rfc/rfc6749#section-3.1>
fn repeated(pairs: &[(String, String)]) -> Option<&str> {
    let names = pairs.iter().enumerate();
    let mut twice =
        names.filter(|(at, (name, _))| pairs.iter().skip(at + 1).any(|(other, _)| other == name));
    twice.next().map(|(_, (name, _))| name.as_str())
}
