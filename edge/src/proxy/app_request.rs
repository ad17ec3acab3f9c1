//! An app's request for a code, checked: what it may ask for, where it may be sent back to.
//! <https://hl7.org/fhir/smart-app-launch/app-launch.html#obtain-authorization-code>

use super::launch::{self, Handle};
use super::redirect::{self, App, refuse};
use super::refusal::Refused;
use super::{ceiling, code_challenge, dpop, repeated, value};
use crate::error::Error;
use crate::exchange::Exchange;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use smart::scope_list::names_system;

/// Why a person is not asked for `system/` scopes.
pub(super) const SYSTEM_SCOPES: &str =
    "Scopes of the context system are for backend services, which get them without a person.";

/// What the provider may be told beside what the flow needs.
const FORWARDED: [&str; 6] = [
    "code_challenge",
    "code_challenge_method",
    "nonce",
    "prompt",
    "login_hint",
    "domain_hint",
];

/// An app's request that was found right.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct AppRequest {
    pub(super) client_id: String,
    pub(super) redirect_uri: String,
    /// The app's own state.
    pub(super) state: String,
    pub(super) audience: String,
    pub(super) scope: String,
    pub(super) launch: Map<String, Value>,
    /// The handle of this server that the launch came with.
    pub(super) handle: Option<Handle>,
    pub(super) challenge: Option<String>,
    /// The thumbprint of the key that the code is to be bound to; empty for none.
    #[serde(default)]
    pub(super) key: String,
    /// What goes on to the provider as it came.
    pub(super) forwarded: Vec<(String, String)>,
}

/// Why a request is refused.
#[derive(Debug)]
pub(super) enum Unfit {
    /// Nothing says that the app may be sent anything: the words are shown here.
    Shown(String),
    /// The app is told.
    Told {
        client_id: String,
        redirect_uri: String,
        state: Option<String>,
        error: &'static str,
        words: String,
    },
}

impl Unfit {
    /// The app's address with the error.
    ///
    /// # Errors
    /// When it is to be shown here.
    pub(super) async fn address(self, exchange: &Exchange) -> Result<String, Error> {
        match self {
            Self::Shown(words) => Err(refuse(&words)),
            Self::Told {
                client_id,
                redirect_uri,
                state,
                error,
                words,
            } => {
                let app = App {
                    client_id: &client_id,
                    redirect_uri: &redirect_uri,
                };
                redirect::error(exchange, app, (error, &words), state.as_deref()).await
            }
        }
    }
}

impl AppRequest {
    /// What the app wants to know and no launch has told: `patient`, `encounter`. An encounter is
    /// one of a patient's, so a person chooses both.
    /// <https://hl7.org/fhir/smart-app-launch/scopes-and-launch-context.html#standalone-apps>
    pub(super) fn needs(&self) -> Vec<&'static str> {
        let asks = |scope: &str| self.scope.split_ascii_whitespace().any(|own| own == scope);
        let wants_encounter = asks("launch/encounter");
        if self.launch.contains_key("patient") || !(wants_encounter || asks("launch/patient")) {
            return Vec::new();
        }
        if wants_encounter && !self.launch.contains_key("encounter") {
            return vec!["patient", "encounter"];
        }
        vec!["patient"]
    }

    pub(super) fn forbids_pages(&self) -> bool {
        let mut forwarded = self.forwarded.iter();
        forwarded.any(|(name, value)| name == "prompt" && value == "none")
    }

    /// Tells the app that it gets no code.
    pub(super) async fn refusal(
        &self,
        exchange: &Exchange,
        error: &str,
        description: &str,
    ) -> Result<String, Error> {
        let app = App {
            client_id: &self.client_id,
            redirect_uri: &self.redirect_uri,
        };
        redirect::error(exchange, app, (error, description), Some(&self.state)).await
    }
}

/// Checks the parameters of an app's request.
pub(super) async fn check(
    exchange: &Exchange,
    parameters: &[(String, String)],
) -> Result<Result<AppRequest, Unfit>, Error> {
    let (client_id, redirect_uri) = match app(exchange, parameters) {
        Ok(app) => app,
        Err(words) => return Ok(Err(Unfit::Shown(words))),
    };
    let state = value(parameters, "state");
    let asked = match asked(exchange, client_id, parameters) {
        Ok(asked) => match launch::read(exchange, client_id, value(parameters, "launch")).await? {
            Ok(launch) => Ok((asked, launch)),
            Err(words) => Err(("invalid_request", words)),
        },
        Err(refused) => Err(refused),
    };
    let (asked, launch) = match asked {
        Ok(asked) => asked,
        Err((error, words)) => {
            return Ok(Err(Unfit::Told {
                client_id: client_id.to_owned(),
                redirect_uri: redirect_uri.to_owned(),
                state: state.map(ToOwned::to_owned),
                error,
                words,
            }));
        }
    };
    let forwarded = FORWARDED
        .iter()
        .filter_map(|name| Some(((*name).to_owned(), value(parameters, name)?.to_owned())));
    Ok(Ok(AppRequest {
        client_id: client_id.to_owned(),
        redirect_uri: redirect_uri.to_owned(),
        state: asked.state,
        audience: asked.audience,
        scope: asked.scope,
        launch: launch.context,
        handle: launch.handle,
        challenge: asked.challenge,
        key: asked.key,
        forwarded: forwarded.collect(),
    }))
}

/// The client and where it is sent back to, once both are known to belong together.
fn app<'a>(
    exchange: &Exchange,
    parameters: &'a [(String, String)],
) -> Result<(&'a str, &'a str), String> {
    if let Some(name) = repeated(parameters) {
        return Err(format!("The parameter {name} must not be repeated."));
    }
    let required =
        |name| value(parameters, name).ok_or_else(|| format!("The parameter {name} is required."));
    let (client_id, redirect_uri) = (required("client_id")?, required("redirect_uri")?);
    if !exchange
        .server
        .config
        .smart_proxy
        .allows(client_id, redirect_uri)
    {
        return Err(
            "The redirect_uri is not registered for this client_id; the operator lists both in \
             SMART_CLIENTS."
                .into(),
        );
    }
    Ok((client_id, redirect_uri))
}

/// What an app asks for.
struct Asked {
    state: String,
    audience: String,
    scope: String,
    challenge: Option<String>,
    key: String,
}

fn asked(
    exchange: &Exchange,
    client_id: &str,
    parameters: &[(String, String)],
) -> Result<Asked, (&'static str, String)> {
    let invalid = |words: &str| ("invalid_request", words.to_owned());
    let state =
        value(parameters, "state").ok_or_else(|| invalid("The parameter state is required."))?;
    if value(parameters, "response_type") != Some("code") {
        let words = "The response_type must be code.";
        return Err(("unsupported_response_type", words.into()));
    }
    let scope = value(parameters, "scope").unwrap_or_default();
    if names_system(scope) {
        return Err(("invalid_scope", SYSTEM_SCOPES.into()));
    }
    // The provider is asked for no more than the app may have.
    let scope = ceiling::cut_request(exchange, client_id, scope)
        .map_err(|Refused(error, words)| (error, words))?;
    let audience = value(parameters, "aud").filter(|audience| is_ours(exchange, audience));
    let audience = audience.ok_or_else(|| {
        invalid(&format!(
            "The parameter aud must be {}.",
            exchange.server.base_url
        ))
    })?;
    let challenge = code_challenge::of_request(parameters).map_err(invalid)?;
    Ok(Asked {
        state: state.to_owned(),
        audience: audience.to_owned(),
        scope,
        challenge,
        key: dpop::of_request(value(parameters, "dpop_jkt")).map_err(invalid)?,
    })
}

/// Whether `aud` is this server: a token for another one must not be had through us.
fn is_ours(exchange: &Exchange, audience: &str) -> bool {
    let audience = audience.trim_end_matches('/');
    let mut configured = exchange.server.config.security.audiences.iter();
    audience == exchange.server.base_url
        || configured.any(|own| own.trim_end_matches('/') == audience)
}
