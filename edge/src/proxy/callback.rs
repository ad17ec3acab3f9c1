//! `GET /AadSmartOnFhirProxy/callback/{app}`: takes the provider's answer and sends the app its
//! code, which holds the provider's and the launch context, sealed.

use super::authorize::State;
use super::launch::Handle;
use super::redirect::{self, App, refuse};
use super::{provider_error, repeated, value};
use crate::error::Error;
use crate::exchange::Exchange;
use crate::message::Answer;
use crate::seal::Purpose;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use smart::base64url;

/// How long an app may take to redeem its code, in milliseconds.
const REDEEM: i64 = 5 * 60 * 1000;

/// What the app gets as its code, sealed.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct Code {
    /// The provider's code.
    pub(super) code: String,
    #[serde(rename = "l")]
    pub(super) launch: Map<String, Value>,
    /// The handle of this server that the launch came with.
    #[serde(rename = "h")]
    pub(super) handle: Option<Handle>,
    /// Who chose the launch context, where somebody did.
    #[serde(rename = "o")]
    pub(super) chosen_by: Option<String>,
    /// The code challenge of the request, by S256.
    #[serde(rename = "p")]
    pub(super) challenge: Option<String>,
    /// What the app asked for.
    #[serde(rename = "z")]
    pub(super) scope: String,
    #[serde(rename = "c")]
    pub(super) client_id: String,
    #[serde(rename = "r")]
    pub(super) redirect_uri: String,
    #[serde(rename = "x")]
    pub(super) expires: i64,
    #[serde(rename = "i")]
    pub(super) id: String,
    /// The thumbprint of the key that it is bound to; empty for none.
    #[serde(rename = "k", default)]
    pub(super) key: String,
}

/// Sends the browser back to the app.
pub(super) async fn callback(exchange: &Exchange, target: &str) -> Result<Answer, Error> {
    let query = &exchange.request.query;
    if let Some(name) = repeated(query) {
        let words = format!("The parameter {name} must not be repeated.");
        return Err(refuse(&words));
    }
    let redirect_uri = base64url::decode(target).and_then(|bytes| String::from_utf8(bytes).ok());
    let redirect_uri =
        redirect_uri.ok_or_else(|| refuse("The path holds no address of an app."))?;
    let sealed = value(query, "state").ok_or_else(|| refuse("The parameter state is required."))?;
    let state: State = exchange
        .server
        .unseal(Purpose::State, sealed)
        .await?
        .ok_or_else(|| {
            refuse("The parameter state was not made by this server; start again from the app.")
        })?;
    if state.redirect_uri != redirect_uri
        || !exchange
            .server
            .config
            .smart_proxy
            .allows(&state.client_id, &redirect_uri)
    {
        return Err(refuse(
            "The state belongs to another app; start again from the app.",
        ));
    }
    if state.expires <= exchange.server.now {
        return Err(refuse(
            "The sign-in took too long; start again from the app.",
        ));
    }
    if !exchange.server.spend(&state.id, state.expires).await? {
        return Err(refuse(
            "This sign-in was completed before; start again from the app.",
        ));
    }
    let client_id = state.client_id.clone();
    let app = App {
        client_id: &client_id,
        redirect_uri: &redirect_uri,
    };
    if let Some(error) = value(query, "error") {
        let description = value(query, "error_description").unwrap_or_default();
        let error = provider_error::code(error).unwrap_or("server_error");
        let description = provider_error::description(description);
        let told = redirect::error(exchange, app, (error, &description), Some(&state.state));
        return Ok(redirect::to(told.await?));
    }
    let code = value(query, "code")
        .ok_or_else(|| refuse("The identity provider sent neither code nor error."))?;
    let code = Code {
        code: code.to_owned(),
        launch: state.launch,
        handle: state.handle,
        chosen_by: state.chosen_by,
        challenge: state.challenge,
        key: state.key,
        scope: state.scope,
        client_id: state.client_id,
        redirect_uri: redirect_uri.clone(),
        expires: exchange.server.now + REDEEM,
        id: (exchange.server.draw_id)(),
    };
    let code = exchange.server.seal(Purpose::Code, &code).await?;
    let mut parameters = vec![("code", code.as_str()), ("state", state.state.as_str())];
    parameters.extend(value(query, "session_state").map(|session| ("session_state", session)));
    let answered = redirect::answer(exchange, app, &parameters).await?;
    Ok(redirect::to(answered))
}
