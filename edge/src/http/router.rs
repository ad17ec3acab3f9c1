//! The whole URL map.

use super::{Answer, Exchange, app, cors, error, fault, interact, open, reindex, token_in_url};
use crate::error::{Error, Reason};
use crate::proxy;
use crate::status::Status;
use fhir::interaction::Interaction;
use fhir::outcome::IssueType;
use fhir::route;

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
        ("GET", HEALTH) => open::health(exchange).await,
        ("GET", VERSIONS) => open::versions(exchange),
        (_, [proxy::PATH, steps @ ..]) => {
            exchange.check_audience_is_settled()?;
            proxy::answer(exchange, steps, request).await
        }
        (_, ["connect", steps @ ..]) => {
            exchange.check_audience_is_settled()?;
            proxy::connect(exchange, steps, request).await
        }
        (_, ["launch"]) => {
            exchange.check_audience_is_settled()?;
            proxy::launch(exchange, request).await
        }
        ("GET", SMART_CONFIGURATION) => proxy::smart_configuration(exchange).await,
        ("GET", ICON) => {
            Ok(Answer::empty(Status::NO_CONTENT).with("cache-control", "max-age=86400"))
        }
        ("GET", ["app", "config.json"]) => app::configuration(exchange),
        ("GET", ["app", ..]) => app::file(exchange).await,
        ("GET", []) if app::wants_page(exchange) => Ok(app::redirect(exchange)),
        ("POST", ["fault", kind]) if exchange.config.fault_injection => {
            fault::inject(exchange, kind).await
        }
        _ => resource(exchange, (method, &segments), request).await,
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
async fn resource(
    exchange: &Exchange,
    (method, segments): (&str, &[&str]),
    request: &web_sys::Request,
) -> Result<Answer, Error> {
    let matched = route::find(exchange.definitions, method, segments);
    if matched.is_some_and(|matched| matched.route.interaction == Interaction::Capabilities) {
        return open::metadata(exchange).await;
    }
    token_in_url::refuse(exchange)?;
    exchange.check_audience_is_settled()?;
    let principal = exchange.authenticate().await?;
    exchange.check_acceptable()?;
    if (method, segments) == ("GET", REINDEX) {
        return reindex::progress(exchange, &principal).await;
    }
    match matched {
        Some(matched) => interact::interact(exchange, &principal, matched, request).await,
        None => no_route(exchange, segments),
    }
}

/// 405 with the methods that would do where there are any, 404 elsewhere.
fn no_route(exchange: &Exchange, segments: &[&str]) -> Result<Answer, Error> {
    let path = segments.join("/");
    let mut methods = route::methods(exchange.definitions, segments);
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
        return Ok(error::method_not_allowed(
            exchange,
            &path,
            &methods.join(", "),
        ));
    }
    if let [name, ..] = segments {
        exchange.resource_type(name)?;
    }
    let message = format!("This server has nothing at /{path}.");
    Err(Error::rejected(
        Reason::NotFound,
        IssueType::NotFound,
        message,
    ))
}
