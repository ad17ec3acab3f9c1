//! Which server the client talks to: the deployment's, or the one chosen on the settings page.

use gloo_net::http::Request;

use super::browser;
use super::configuration::{Configuration, ConfigurationDocument};
use super::failure::SignInFailure;
use super::time;

const DEPLOYED: &str = "/app/config.json";
const CHOSEN_KEY: &str = "fhir-edge.connection";

/// Both connections, for the settings page shows one and resets to the other.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Connections {
    /// What the operator deployed.
    pub(crate) deployed: ConfigurationDocument,
    /// What the person chose in this browser.
    pub(crate) chosen: Option<ConfigurationDocument>,
}

impl Connections {
    /// Reads the deployment's document and the choice.
    pub(crate) async fn load() -> Result<Self, String> {
        let asked = time::reading();
        let response = Request::get(DEPLOYED)
            .cache(web_sys::RequestCache::NoStore)
            .send()
            .await
            .map_err(|_| {
                format!(
                    "{DEPLOYED} cannot be fetched. Check your network connection, then load the \
                     page again."
                )
            })?;
        if !response.ok() {
            return Err(format!(
                "{DEPLOYED} was answered with {}. The server that hosts this page must serve it.",
                response.status()
            ));
        }
        time::set_by(&response, asked);
        let deployed = response
            .json()
            .await
            .map_err(|_| format!("{DEPLOYED} is not the configuration document of this client."))?;
        Ok(Self {
            deployed,
            chosen: browser::load(browser::lasting_storage(), CHOSEN_KEY),
        })
    }

    /// The connection in force. A choice that no longer passes the checks does not count.
    pub(crate) fn in_force(&self) -> Result<Configuration, String> {
        let chosen = self.chosen.as_ref().and_then(|chosen| chosen.check().ok());
        match chosen {
            Some(chosen) => Ok(chosen),
            None => self
                .deployed
                .check()
                .map_err(|problem| format!("{DEPLOYED} cannot be used. {problem}")),
        }
    }
}

/// Keeps a choice for the next loads.
pub(crate) fn choose(document: &ConfigurationDocument) -> Result<(), SignInFailure> {
    browser::save(browser::lasting_storage(), CHOSEN_KEY, document)
}

/// Returns to the deployment's connection.
pub(crate) fn reset() {
    browser::forget(browser::lasting_storage(), CHOSEN_KEY);
}
