//! `POST /AadSmartOnFhirProxy/par`: an app pushes its request for a code to the server, where nobody
//! who handles the browser can read or change it, and goes on with a reference.
//! <https://www.rfc-editor.org/rfc/rfc9126>

use super::app_request::{self, AppRequest, Unfit};
use super::client_authentication;
use super::refusal::{self, Failure, Refused, missing, not_stored};
use super::{repeated, value};
use crate::error::Error;
use crate::exchange::Exchange;
use crate::message::Answer;
use crate::seal::Purpose;
use crate::status::Status;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// How a reference begins. <https://www.rfc-editor.org/rfc/rfc9126#section-2.2>
const URN: &str = "urn:ietf:params:oauth:request_uri:";
/// How long a reference can be used, in milliseconds: the time to open a page.
const LIFETIME: i64 = 90 * 1000;
/// The longest reference, in characters: addresses have an end somewhere.
const MAX_REFERENCE: usize = 8_000;

/// What authenticates the client, and is no part of its request.
const CREDENTIALS: [&str; 3] = ["client_assertion", "client_assertion_type", "client_secret"];

/// A request that was pushed, sealed.
#[derive(Debug, Deserialize, Serialize)]
struct Pushed {
    #[serde(rename = "r")]
    request: AppRequest,
    /// When it ends, in milliseconds since 1970.
    #[serde(rename = "x")]
    expires: i64,
    /// By what it is known that it was used.
    #[serde(rename = "i")]
    id: String,
}

/// Takes a request and answers with a reference to it.
pub(super) async fn push(exchange: &Exchange) -> Result<Answer, Error> {
    refusal::answered(exchange, take(exchange).await)
}

async fn take(exchange: &Exchange) -> Result<Answer, Failure> {
    let mut form = refusal::form(exchange).await?;
    let client = client_authentication::authenticate(exchange, &form).await?;
    let Some(client_id) = client.id else {
        return Err(missing("client_id").into());
    };
    if value(&form, "request_uri").is_some() {
        let words = "A pushed request cannot refer to another (request_uri).";
        return Err(Refused("invalid_request", words.into()).into());
    }
    form.retain(|(name, _)| name != "client_id" && !CREDENTIALS.contains(&name.as_str()));
    form.push(("client_id".into(), client_id));
    let request = match app_request::check(exchange, &form).await? {
        Ok(request) => request,
        Err(Unfit::Shown(words)) => return Err(Refused("invalid_request", words).into()),
        Err(Unfit::Told { error, words, .. }) => return Err(Refused(error, words).into()),
    };
    let pushed = Pushed {
        request,
        expires: exchange.server.now + LIFETIME,
        id: format!("pushed {}", (exchange.server.draw_id)()),
    };
    let sealed = exchange.server.seal(Purpose::Pushed, &pushed).await?;
    if sealed.len() > MAX_REFERENCE {
        let words = "The parameters are too long to be pushed.";
        return Err(Refused("invalid_request", words.into()).into());
    }
    let answer = json!({ "request_uri": format!("{URN}{sealed}"), "expires_in": LIFETIME / 1000 });
    Ok(not_stored(exchange, Status::CREATED, &answer))
}

/// The request that the parameters of an authorization request refer to. Nothing else that they
/// say counts. <https://www.rfc-editor.org/rfc/rfc9126#section-4>
pub(super) async fn opened(
    exchange: &Exchange,
    parameters: &[(String, String)],
    reference: &str,
) -> Result<Result<AppRequest, Unfit>, Error> {
    let shown = |words: &str| Ok(Err(Unfit::Shown(words.to_owned())));
    if let Some(name) = repeated(parameters) {
        return shown(&format!("The parameter {name} must not be repeated."));
    }
    let Some(client_id) = value(parameters, "client_id") else {
        return shown("The parameter client_id is required.");
    };
    let pushed: Option<Pushed> = match reference.strip_prefix(URN) {
        Some(sealed) => exchange.server.unseal(Purpose::Pushed, sealed).await?,
        None => None,
    };
    let pushed = pushed.filter(|pushed| pushed.request.client_id == client_id);
    let Some(Pushed {
        request,
        expires,
        id,
    }) = pushed
    else {
        return shown("The request_uri was not issued by this server for this client_id.");
    };
    let proxy = &exchange.server.config.smart_proxy;
    if !proxy.allows(client_id, &request.redirect_uri) {
        return shown("The redirect_uri is not registered for this client_id any more.");
    }
    if expires <= exchange.server.now {
        return Ok(Err(Unfit::Told {
            client_id: request.client_id,
            redirect_uri: request.redirect_uri,
            state: Some(request.state),
            error: "invalid_request_uri",
            words: "The request_uri has expired.".into(),
        }));
    }
    if !exchange.server.spend(&id, expires).await? {
        return shown("The request_uri was used before; start again from the app.");
    }
    Ok(Ok(request))
}
