//! Where a browser is sent: the app's own address with parameters added, and our callback.

use crate::auth;
use crate::error::Error;
use crate::exchange::Exchange;
use crate::message::Answer;
use crate::status::Status;
use fhir::outcome::{Issue, IssueType};
use smart::redirect_uri::callback;

/// The address that the identity provider sends the browser back to: ours, with the app's in it.
pub(super) fn callback_url(exchange: &Exchange, redirect_uri: &str) -> String {
    callback(&exchange.server.base_url, redirect_uri)
}

/// `address` with parameters added to those it has.
pub(super) fn address(address: &str, parameters: &[(&str, &str)]) -> String {
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.extend_pairs(parameters);
    let mark = if address.contains('?') { '&' } else { '?' };
    format!("{address}{mark}{}", form.finish())
}

/// Sends the browser on.
pub(super) fn to(address: String) -> Answer {
    Answer::empty(Status::FOUND)
        .with("location", address)
        .with("cache-control", "no-store")
        .with("referrer-policy", "no-referrer")
}

/// An app, and where it is sent back to.
#[derive(Clone, Copy, Debug)]
pub(super) struct App<'a> {
    pub(super) client_id: &'a str,
    pub(super) redirect_uri: &'a str,
}

/// The app's address with an answer. It names the issuer where the client is registered for that: an
/// app that knows several servers can tell then who answers, and one that takes `iss` for the address
/// of a FHIR server is left alone. <https://www.rfc-editor.org/rfc/rfc9207>
pub(super) async fn answer(
    exchange: &Exchange,
    app: App<'_>,
    parameters: &[(&str, &str)],
) -> Result<String, Error> {
    let answered = address(app.redirect_uri, parameters);
    let client = exchange.server.config.smart_proxy.client(app.client_id);
    if !client.is_some_and(|client| client.answers_with_issuer) {
        return Ok(answered);
    }
    let provider = auth::metadata(exchange.server.authority()?, exchange.server.now).await?;
    Ok(address(&answered, &[("iss", &provider.issuer)]))
}

/// The app's address with an error. <https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2.1>
pub(super) async fn error(
    exchange: &Exchange,
    app: App<'_>,
    (error, description): (&str, &str),
    state: Option<&str>,
) -> Result<String, Error> {
    let mut parameters = vec![("error", error), ("error_description", description)];
    parameters.extend(state.map(|state| ("state", state)));
    answer(exchange, app, &parameters).await
}

/// An error that is shown here, because nothing says where the app is.
pub(super) fn refuse(message: &str) -> Error {
    Error::invalid_because(Issue::error(IssueType::Invalid, message))
}
