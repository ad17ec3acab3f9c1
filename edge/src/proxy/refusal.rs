//! Forms of the token, revocation and introspection endpoints, and how they are refused: in OAuth's
//! words. <https://www.rfc-editor.org/rfc/rfc6749#section-5.2>

use super::repeated;
use crate::error::Error;
use crate::exchange::Exchange;
use crate::message::Answer;
use crate::rate::PERIOD;
use crate::status::Status;
use serde_json::{Value, json};

/// An error code of OAuth and its description.
#[derive(Debug)]
pub(super) struct Refused(pub(super) &'static str, pub(super) String);

/// Why an endpoint did not do what a form asked for.
#[derive(Debug)]
pub(super) enum Failure {
    /// Refused in OAuth's words.
    Refused(Refused),
    /// Anything else, answered as on every other route.
    Failed(Error),
}

impl From<Refused> for Failure {
    fn from(refused: Refused) -> Self {
        Self::Refused(refused)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

/// The code of a refusal for asking too often. OAuth has none for it but this one.
/// <https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2.1>
pub(super) const TOO_MANY: &str = "temporarily_unavailable";

/// The pairs of a form.
pub(super) async fn form(exchange: &Exchange) -> Result<Vec<(String, String)>, Failure> {
    let content_type = exchange.request.header("content-type").unwrap_or_default();
    let media_type = content_type.split(';').next().unwrap_or_default().trim();
    if !media_type.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        let words = "The request must be application/x-www-form-urlencoded.";
        return Err(Refused("invalid_request", words.into()).into());
    }
    let body = exchange.request.few_bytes().await?;
    let form: Vec<(String, String)> = form_urlencoded::parse(&body).into_owned().collect();
    if let Some(name) = repeated(&form) {
        let words = format!("The parameter {name} must not be repeated.");
        return Err(Refused("invalid_request", words).into());
    }
    Ok(form)
}

/// A parameter that is needed and not there.
pub(super) fn missing(name: &str) -> Refused {
    let words = format!("The parameter {name} is required.");
    Refused("invalid_request", words)
}

/// The answer to a form, be it refused or not.
///
/// # Errors
/// What failed otherwise.
pub(super) fn answered(
    exchange: &Exchange,
    outcome: Result<Answer, Failure>,
) -> Result<Answer, Error> {
    match outcome {
        Ok(answered) => Ok(answered),
        Err(Failure::Refused(refused)) => Ok(answer(exchange, &refused)),
        Err(Failure::Failed(error)) => Err(error),
    }
}

/// The answer to a refused request.
pub(super) fn answer(exchange: &Exchange, Refused(error, description): &Refused) -> Answer {
    let status = match *error {
        "invalid_client" => Status::UNAUTHORIZED,
        TOO_MANY => Status::TOO_MANY_REQUESTS,
        _ => Status::BAD_REQUEST,
    };
    let refusal = json!({ "error": error, "error_description": description });
    let answer = not_stored(exchange, status, &refusal);
    match status {
        Status::TOO_MANY_REQUESTS => answer.with("retry-after", PERIOD.to_string()),
        _ => answer,
    }
}

/// JSON that nobody keeps. <https://www.rfc-editor.org/rfc/rfc6749#section-5.1>
pub(super) fn not_stored(exchange: &Exchange, status: Status, value: &Value) -> Answer {
    let mut answer = Answer::json(value)
        .with("cache-control", "no-store")
        .with("pragma", "no-cache");
    answer.status = status;
    // Who tried a header is told which one to send.
    if status == Status::UNAUTHORIZED && exchange.request.header("authorization").is_some() {
        answer = answer.with("www-authenticate", "Basic realm=\"SMART on FHIR\"");
    }
    answer
}
