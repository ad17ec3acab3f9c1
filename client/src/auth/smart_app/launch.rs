//! From a server's address to tokens: the two halves of a launch, before and after the person has
//! signed in there.

use smart::pkce;

use super::app::SmartApp;
use super::failure::AppFailure;
use super::fetch;
use super::request::{AppRequest, Entry};
use super::session::AppSession;
use crate::auth::failure::SignInFailure;
use crate::auth::{browser, time};

const REQUEST_KEY: &str = "fhir-edge.sample-app.request";
const ENTRY_KEY: &str = "fhir-edge.sample-app.entry";
const REDIRECT_PAGE: &str = "/app/sample-app";

/// The address that must be registered for the app.
pub(crate) fn redirect_uri() -> Result<String, SignInFailure> {
    browser::page_address(REDIRECT_PAGE)
}

/// What was entered last in this tab.
pub(crate) fn last_entry() -> Option<Entry> {
    browser::load(browser::tab_storage(), ENTRY_KEY)
}

/// Leaves this page for the server's; on success nothing after this call runs.
pub(crate) async fn begin(entry: &Entry, launch: Option<&str>) -> Result<(), AppFailure> {
    browser::save(browser::tab_storage(), ENTRY_KEY, entry)?;
    let server = fetch::discover(&entry.server).await?;
    let request = AppRequest {
        entry: entry.clone(),
        issuer: server.issuer,
        answers_with_issuer: server.answers_with_issuer,
        token_endpoint: server.token_endpoint,
        redirect_uri: redirect_uri()?,
        state_id: browser::unguessable_id()?,
        nonce: browser::unguessable_id()?,
        verifier: pkce::verifier(&browser::entropy()?),
    };
    let challenge = pkce::challenge(&browser::sha256(&request.verifier).await?);
    browser::save(browser::tab_storage(), REQUEST_KEY, &request)?;
    let address = request.address(&server.authorization_endpoint, &challenge, launch);
    browser::window()?
        .location()
        .assign(&address)
        .map_err(|_| SignInFailure::Browser("pages to open other pages").into())
}

/// Redeems the answer in the page's query. The request is deleted first: a code can be redeemed once.
pub(crate) async fn complete(query: &str) -> Result<SmartApp, AppFailure> {
    let request: Option<AppRequest> = browser::load(browser::tab_storage(), REQUEST_KEY);
    let request = request.ok_or(AppFailure::State)?;
    let code = request.code(query);
    // A forged response must not abort a launch in progress.
    if code != Err(AppFailure::State) {
        browser::forget(browser::tab_storage(), REQUEST_KEY);
    }
    let code = code?;
    let answer = fetch::tokens(
        &request.token_endpoint,
        &[
            ("grant_type", "authorization_code"),
            ("code", &code),
            ("redirect_uri", &request.redirect_uri),
            ("client_id", &request.entry.client_id),
            ("code_verifier", &request.verifier),
        ],
    )
    .await?;
    let session = AppSession::begin(&request, answer, time::now())?;
    SmartApp::keep(session)
}
