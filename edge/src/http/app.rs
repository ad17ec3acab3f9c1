//! The browser client at `/app/`: static files under a strict policy, and its configuration.

use crate::error::{Error, Reason};
use crate::exchange::Exchange;
use crate::message::{Answer, Body};
use crate::status::Status;
use fhir::outcome::IssueType;
use fhir::types::http_date;
use serde_json::json;

/// `GET /app/config.json`: what the client must know of this deployment.
pub(super) fn configuration(exchange: &Exchange) -> Result<Answer, Error> {
    let config = &exchange.server.config;
    let audience = config
        .security
        .audiences
        .first()
        .unwrap_or(&exchange.server.base_url);
    let scopes = match &config.client.scopes {
        Some(scopes) => scopes.split_whitespace().map(ToOwned::to_owned).collect(),
        None => vec![format!("{audience}/user_impersonation")],
    };
    let configuration = json!({
        "authority": config.security.authority,
        "clientId": config.client.id,
        "scopes": scopes,
        "fhirBase": exchange.server.base_url,
        "fhirVersion": config.release.label(),
        "demoAccounts": config.client.demo_accounts,
        "sampleAppClientId": config.client.sample_app_id,
    });
    let answer = Answer::json(&configuration)
        .with("cache-control", "no-cache")
        // The client sets its clock by it: not every runtime adds the header.
        .with("date", http_date(exchange.server.now));
    Ok(answer)
}

/// Whether a browser asks for a page to look at.
pub(super) fn wants_page(exchange: &Exchange) -> bool {
    let accept = exchange.request.header("accept").unwrap_or_default();
    exchange.request.query.is_empty() && accept.starts_with("text/html")
}

/// Sends a browser at the base URL to the client.
pub(super) fn redirect(exchange: &Exchange) -> Answer {
    Answer::empty(Status::FOUND).with("location", format!("{}/app/", exchange.server.base_url))
}

/// Serves a file of the client, or its page for every path that is no file: the client routes.
pub(super) async fn file(exchange: &Exchange) -> Result<Answer, Error> {
    let path = exchange.request.segments.join("/");
    let is_file = exchange
        .request
        .segments
        .last()
        .is_some_and(|last| last.contains('.'));
    let found = if is_file {
        fetch(exchange, &path).await?
    } else {
        None
    };
    let (response, is_page) = match found {
        Some(response) => (response, path.ends_with(".html")),
        None if is_static(exchange) => {
            let message = format!("The client has no file /{path}.");
            return Err(Error::rejected(
                Reason::NotFound,
                IssueType::NotFound,
                message,
            ));
        }
        None => match fetch(exchange, "app/index.html").await? {
            Some(page) => (page, true),
            None => {
                return Err(Error::Bug(
                    "the client is not among the static files".into(),
                ));
            }
        },
    };
    let content_type = response.headers().get("content-type").ok().flatten();
    // Compiled files carry a hash in their name and never change.
    let cache = if path.starts_with("app/pkg/") && !is_page {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    let answer = Answer {
        status: Status::OK,
        headers: vec![
            (
                "content-type",
                content_type.unwrap_or_else(|| "application/octet-stream".into()),
            ),
            ("cache-control", cache.into()),
            ("content-security-policy", policy(exchange)),
            ("referrer-policy", "no-referrer".into()),
            (
                "cross-origin-opener-policy",
                "same-origin-allow-popups".into(),
            ),
        ],
        body: Body::Stream(response.body()),
        updated: None,
    };
    Ok(answer)
}

/// Whether the path lies in a folder of files, where a page in place of a missing one would only
/// mislead.
fn is_static(exchange: &Exchange) -> bool {
    let folder = exchange.request.segments.get(1).map(String::as_str);
    matches!(folder, Some("pkg" | "styles" | "icons"))
}

async fn fetch(exchange: &Exchange, path: &str) -> Result<Option<web_sys::Response>, Error> {
    let assets = exchange.server.env()?.assets("ASSETS")?;
    let response = assets
        .fetch(format!("https://assets.local/{path}"), None)
        .await?;
    let response = web_sys::Response::from(response);
    Ok(response.ok().then_some(response))
}

/// The sample SMART app speaks to whichever server launches it.
fn is_sample_app(exchange: &Exchange) -> bool {
    let page = exchange.request.segments.get(1).map(String::as_str);
    page == Some("sample-app")
}

/// Only our own scripts and styles run; only we and the identity provider are called.
fn policy(exchange: &Exchange) -> String {
    let config = &exchange.server.config;
    let authority = config.security.authority.as_deref().unwrap_or_default();
    let provider = authority.split('/').take(3).collect::<Vec<_>>().join("/");
    let others = if is_sample_app(exchange) {
        "https: http://localhost:* http://127.0.0.1:*"
    } else {
        &config.client.connect_src
    };
    format!(
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
         img-src 'self' data:; connect-src 'self' {provider} {others}; \
         frame-src {provider} 'self'; frame-ancestors 'self'; base-uri 'none'; \
         form-action 'self'; manifest-src 'self'"
    )
}
