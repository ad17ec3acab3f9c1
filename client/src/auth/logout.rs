//! Sign-out here and at the provider.
//! <https://openid.net/specs/openid-connect-rpinitiated-1_0.html>

use smart::form;

use super::browser;
use super::failure::SignInFailure;
use super::sign_in::{Person, SignIn};

const SIGNED_OUT_PAGE: &str = "/app/";

impl SignIn {
    /// Drops the tokens first, so that they are gone even when the provider cannot be reached.
    ///
    /// The provider is told the client and not the ID token: tokens stay out of addresses.
    pub(crate) async fn sign_out(&self) -> Result<(), SignInFailure> {
        browser::forget_tab();
        self.tell(Person::SignedOut);
        let Some(endpoint) = self.metadata().await?.end_session_endpoint else {
            return Ok(());
        };
        let back = browser::page_address(SIGNED_OUT_PAGE)?;
        let query = form::encode([
            ("client_id", self.provider()?.client_id.as_str()),
            ("post_logout_redirect_uri", back.as_str()),
        ]);
        browser::window()?
            .location()
            .assign(&format!("{endpoint}?{query}"))
            .map_err(|_| SignInFailure::Browser("pages to open other pages"))
    }
}
