//! The whole URL map.

use super::{app, cors, fault, finish, interact, negotiation, open, reindex, token_in_url};
use crate::auth;
use crate::error::{Error, Reason};
use crate::exchange::Exchange;
use crate::message::Answer;
use crate::proxy;
use crate::status::Status;
use fhir::interaction::Interaction;
use fhir::outcome::IssueType;
use fhir::route;

/// Answers a request by its method and path. Preflights come first, then what anybody may see,
/// then everything else, which needs a token.
pub(super) async fn route(exchange: &Exchange) -> Result<Answer, Error> {
    let origin = exchange.request.header("origin");
    let wanted = exchange.request.header("access-control-request-method");
    let cors = &exchange.server.config.cors;
    if !finish::is_for_people(&exchange.request)
        && let Some(answer) = cors::preflight(cors, &exchange.request.method, origin, wanted)
    {
        return Ok(answer);
    }
    let segments: Vec<&str> = exchange
        .request
        .segments
        .iter()
        .map(String::as_str)
        .collect();
    let method = match exchange.request.method.as_str() {
        // The runtime drops the body of an answer to HEAD.
        "HEAD" => "GET",
        method => method,
    };
    match (method, segments.as_slice()) {
        ("GET", HEALTH) => open::health(exchange).await,
        ("GET", VERSIONS) => open::versions(exchange),
        (_, [proxy::PATH, steps @ ..]) => {
            auth::check_audience_is_settled(&exchange.server)?;
            proxy::answer(exchange, steps).await
        }
        (_, ["connect", steps @ ..]) => {
            auth::check_audience_is_settled(&exchange.server)?;
            proxy::connect(exchange, steps).await
        }
        (_, ["launch"]) => {
            auth::check_audience_is_settled(&exchange.server)?;
            proxy::launch(exchange).await
        }
        ("GET", SMART_CONFIGURATION) => proxy::smart_configuration(exchange).await,
        ("GET", ICON) => {
            Ok(Answer::empty(Status::NO_CONTENT).with("cache-control", "max-age=86400"))
        }
        ("GET", ["app", "config.json"]) => app::configuration(exchange),
        ("GET", ["app", ..]) => app::file(exchange).await,
        ("GET", []) if app::wants_page(exchange) => Ok(app::redirect(exchange)),
        ("POST", ["fault", kind]) if exchange.server.config.fault_injection => {
            fault::inject(exchange, kind).await
        }
        _ => resource(exchange, method, &segments).await,
    }
}

/// The pages that anybody may get, beside the client's.
const HEALTH: &[&str] = &["health", "check"];
const VERSIONS: &[&str] = &["$versions"];
const SMART_CONFIGURATION: &[&str] = &[".well-known", "smart-configuration"];
const ICON: &[&str] = &["favicon.ico"];

/// The page for administrators.
const REINDEX: &[&str] = &["_operations", "reindex"];

/// Answers by the table of the interactions. What the server can do is for everybody to know; all
/// else needs a token, even to learn that there is no such address.
async fn resource(exchange: &Exchange, method: &str, segments: &[&str]) -> Result<Answer, Error> {
    let matched = route::find(exchange.server.definitions, method, segments);
    if matched.is_some_and(|matched| matched.route.interaction == Interaction::Capabilities) {
        return open::metadata(exchange).await;
    }
    token_in_url::refuse(exchange)?;
    auth::check_audience_is_settled(&exchange.server)?;
    let principal = auth::authenticate(exchange).await?;
    negotiation::check_acceptable(&exchange.request)?;
    if (method, segments) == ("GET", REINDEX) {
        return reindex::progress(&exchange.server, &principal).await;
    }
    match matched {
        Some(matched) => interact::interact(exchange, &principal, matched).await,
        None => no_route(exchange, segments),
    }
}

/// 405 with the methods that would do where there are any, 404 elsewhere.
fn no_route(exchange: &Exchange, segments: &[&str]) -> Result<Answer, Error> {
    let path = segments.join("/");
    let mut methods = route::methods(exchange.server.definitions, segments);
    if matches!(
        segments,
        HEALTH | VERSIONS | SMART_CONFIGURATION | ICON | REINDEX | ["app", ..]
    ) {
        methods.push("GET");
    }
    if methods.contains(&"GET") {
        methods.push("HEAD");
    }
    if !methods.is_empty() {
        let methods = methods.join(", ");
        let method = &exchange.request.method;
        return Err(Error::method_not_allowed(method, &path, methods));
    }
    if let [name, ..] = segments {
        exchange.server.resource_type(name)?;
    }
    let message = format!("This server has nothing at /{path}.");
    Err(Error::rejected(
        Reason::NotFound,
        IssueType::NotFound,
        message,
    ))
}
