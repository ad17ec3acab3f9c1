//! `GET /AadSmartOnFhirProxy/authorize`: checks the app's request and passes it on to the provider.
//! <https://hl7.org/fhir/smart-app-launch/app-launch.html#obtain-authorization-code>

use super::app_request::{self, AppRequest};
use super::launch::Handle;
use super::redirect::{self, callback_url};
use super::{context, pushed, value};
use crate::auth;
use crate::error::Error;
use crate::exchange::Exchange;
use crate::message::Answer;
use crate::seal::Purpose;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use smart::qualified_scope::qualify;

/// How long a person may take to sign in, in milliseconds.
const SIGN_IN: i64 = 15 * 60 * 1000;

/// What travels through the provider, sealed.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct State {
    /// The app's own state.
    #[serde(rename = "s")]
    pub(super) state: String,
    /// The launch context.
    #[serde(rename = "l")]
    pub(super) launch: Map<String, Value>,
    /// The handle of this server that the launch came with.
    #[serde(rename = "h")]
    pub(super) handle: Option<Handle>,
    /// Who chose the launch context here, by the id that the provider gives to every app.
    #[serde(rename = "o")]
    pub(super) chosen_by: Option<String>,
    /// The code challenge, by S256.
    #[serde(rename = "p")]
    pub(super) challenge: Option<String>,
    /// What the app asked for.
    #[serde(rename = "z")]
    pub(super) scope: String,
    #[serde(rename = "c")]
    pub(super) client_id: String,
    #[serde(rename = "r")]
    pub(super) redirect_uri: String,
    /// When it ends, in milliseconds since 1970.
    #[serde(rename = "x")]
    pub(super) expires: i64,
    /// By what it is known that it was used.
    #[serde(rename = "i")]
    pub(super) id: String,
    /// The thumbprint of the key that the code is to be bound to; empty for none.
    #[serde(rename = "k", default)]
    pub(super) key: String,
}

/// Sends the browser to the provider, to the page where the person chooses what the app asks for,
/// or back to the app with an error.
pub(super) async fn authorize(exchange: &Exchange) -> Result<Answer, Error> {
    let reference = value(&exchange.request.query, "request_uri");
    let request = match reference {
        Some(reference) => pushed::opened(exchange, &exchange.request.query, reference).await?,
        None => app_request::check(exchange, &exchange.request.query).await?,
    };
    let request = match request {
        Ok(request) => request,
        Err(unfit) => return Ok(redirect::to(unfit.address(exchange).await?)),
    };
    let client = exchange
        .server
        .config
        .smart_proxy
        .client(&request.client_id);
    if reference.is_none() && client.is_some_and(|client| client.must_push) {
        let words = "The app must push its request first (pushed_authorization_request_endpoint).";
        let refusal = request.refusal(exchange, "invalid_request", words);
        return Ok(redirect::to(refusal.await?));
    }
    if !request.needs().is_empty() {
        if request.forbids_pages() {
            let words = "A person must choose the patient, and prompt=none forbids to ask.";
            let refusal = request.refusal(exchange, "interaction_required", words);
            return Ok(redirect::to(refusal.await?));
        }
        return context::ask(exchange, request).await;
    }
    Ok(redirect::to(at_provider(exchange, request, None).await?))
}

/// The provider's address where the person signs in.
pub(super) async fn at_provider(
    exchange: &Exchange,
    request: AppRequest,
    chosen_by: Option<String>,
) -> Result<String, Error> {
    let callback = callback_url(exchange, &request.redirect_uri);
    let sealed = State {
        state: request.state,
        launch: request.launch,
        handle: request.handle,
        chosen_by,
        challenge: request.challenge,
        key: request.key,
        scope: request.scope.clone(),
        client_id: request.client_id.clone(),
        redirect_uri: request.redirect_uri,
        expires: exchange.server.now + SIGN_IN,
        id: (exchange.server.draw_id)(),
    };
    let sealed = exchange.server.seal(Purpose::State, &sealed).await?;
    let authority = exchange.server.authority()?;
    let provider = auth::metadata(authority, exchange.server.now).await?;
    let scope = qualify(&request.scope, &request.audience);
    let mut parameters = vec![
        ("response_type", "code"),
        ("client_id", request.client_id.as_str()),
        ("redirect_uri", callback.as_str()),
        ("state", sealed.as_str()),
    ];
    // The v1 endpoint takes the audience as a resource, and no scopes with it.
    if is_v2(&authority.url) {
        parameters.push(("scope", &scope));
    } else {
        parameters.push(("resource", &request.audience));
    }
    let forwarded = request.forwarded.iter();
    parameters.extend(forwarded.map(|(name, value)| (name.as_str(), value.as_str())));
    Ok(redirect::address(
        &provider.authorization_endpoint,
        &parameters,
    ))
}

/// Whether an authority is the v2 endpoint of Azure AD.
pub(super) fn is_v2(authority: &str) -> bool {
    authority.split('/').any(|step| step == "v2.0")
}
