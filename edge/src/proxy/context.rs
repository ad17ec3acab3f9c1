//! `/AadSmartOnFhirProxy/context`: where a person chooses the patient for an app that was opened
//! by itself and asks for one (`launch/patient`). The page is the browser client's; it searches as
//! the person who is signed in there, and only what that person may read can be chosen.
//! <https://hl7.org/fhir/smart-app-launch/app-launch.html#launch-app-standalone-launch>

use super::authorize::{AppRequest, at_provider};
use super::redirect::{self, refuse};
use super::{Purpose, value};
use crate::auth::{Action, Principal};
use crate::error::{Error, Reason};
use crate::http::{Answer, Exchange};
use crate::store::{self, Consistency};
use fhir::outcome::IssueType;
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
        expires: exchange.now + CHOOSE,
        id: crate::binding::random_uuid(),
    };
    let pending = exchange.seal(Purpose::Pending, &pending).await?;
    let page = format!("{}/{PAGE}", exchange.base_url);
    Ok(redirect::to(redirect::address(
        &page,
        &[("request", &pending)],
    )))
}

/// `GET`: which app asks for what, for the person to see before choosing.
pub(super) async fn describe(exchange: &Exchange) -> Result<Answer, Error> {
    let sealed = value(&exchange.query, "request")
        .ok_or_else(|| refuse("The parameter request is required."))?;
    let Pending { request, .. } = open(exchange, sealed).await?;
    let authority = request.redirect_uri.split("://").nth(1);
    let host = authority.and_then(|rest| rest.split(['/', '?']).next());
    let described = json!({
        "clientId": request.client_id,
        "name": exchange.config.smart_proxy.name(&request.client_id),
        "redirectHost": host.unwrap_or_default(),
        "scope": request.scope,
        "needs": request.needs(),
    });
    Ok(Answer::json(&described).with("cache-control", "no-store"))
}

/// `POST`: takes the choice and tells the page where to go on: to the provider, or back to the app
/// when the person declines.
pub(super) async fn choose(
    exchange: &Exchange,
    request: &web_sys::Request,
) -> Result<Answer, Error> {
    let body = exchange.few_bytes(request).await?;
    let choice: Choice = serde_json::from_slice(&body)
        .map_err(|error| refuse(&format!("The choice cannot be understood: {error}.")))?;
    let mut pending = open(exchange, &choice.request).await?;
    if choice.declined {
        spend(exchange, &pending).await?;
        let words = "The person did not choose a patient.";
        return Ok(location(pending.request.refusal("access_denied", words)));
    }
    let principal = exchange.authenticate().await?;
    let patient = choice
        .patient
        .ok_or_else(|| refuse("The choice names no `patient`."))?;
    read(exchange, &principal, "Patient", &patient).await?;
    if let Some(encounter) = choice.encounter {
        let found = read(exchange, &principal, "Encounter", &encounter).await?;
        if !is_about(&found, &patient) {
            let words = format!("Encounter/{encounter} is not one of Patient/{patient}.");
            return Err(refuse(&words));
        }
        let launch = &mut pending.request.launch;
        launch.insert("encounter".into(), encounter.into());
    }
    let launch = &mut pending.request.launch;
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
    let opened: Option<Pending> = exchange.unseal(Purpose::Pending, sealed).await?;
    let pending = opened.ok_or_else(|| {
        refuse("The request was not made by this server; start again from the app.")
    })?;
    if pending.expires <= exchange.now {
        let words = "The choice took too long; start again from the app.";
        return Err(refuse(words));
    }
    Ok(pending)
}

async fn spend(exchange: &Exchange, pending: &Pending) -> Result<(), Error> {
    if exchange.spend(&pending.id, pending.expires).await? {
        return Ok(());
    }
    let words = "This request was answered before; start again from the app.";
    Err(refuse(words))
}

/// A resource that the person may read.
async fn read(
    exchange: &Exchange,
    principal: &Principal,
    name: &str,
    id: &str,
) -> Result<Value, Error> {
    let resource_type = exchange.resource_type(name)?;
    let grant = exchange.authorise(principal, Action::Read, Some(resource_type))?;
    let found = store::read(
        exchange.partition()?,
        exchange.definitions,
        &grant,
        (resource_type, id),
        Consistency::Strong,
    );
    let body = found.await?.and_then(|version| version.body);
    let Some(body) = body else {
        let message = format!("There is no {name} with the id `{id}` that you may see.");
        return Err(Error::rejected(
            Reason::NotFound,
            IssueType::NotFound,
            message,
        ));
    };
    serde_json::from_str(&String::from(body))
        .map_err(|error| Error::Bug(format!("a stored {name} is no JSON: {error}")))
}

fn is_about(encounter: &Value, patient: &str) -> bool {
    let subject = encounter
        .pointer("/subject/reference")
        .and_then(Value::as_str);
    subject.is_some_and(|reference| {
        let mut steps = reference.rsplit('/');
        steps.next() == Some(patient) && steps.next() == Some("Patient")
    })
}
