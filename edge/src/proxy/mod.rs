//! The SMART on FHIR proxy: an authorization server for apps, in front of an identity provider
//! that knows nothing of SMART. It brings the launch context from the launch to the token response.
//! <https://hl7.org/fhir/smart-app-launch/app-launch.html>
//!
//! What passes through the browser is sealed and expires: the state (which app, where to, what
//! launch) and the code that the app gets. Both open once. Nothing leads to an address that is not
//! registered for the app.

mod app_request;
mod authorize;
mod backend_service;
mod callback;
mod ceiling;
mod client_authentication;
mod code_challenge;
mod context;
mod dpop;
mod introspect;
mod introspector;
mod launch;
mod logout;
mod provider;
mod provider_error;
mod pushed;
mod rate_limit;
mod redemption;
mod redirect;
mod refresh_token;
mod refusal;
mod revoke;
mod revoke_sessions;
mod smart_configuration;
mod token;
mod token_response;
mod vouched;

use crate::error::{Error, Reason};
use crate::exchange::Exchange;
use crate::message::Answer;
use fhir::outcome::IssueType;
use std::collections::HashSet;

pub(crate) use smart_configuration::{capabilities, endpoints, smart_configuration};

/// The first step of the proxy's paths.
pub(crate) const PATH: &str = smart::redirect_uri::PROXY_PATH;

/// Answers a request below [`PATH`].
pub(crate) async fn answer(exchange: &Exchange, steps: &[&str]) -> Result<Answer, Error> {
    check_enabled(exchange)?;
    if let ("POST", ["token"]) = (exchange.request.method.as_str(), steps) {
        return match rate_limit::count_address(exchange).await {
            Ok(()) => token::token(exchange).await,
            Err(refused) => Ok(refusal::answer(exchange, &refused)),
        };
    }
    rate_limit::count(exchange).await?;
    // No HEAD in place of a GET: it would use up what opens once.
    match (exchange.request.method.as_str(), steps) {
        ("GET", ["authorize"]) => authorize::authorize(exchange).await,
        ("GET", ["callback", target]) => callback::callback(exchange, target).await,
        ("GET", ["context"]) => context::describe(exchange).await,
        ("POST", ["context"]) => context::choose(exchange).await,
        ("POST", ["par"]) => pushed::push(exchange).await,
        (_, ["authorize"] | ["callback", _]) => Err(wrong_method(exchange, "GET")),
        (_, ["context"]) => Err(wrong_method(exchange, "GET, POST")),
        (_, ["par" | "token"]) => Err(wrong_method(exchange, "POST")),
        _ => Err(nothing_here(
            "The proxy has authorize, callback, context, par and token.",
        )),
    }
}

/// Answers a request below `connect`, where tokens are asked about and given up.
pub(crate) async fn connect(exchange: &Exchange, steps: &[&str]) -> Result<Answer, Error> {
    match (exchange.request.method.as_str(), steps) {
        ("POST", ["introspect"]) => introspect::introspect(exchange).await,
        ("POST", ["revoke" | "logout"]) => {
            if let Err(refused) = rate_limit::count_address(exchange).await {
                return Ok(refusal::answer(exchange, &refused));
            }
            match steps {
                ["revoke"] => revoke::revoke(exchange).await,
                _ => logout::logout(exchange).await,
            }
        }
        ("POST", ["revoke-sessions"]) => revoke_sessions::revoke_sessions(exchange).await,
        (_, ["introspect" | "revoke" | "revoke-sessions" | "logout"]) => {
            Err(wrong_method(exchange, "POST"))
        }
        _ => Err(nothing_here(
            "There are connect/introspect, connect/revoke, connect/revoke-sessions and \
             connect/logout.",
        )),
    }
}

/// Answers a request for a launch.
pub(crate) async fn launch(exchange: &Exchange) -> Result<Answer, Error> {
    check_enabled(exchange)?;
    match exchange.request.method.as_str() {
        "POST" => launch::launch(exchange).await,
        _ => Err(wrong_method(exchange, "POST")),
    }
}

fn check_enabled(exchange: &Exchange) -> Result<(), Error> {
    if exchange.server.config.smart_proxy.enabled {
        return Ok(());
    }
    Err(nothing_here(
        "The SMART on FHIR proxy is switched off here (SMART_PROXY).",
    ))
}

fn wrong_method(exchange: &Exchange, methods: &str) -> Error {
    let path = exchange.request.segments.join("/");
    Error::method_not_allowed(&exchange.request.method, &path, methods.to_owned())
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

/// A parameter that is repeated: two servers could read it differently.
/// <https://www.rfc-editor.org/rfc/rfc6749#section-3.1>
fn repeated(pairs: &[(String, String)]) -> Option<&str> {
    let mut seen = HashSet::new();
    let mut names = pairs.iter().map(|(name, _)| name.as_str());
    names.find(|name| !seen.insert(*name))
}
