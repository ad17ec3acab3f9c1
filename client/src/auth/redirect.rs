//! Sign-in in this window: redirects to the provider, which returns to the same page.

use serde::{Deserialize, Serialize};
use smart::authorization_response::Refusal;
use smart::state::Interaction;

use super::authorize::{PendingRequest, Who};
use super::browser;
use super::failure::SignInFailure;
use super::sign_in::SignIn;

const REQUEST_KEY: &str = "fhir-edge.redirect-request";
/// Written by www/redirect.js.
const RESPONSE_KEY: &str = "fhir-edge.redirect-response";

#[derive(Serialize, Deserialize)]
struct Departure {
    request: PendingRequest,
    /// Path and query of the page that was left.
    from: String,
}

/// The result of a redirect back from the provider.
pub(crate) struct Return {
    /// Path and query of the page to show.
    pub(crate) to: String,
    /// Whether the sign-in succeeded.
    pub(crate) outcome: Result<(), SignInFailure>,
}

impl SignIn {
    /// Leaves this page; on success nothing after this call runs.
    pub(crate) async fn by_redirect(&self, who: Who) -> Result<(), SignInFailure> {
        self.begin_interaction();
        let (url, request) = self.prepare(Interaction::Redirect, &who).await?;
        let location = browser::window()?.location();
        let part = |text: Result<String, _>| text.unwrap_or_default();
        let from = format!("{}{}", part(location.pathname()), part(location.search()));
        let departure = Departure { request, from };
        browser::save(browser::tab_storage(), REQUEST_KEY, &departure)?;
        location
            .assign(&url)
            .map_err(|_| SignInFailure::Browser("pages to open other pages"))
    }

    /// Completes a sign-in when the page was opened by the redirect page.
    pub(crate) async fn complete_redirect(&self) -> Option<Return> {
        let response: String = browser::load(browser::tab_storage(), RESPONSE_KEY)?;
        browser::forget(browser::tab_storage(), RESPONSE_KEY);
        let departure: Option<Departure> = browser::load(browser::tab_storage(), REQUEST_KEY);
        // Any page can open the redirect page with a forged response, which must not abort a sign-in
        // in progress. Neither must the Back button on the provider's page: the person may go forward
        // again.
        let Some(departure) =
            departure.filter(|departure| departure.request.is_answered_by(&response))
        else {
            return Some(Return {
                to: "/app/".into(),
                outcome: Err(SignInFailure::of_refusal(Refusal::StateMismatch, &response)),
            });
        };
        // A code can be redeemed once.
        browser::forget(browser::tab_storage(), REQUEST_KEY);
        let outcome = self.complete(&response, &departure.request).await;
        Some(Return {
            to: departure.from,
            outcome,
        })
    }
}
