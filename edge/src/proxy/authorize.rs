//! `GET /AadSmartOnFhirProxy/authorize`: checks the app's request and passes it on to the provider.
//! <https://hl7.org/fhir/smart-app-launch/app-launch.html#obtain-authorization-code>

use super::redirect::{self, callback_url, refuse};
use super::{Purpose, code_challenge, context};
use super::{repeated, value};
use crate::auth;
use crate::error::Error;
use crate::http::{Answer, Exchange};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use smart::launch_context;
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
}

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
    challenge: Option<String>,
    /// What goes on to the provider as it came.
    forwarded: Vec<(String, String)>,
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

    fn forbids_pages(&self) -> bool {
        let mut forwarded = self.forwarded.iter();
        forwarded.any(|(name, value)| name == "prompt" && value == "none")
    }

    /// Tells the app that it gets no code.
    pub(super) fn refusal(&self, error: &str, description: &str) -> String {
        redirect::error(&self.redirect_uri, error, description, Some(&self.state))
    }
}

/// Sends the browser to the provider, to the page where the person chooses what the app asks for,
/// or back to the app with an error.
pub(super) async fn authorize(exchange: &Exchange) -> Result<Answer, Error> {
    let request = match check(exchange)? {
        Ok(request) => request,
        Err(address) => return Ok(redirect::to(address)),
    };
    if !request.needs().is_empty() {
        if request.forbids_pages() {
            let words = "A person must choose the patient, and prompt=none forbids to ask.";
            return Ok(redirect::to(request.refusal("interaction_required", words)));
        }
        return context::ask(exchange, request).await;
    }
    Ok(redirect::to(at_provider(exchange, request, None).await?))
}

/// Checks the app's request.
///
/// # Errors
/// When nothing says where the app is; what else is wrong the app learns at the inner address.
fn check(exchange: &Exchange) -> Result<Result<AppRequest, String>, Error> {
    let query = &exchange.query;
    if let Some(name) = repeated(query) {
        return Err(refuse(&format!("The parameter {name} stands twice.")));
    }
    let client_id =
        value(query, "client_id").ok_or_else(|| refuse("The parameter client_id is missing."))?;
    let redirect_uri = value(query, "redirect_uri")
        .ok_or_else(|| refuse("The parameter redirect_uri is missing."))?;
    if !exchange.config.smart_proxy.allows(client_id, redirect_uri) {
        return Err(refuse(
            "The redirect_uri is not registered for this client_id; the operator lists both in SMART_CLIENTS.",
        ));
    }
    let state = value(query, "state");
    let fail =
        |error: &str, words: &str| Ok(Err(redirect::error(redirect_uri, error, words, state)));
    let Some(own_state) = state else {
        return fail("invalid_request", "The parameter state is required.");
    };
    if value(query, "response_type") != Some("code") {
        return fail(
            "unsupported_response_type",
            "The response_type must be code.",
        );
    }
    let Some(audience) = value(query, "aud").filter(|aud| is_ours(exchange, aud)) else {
        let words = format!("The parameter aud must be {}.", exchange.base_url);
        return fail("invalid_request", &words);
    };
    let challenge = match code_challenge::of_request(query) {
        Ok(challenge) => challenge,
        Err(words) => return fail("invalid_request", words),
    };
    let Some(launch) = launch_context::parse(value(query, "launch")) else {
        return fail(
            "invalid_request",
            "The parameter launch must be base64url of a JSON object.",
        );
    };
    let launch = match launch_context::told(&launch) {
        Ok(launch) => launch,
        Err(problem) => {
            let words = format!("The launch cannot be used: {problem}.");
            return fail("invalid_request", &words);
        }
    };
    let forwarded = FORWARDED
        .iter()
        .filter_map(|name| Some(((*name).to_owned(), value(query, name)?.to_owned())));
    Ok(Ok(AppRequest {
        client_id: client_id.to_owned(),
        redirect_uri: redirect_uri.to_owned(),
        state: own_state.to_owned(),
        audience: audience.to_owned(),
        scope: value(query, "scope").unwrap_or_default().to_owned(),
        launch,
        challenge,
        forwarded: forwarded.collect(),
    }))
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
        chosen_by,
        challenge: request.challenge,
        scope: request.scope.clone(),
        client_id: request.client_id.clone(),
        redirect_uri: request.redirect_uri,
        expires: exchange.now + SIGN_IN,
        id: crate::binding::random_uuid(),
    };
    let sealed = exchange.seal(Purpose::State, &sealed).await?;
    let authority = exchange.authority()?;
    let provider = auth::metadata(authority, exchange.now).await?;
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

/// Whether `aud` is this server: a token for another one must not be had through us.
fn is_ours(exchange: &Exchange, audience: &str) -> bool {
    let audience = audience.trim_end_matches('/');
    audience == exchange.base_url
        || exchange
            .config
            .security
            .audiences
            .iter()
            .any(|own| own.trim_end_matches('/') == audience)
}

/// Whether an authority is the v2 endpoint of Azure AD.
pub(super) fn is_v2(authority: &str) -> bool {
    authority.split('/').any(|step| step == "v2.0")
}
