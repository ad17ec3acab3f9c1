//! Launches: `POST /launch`, by which an EHR gets a handle for an app to open, and what an app's
//! `launch` parameter means. A handle names the patient out of the reader's sight, once, for a few
//! minutes; the reference's own form, a JSON object in base64url, can be written by anybody.
//! <https://hl7.org/fhir/smart-app-launch/app-launch.html#launch-app-ehr-launch>

use super::redirect::refuse;
use super::{rate_limit, vouched};
use crate::auth;
use crate::auth::check_data_action;
use crate::error::Error;
use crate::exchange::Exchange;
use crate::message::Answer;
use crate::seal::Purpose;
use crate::status::Status;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use smart::launch_context::{FIELDS, parse, told};

/// How long a handle can be used, in milliseconds.
const LIFETIME: i64 = 5 * 60 * 1000;
/// How long an app that was launched may take to redeem its code: to choose, to sign in and to ask
/// for the token. So long it is remembered that a handle was used.
const FLOW: i64 = 60 * 60 * 1000;

/// What a handle holds, sealed.
#[derive(Debug, Deserialize, Serialize)]
struct SealedLaunch {
    #[serde(rename = "l")]
    launch: Map<String, Value>,
    /// The app that it is for, where the EHR named one.
    #[serde(rename = "c")]
    client_id: Option<String>,
    /// When it ends, in milliseconds since 1970.
    #[serde(rename = "x")]
    expires: i64,
    /// By what it is known that it was used.
    #[serde(rename = "i")]
    id: String,
}

/// The handle that a launch came with, which is spent with the app's code.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct Handle {
    #[serde(rename = "i")]
    id: String,
    /// When no code can hold it any more, in milliseconds since 1970.
    #[serde(rename = "x")]
    expires: i64,
}

impl Handle {
    /// Spends the handle; `false` when it was used before.
    pub(super) async fn spend(&self, exchange: &Exchange) -> Result<bool, Error> {
        exchange.server.spend(&self.id, self.expires).await
    }
}

/// What a `launch` parameter says.
#[derive(Debug, Default)]
pub(super) struct Launch {
    pub(super) context: Map<String, Value>,
    pub(super) handle: Option<Handle>,
}

/// Answers with a handle for what the caller may read.
pub(crate) async fn launch(exchange: &Exchange) -> Result<Answer, Error> {
    rate_limit::count(exchange).await?;
    let principal = auth::authenticate(exchange).await?;
    check_data_action(&principal, "launch", "apps")?;
    let body = exchange.request.few_bytes().await?;
    let mut order: Map<String, Value> = serde_json::from_slice(&body)
        .map_err(|error| refuse(&format!("The launch must be a JSON object: {error}.")))?;
    let client_id = match order.remove("client_id") {
        None | Some(Value::Null) => None,
        Some(Value::String(id)) if exchange.server.config.smart_proxy.client(&id).is_some() => {
            Some(id)
        }
        Some(_) => return Err(refuse("The client_id is not that of a registered app.")),
    };
    if let Some(name) = order.keys().find(|name| !FIELDS.contains(&name.as_str())) {
        let known = FIELDS.join(", ");
        let words = format!("The launch has no `{name}`; there are {known} and client_id.");
        return Err(refuse(&words));
    }
    let launch = told(&order)
        .map_err(|problem| refuse(&format!("The launch cannot be used: {problem}.")))?;
    if !launch.contains_key("patient") {
        return Err(refuse("The launch must name a `patient`."));
    }
    vouched::check(exchange, &principal, &launch).await?;
    let sealed = SealedLaunch {
        launch,
        client_id,
        expires: exchange.server.now + LIFETIME,
        id: format!("launch {}", (exchange.server.draw_id)()),
    };
    let handle = exchange.server.seal(Purpose::Launch, &sealed).await?;
    let mut answer = Answer::json(&json!({ "launch": handle, "expires_in": LIFETIME / 1000 }))
        .with("cache-control", "no-store");
    answer.status = Status::CREATED;
    Ok(answer)
}

/// Reads the `launch` of an app's request.
///
/// # Errors
/// The inner one says why the app cannot be launched with it.
pub(super) async fn read(
    exchange: &Exchange,
    client_id: &str,
    text: Option<&str>,
) -> Result<Result<Launch, String>, Error> {
    let Some(text) = text else {
        return Ok(Ok(Launch::default()));
    };
    let again = |problem: &str| Ok(Err(format!("The launch {problem}; launch the app again.")));
    if let Some(sealed) = exchange.server.unseal(Purpose::Launch, text).await? {
        let sealed: SealedLaunch = sealed;
        if sealed.expires <= exchange.server.now {
            return again("has expired");
        }
        if sealed.client_id.is_some_and(|own| own != client_id) {
            return again("was issued for another app");
        }
        if exchange
            .server
            .authorizations()?
            .is_spent(&sealed.id)
            .await?
        {
            return again("was used before");
        }
        let handle = Handle {
            id: sealed.id,
            expires: sealed.expires + FLOW,
        };
        return Ok(Ok(Launch {
            context: sealed.launch,
            handle: Some(handle),
        }));
    }
    if !exchange.server.config.smart_proxy.takes_unsigned_launches {
        return again("was not issued by this server (POST /launch)");
    }
    let Some(context) = parse(Some(text)) else {
        let words = "The parameter launch must be base64url of a JSON object.";
        return Ok(Err(words.into()));
    };
    let told = told(&context).map_err(|problem| format!("The launch cannot be used: {problem}."));
    Ok(told.map(|context| Launch {
        context,
        handle: None,
    }))
}
