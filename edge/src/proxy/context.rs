//! `/AadSmartOnFhirProxy/context`: where a person chooses the patient for an app that was opened
//! by itself and asks for one (`launch/patient`). The page is the browser client's; it searches as
//! the person who is signed in there, and only what that person may read can be chosen.
//! <https://hl7.org/fhir/smart-app-launch/app-launch.html#launch-app-standalone-launch>

use super::app_request::AppRequest;
use super::authorize::at_provider;
use super::redirect::{self, refuse};
use super::{value, vouched};
use crate::auth;
use crate::auth::Principal;
use crate::error::Error;
use crate::exchange::Exchange;
use crate::message::Answer;
use crate::seal::Purpose;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// How long a person may take to choose, in milliseconds.
const CHOOSE: i64 = 15 * 60 * 1000;

/// The client's page, below the base URL.
const PAGE: &str = "app/launch-context";

/// An app's request that waits for the choice, sealed.
#[derive(Debug, Deserialize, Serialize)]
struct Pending {
    request: AppRequest,
    /// When it ends, in milliseconds since 1970.
    expires: i64,
    /// By what it is known that it was answered.
    id: String,
}

/// What the page sends.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Choice {
    request: String,
    patient: Option<String>,
    encounter: Option<String>,
    #[serde(default)]
    declined: bool,
}

/// Sends the browser to the page.
pub(super) async fn ask(exchange: &Exchange, request: AppRequest) -> Result<Answer, Error> {
    let pending = Pending {
        request,
        expires: exchange.server.now + CHOOSE,
        id: (exchange.server.draw_id)(),
    };
    let pending = exchange.server.seal(Purpose::Pending, &pending).await?;
    let page = format!("{}/{PAGE}", exchange.server.base_url);
    Ok(redirect::to(redirect::address(
        &page,
        &[("request", &pending)],
    )))
}

/// `GET`: which app asks for what, for the person to see before choosing.
pub(super) async fn describe(exchange: &Exchange) -> Result<Answer, Error> {
    let sealed = value(&exchange.request.query, "request")
        .ok_or_else(|| refuse("The parameter request is required."))?;
    let Pending { request, .. } = open(exchange, sealed).await?;
    let authority = request.redirect_uri.split("://").nth(1);
    let host = authority.and_then(|rest| rest.split(['/', '?']).next());
    let described = json!({
        "clientId": request.client_id,
        "name": exchange.server.config.smart_proxy.name(&request.client_id),
        "redirectHost": host.unwrap_or_default(),
        "scope": request.scope,
        "needs": request.needs(),
    });
    Ok(Answer::json(&described).with("cache-control", "no-store"))
}

/// `POST`: takes the choice and tells the page where to go on: to the provider, or back to the app
/// when the person declines.
pub(super) async fn choose(exchange: &Exchange) -> Result<Answer, Error> {
    let body = exchange.request.few_bytes().await?;
    let choice: Choice = serde_json::from_slice(&body)
        .map_err(|error| refuse(&format!("The choice cannot be understood: {error}.")))?;
    let mut pending = open(exchange, &choice.request).await?;
    if choice.declined {
        spend(exchange, &pending).await?;
        let words = "The person did not choose a patient.";
        let refusal = pending.request.refusal(exchange, "access_denied", words);
        return Ok(location(refusal.await?));
    }
    let principal = auth::authenticate(exchange).await?;
    let patient = choice
        .patient
        .ok_or_else(|| refuse("The choice names no `patient`."))?;
    vouched::read(exchange, &principal, "Patient", &patient).await?;
    let launched = pending.request.launch.remove("encounter");
    let launch = &mut pending.request.launch;
    if let Some(encounter) = choice.encounter {
        let found = vouched::read(exchange, &principal, "Encounter", &encounter).await?;
        if !vouched::is_about(exchange, &found, &patient) {
            return Err(vouched::foreign_encounter(&encounter, &patient));
        }
        launch.insert("encounter".into(), encounter.into());
    } else if let Some(Value::String(encounter)) = launched
        && is_of_patient(exchange, &principal, &encounter, &patient).await?
    {
        launch.insert("encounter".into(), encounter.into());
    }
    launch.insert("patient".into(), patient.into());
    spend(exchange, &pending).await?;
    let chosen_by = Some(principal.identity().object_id.clone());
    let address = at_provider(exchange, pending.request, chosen_by).await?;
    Ok(location(address))
}

fn location(address: String) -> Answer {
    Answer::json(&json!({ "location": address })).with("cache-control", "no-store")
}

async fn open(exchange: &Exchange, sealed: &str) -> Result<Pending, Error> {
    let opened: Option<Pending> = exchange.server.unseal(Purpose::Pending, sealed).await?;
    let pending = opened.ok_or_else(|| {
        refuse("The request was not made by this server; start again from the app.")
    })?;
    if pending.expires <= exchange.server.now {
        let words = "The choice took too long; start again from the app.";
        return Err(refuse(words));
    }
    Ok(pending)
}

async fn spend(exchange: &Exchange, pending: &Pending) -> Result<(), Error> {
    if exchange.server.spend(&pending.id, pending.expires).await? {
        return Ok(());
    }
    let words = "This request was answered before; start again from the app.";
    Err(refuse(words))
}

/// Whether the encounter that a launch named is one of the patient whom the person chose, and one
/// that the person may see.
async fn is_of_patient(
    exchange: &Exchange,
    person: &Principal,
    encounter: &str,
    patient: &str,
) -> Result<bool, Error> {
    match vouched::read(exchange, person, "Encounter", encounter).await {
        Ok(found) => Ok(vouched::is_about(exchange, &found, patient)),
        Err(Error::Rejected(_)) => Ok(false),
        Err(error) => Err(error),
    }
}
