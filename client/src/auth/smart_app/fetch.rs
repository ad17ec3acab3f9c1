//! What the app asks of servers beside FHIR: documents about them, and tokens.

use gloo_net::http::{Request, Response};
use serde::Deserialize;
use serde_json::{Map, Value};
use smart::form;
use smart::token_error::TokenError;

use super::failure::AppFailure;
use super::server::{self, SmartServer};
use super::{address, style};

const OWN_DEPLOYMENT: &str = "/app/config.json";

/// What the app knows of the server that it was deployed with; of others it knows nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Deployment {
    /// The FHIR base.
    pub(crate) fhir_base: String,
    /// The app's registration there.
    pub(crate) sample_app_client_id: Option<String>,
}

impl Deployment {
    /// Reads the deployment's document; without one the app is alone, and works all the same.
    pub(crate) async fn load() -> Self {
        match get(OWN_DEPLOYMENT).await {
            Some(document) => serde_json::from_value(document).unwrap_or_default(),
            None => Self::default(),
        }
    }

    /// The app's registration at a server, where it is known.
    pub(crate) fn client_id(&self, iss: &str) -> Option<&str> {
        let own = server::bare(&self.fhir_base) == server::bare(iss);
        self.sample_app_client_id.as_deref().filter(|_| own)
    }
}

/// Asks a server where to sign in: its SMART configuration, or else its CapabilityStatement.
pub(super) async fn discover(iss: &str) -> Result<SmartServer, AppFailure> {
    if let Some(document) = get(&server::smart_configuration(iss)).await
        && let Ok(server) = SmartServer::of_configuration(&document)
    {
        return Ok(server);
    }
    let address = server::capability_statement(iss);
    let Some(document) = get(&address).await else {
        return Err(AppFailure::Unreachable { address });
    };
    SmartServer::of_capability_statement(&document).map_err(|problem| AppFailure::Discovery {
        server: iss.to_owned(),
        problem,
    })
}

/// The custom properties of an EHR's style; none when it is not to be had or not to be used.
pub(crate) async fn style(address: &str) -> Vec<(&'static str, String)> {
    if address::check(address).is_err() {
        return Vec::new();
    }
    let document = get(address).await;
    document.map_or_else(Vec::new, |document| style::properties(&document))
}

/// A JSON document that anyone may read.
async fn get(address: &str) -> Option<Value> {
    let request = Request::get(address).header("accept", "application/json");
    let response = request.send().await.ok()?;
    if !response.ok() {
        return None;
    }
    response.json().await.ok()
}

/// Exchanges a code or a refresh token.
pub(super) async fn tokens(
    endpoint: &str,
    pairs: &[(&str, &str)],
) -> Result<Map<String, Value>, AppFailure> {
    let unreachable = || AppFailure::Unreachable {
        address: endpoint.to_owned(),
    };
    let response = Request::post(endpoint)
        .header("accept", "application/json")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(form::encode(pairs.iter().copied()))
        .map_err(|_| unreachable())?
        .send()
        .await
        .map_err(|_| unreachable())?;
    if !response.ok() {
        return Err(refusal(response).await);
    }
    let answer = response.json().await;
    answer.map_err(|_| AppFailure::TokenAnswer("It is no JSON object."))
}

async fn refusal(response: Response) -> AppFailure {
    let status = response.status();
    let (code, description) = match response.json::<TokenError>().await {
        Ok(error) => (error.error.clone(), error.words().to_owned()),
        Err(_) => (String::new(), String::new()),
    };
    AppFailure::Token {
        status,
        code,
        description,
    }
}
