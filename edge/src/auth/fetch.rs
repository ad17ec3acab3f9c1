//! The one place where the worker reaches out to other servers: to addresses that the operator
//! configured, or that a configured identity provider published. No token and no caller names one.

use crate::binding;
use crate::error::Error;
use crate::status::Status;
use serde_json::Value;
use std::cell::RefCell;
use std::collections::HashMap;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{RequestInit, Response};

/// How long a document may take, in milliseconds.
const DOCUMENT_TIMEOUT: u32 = 5_000;
/// How long a token may take, in milliseconds.
const TOKEN_TIMEOUT: u32 = 10_000;
/// A server that did not answer is left alone for so long: nobody waits for it again meanwhile.
const REST: i64 = 3 * 1000;

thread_local! {
    /// When an address last failed.
    static FAILURES: RefCell<HashMap<String, i64>> = RefCell::default();
}

/// Fetches a JSON document, unless the address failed a moment ago.
pub(super) async fn json(url: &str, now: i64) -> Result<Value, Error> {
    let failed = FAILURES.with_borrow(|failures| failures.get(url).copied());
    if failed.is_some_and(|at| now - at < REST) {
        return Err(outage(url, "it failed a moment ago"));
    }
    let fetched = document(url).await;
    FAILURES.with_borrow_mut(|failures| match &fetched {
        Ok(_) => failures.remove(url),
        // There are as many addresses as the operator trusts servers.
        Err(_) => failures.insert(url.to_owned(), now),
    });
    fetched
}

async fn document(url: &str) -> Result<Value, Error> {
    let init = RequestInit::new();
    init.set_signal(Some(&binding::abort_after(DOCUMENT_TIMEOUT)));
    let (status, text) = send(url, &init).await?;
    if !status.is_success() {
        return Err(outage(url, &format!("status {status}")));
    }
    serde_json::from_str(&text).map_err(|error| outage(url, &error.to_string()))
}

/// Posts a form to a token endpoint. Azure redeems codes of single-page applications only for a
/// browser's `origin`.
///
/// # Errors
/// When there is no answer; an answer of any status is one.
pub(crate) async fn post_form(
    url: &str,
    form: &[(&'static str, String)],
    origin: Option<&str>,
) -> Result<(Status, String), Error> {
    let body = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(form)
        .finish();
    let headers = web_sys::Headers::new()?;
    headers.set("content-type", "application/x-www-form-urlencoded")?;
    headers.set("accept", "application/json")?;
    if let Some(origin) = origin {
        headers.set("origin", origin)?;
    }
    let init = RequestInit::new();
    init.set_method("POST");
    init.set_headers(&headers);
    init.set_body(&body.into());
    init.set_signal(Some(&binding::abort_after(TOKEN_TIMEOUT)));
    send(url, &init).await
}

async fn send(url: &str, init: &RequestInit) -> Result<(Status, String), Error> {
    // Whoever answers with a redirect does not choose where we go.
    init.set_redirect(web_sys::RequestRedirect::Manual);
    let failed = |error: JsValue| outage(url, &format!("{error:?}"));
    let promise = binding::fetch(url, init).map_err(failed)?;
    let response: Response = JsFuture::from(promise)
        .await
        .map_err(failed)?
        .unchecked_into();
    let text = JsFuture::from(response.text().map_err(failed)?)
        .await
        .map_err(failed)?;
    Ok((
        Status::of(response.status()),
        text.as_string().unwrap_or_default(),
    ))
}

/// What an operator's log says when a server cannot be reached.
fn outage(url: &str, reason: &str) -> Error {
    Error::Upstream(format!("{url} did not answer: {reason}"))
}
