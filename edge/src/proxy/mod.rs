//! The SMART on FHIR proxy: an authorization server for apps, in front of an identity provider
//! that knows nothing of SMART. It brings the launch context from the launch to the token response.
//! <https://hl7.org/fhir/smart-app-launch/app-launch.html>
//!
//! What passes through the browser is sealed and expires: the state (which app, where to, what
//! launch) and the code that the app gets. Both open once. Nothing leads to an address that is not
//! registered for the app.

mod authorize;
mod callback;
mod redirect;
mod smart_configuration;
mod token;

use crate::error::{Error, Reason};
use crate::http::{Answer, Exchange};
use fhir::outcome::IssueType;

pub(crate) use smart_configuration::{endpoints, smart_configuration};

/// What a sealed text of the proxy is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    State,
    Code,
    RefreshToken,
}

impl Purpose {
    /// What is authenticated with the text.
    pub(crate) fn name(self) -> &'static [u8] {
        match self {
            Self::State => b"state",
            Self::Code => b"code",
            Self::RefreshToken => b"refresh-token",
        }
    }
}

/// The first step of the proxy's paths.
pub(crate) const PATH: &str = "AadSmartOnFhirProxy";

/// Answers a request below [`PATH`].
pub(crate) async fn answer(
    exchange: &Exchange,
    (method, steps): (&str, &[&str]),
    request: &web_sys::Request,
) -> Result<Answer, Error> {
    if !exchange.config.smart_proxy.enabled {
        let message = "The SMART on FHIR proxy is switched off here (SMART_PROXY).";
        return Err(Error::rejected(
            Reason::NotFound,
            IssueType::NotFound,
            message,
        ));
    }
    match (method, steps) {
        ("GET", ["authorize"]) => authorize::authorize(exchange).await,
        ("GET", ["callback", target]) => callback::callback(exchange, target).await,
        ("POST", ["token"]) => token::token(exchange, request).await,
        (_, ["authorize" | "token"] | ["callback", _]) => {
            let message = format!("The method {method} is not supported here.");
            Err(Error::rejected(
                Reason::MethodNotAllowed,
                IssueType::NotSupported,
                message,
            ))
        }
        _ => {
            let message = "The proxy has authorize, callback and token.";
            Err(Error::rejected(
                Reason::NotFound,
                IssueType::NotFound,
                message,
            ))
        }
    }
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
