//! Where a browser is sent: the app's own address with parameters added, and our callback.

use crate::error::Error;
use crate::http::{Answer, Exchange};
use fhir::outcome::{Issue, IssueType};
use smart::redirect_uri::callback;

/// The address that the identity provider sends the browser back to: ours, with the app's in it.
pub(super) fn callback_url(exchange: &Exchange, redirect_uri: &str) -> String {
    callback(&exchange.base_url, redirect_uri)
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
    Answer::empty(302)
        .with("location", address)
        .with("cache-control", "no-store")
        .with("referrer-policy", "no-referrer")
}

/// The app's address with an error. <https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2.1>
pub(super) fn error(
    redirect_uri: &str,
    error: &str,
    description: &str,
    state: Option<&str>,
) -> String {
    let mut parameters = vec![("error", error), ("error_description", description)];
    parameters.extend(state.map(|state| ("state", state)));
    address(redirect_uri, &parameters)
}

/// An error that is shown here, because nothing says where the app is.
pub(super) fn refuse(message: &str) -> Error {
    Error::invalid_because(Issue::error(IssueType::Invalid, message))
}
