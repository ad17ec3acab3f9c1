//! The whole URL map.

use super::{Answer, Exchange, app, cors, fault, open, token_in_url};
use crate::auth::Principal;
use crate::error::{Error, Reason};
use crate::interaction;
use crate::proxy;
use fhir::outcome::IssueType;

/// Answers a request by its method and path. Preflights come first, then what anybody may see,
/// then everything else, which needs a token.
pub(super) async fn route(
    exchange: &Exchange,
    request: &web_sys::Request,
) -> Result<Answer, Error> {
    let origin = exchange.header("origin");
    let wanted = exchange.header("access-control-request-method");
    let cors = &exchange.config.cors;
    if !exchange.is_for_people()
        && let Some(answer) = cors::preflight(cors, &exchange.method, origin, wanted)
    {
        return Ok(answer);
    }
    let segments: Vec<&str> = exchange.segments.iter().map(String::as_str).collect();
    let method = match exchange.method.as_str() {
        // The runtime drops the body of an answer to HEAD.
        "HEAD" => "GET",
        method => method,
    };
    match (method, segments.as_slice()) {
        ("GET", ["health", "check"]) => open::health(exchange).await,
        ("GET", ["metadata"]) => open::metadata(exchange).await,
        ("GET", ["$versions"]) => open::versions(exchange),
        (method, [proxy::PATH, steps @ ..]) => {
            proxy::answer(exchange, (method, steps), request).await
        }
        (method, ["connect", steps @ ..]) => {
            proxy::connect(exchange, (method, steps), request).await
        }
        ("GET", [".well-known", "smart-configuration"]) => {
            proxy::smart_configuration(exchange).await
        }
        ("GET", ["favicon.ico"]) => Ok(Answer::empty(204).with("cache-control", "max-age=86400")),
        ("GET", ["app", "config.json"]) => app::configuration(exchange),
        ("GET", ["app", ..]) => app::file(exchange).await,
        ("GET", []) if app::wants_page(exchange) => Ok(app::redirect(exchange)),
        ("POST", ["fault", kind]) if exchange.config.fault_injection => {
            fault::inject(exchange, kind).await
        }
        _ => {
            token_in_url::refuse(exchange)?;
            let principal = exchange.authenticate().await?;
            exchange.check_acceptable()?;
            with_principal(exchange, &principal, method, &segments, request).await
        }
    }
}

async fn with_principal(
    exchange: &Exchange,
    principal: &Principal,
    method: &str,
    segments: &[&str],
    request: &web_sys::Request,
) -> Result<Answer, Error> {
    match (method, segments) {
        (
            _,
            [
                "metadata" | "$versions" | "health" | "app" | ".well-known",
                ..,
            ],
        ) => Err(no_route(exchange, method, segments)),
        ("POST", []) => interaction::bundle(exchange, principal, request).await,
        ("GET", [name]) => {
            interaction::search_type(exchange, principal, name, &exchange.query).await
        }
        ("POST", [name, "_search"]) => {
            interaction::post_search(exchange, principal, name, request).await
        }
        ("POST", [name]) => interaction::create(exchange, principal, name, request).await,
        ("GET", [name, id]) => interaction::read(exchange, principal, name, id).await,
        ("PUT", [name, id]) => interaction::update(exchange, principal, (name, id), request).await,
        ("DELETE", [name, id]) => interaction::delete(exchange, principal, name, id).await,
        ("GET", [name, id, "_history"]) => {
            interaction::history_instance(exchange, principal, (name, id), &exchange.query).await
        }
        ("GET", [name, id, "_history", version]) => {
            interaction::vread(exchange, principal, (name, id), version).await
        }
        _ => Err(no_route(exchange, method, segments)),
    }
}

/// 405 where another method would do, 404 elsewhere.
fn no_route(exchange: &Exchange, method: &str, segments: &[&str]) -> Error {
    let known_type = |name: &str| exchange.definitions.resource(name).is_some();
    let path = segments.join("/");
    let exists = match segments {
        []
        | [
            "metadata" | "$versions" | "health" | "app" | ".well-known",
            ..,
        ] => true,
        [name] | [name, _] | [name, _, "_history"] | [name, _, "_history", _] => known_type(name),
        _ => false,
    };
    if exists {
        let message = format!("The method {method} is not supported for /{path}.");
        return Error::rejected(Reason::MethodNotAllowed, IssueType::NotSupported, message);
    }
    if let [name, ..] = segments
        && let Err(error) = exchange.resource_type(name)
    {
        return error;
    }
    let message = format!("This server has nothing at /{path}.");
    Error::rejected(Reason::NotFound, IssueType::NotFound, message)
}
