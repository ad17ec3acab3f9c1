//! One authorization request, from its secrets to its redeemed code.
//! <https://www.rfc-editor.org/rfc/rfc7636>

use serde::{Deserialize, Serialize};
use smart::authorization_request::{AuthorizationRequest, Prompt, with_openid_scopes};
use smart::authorization_response::authorization_code;
use smart::pkce;
use smart::state::{Interaction, State};

use super::browser;
use super::failure::SignInFailure;
use super::session::Session;
use super::sign_in::SignIn;
use super::token_endpoint::Grant;

const REDIRECT_PAGE: &str = "/app/redirect.html";

/// What must be remembered until the answer comes.
#[derive(Serialize, Deserialize)]
pub(super) struct PendingRequest {
    pub(super) state_id: String,
    nonce: String,
    verifier: String,
    redirect_uri: String,
}

/// Whom to ask for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Account {
    /// Whoever is signed in at the provider, or whoever signs in now.
    Any,
    /// This user name, even when another account is signed in at the provider.
    Named(String),
    /// The person of this tab, without asking.
    Current,
}

impl SignIn {
    /// Draws the request's secrets and gives the address to open.
    pub(super) async fn prepare(
        &self,
        interaction: Interaction,
        account: &Account,
    ) -> Result<(String, PendingRequest), SignInFailure> {
        let provider = self.provider()?;
        let metadata = self.metadata().await?;
        let pending = PendingRequest {
            state_id: browser::unguessable_id()?,
            nonce: browser::unguessable_id()?,
            verifier: pkce::verifier(&browser::entropy()?),
            redirect_uri: browser::page_address(REDIRECT_PAGE)?,
        };
        let challenge = pkce::challenge(&browser::sha256(&pending.verifier).await?);
        let current = self
            .session()
            .and_then(|session| session.claims.preferred_username);
        let (prompt, login_hint) = match account {
            Account::Any => (None, None),
            Account::Named(name) => (Some(Prompt::SelectAccount), Some(name.as_str())),
            Account::Current => (Some(Prompt::None), current.as_deref()),
        };
        let url = AuthorizationRequest {
            client_id: &provider.client_id,
            redirect_uri: &pending.redirect_uri,
            scope: &with_openid_scopes(&provider.scopes),
            state: &State::new(&pending.state_id, interaction).encode(),
            nonce: &pending.nonce,
            code_challenge: &challenge,
            prompt,
            login_hint,
        }
        .url(&metadata.authorization_endpoint);
        Ok((url, pending))
    }

    /// Checks the answer and exchanges its code.
    pub(super) async fn redeem(
        &self,
        fragment: &str,
        pending: &PendingRequest,
    ) -> Result<Session, SignInFailure> {
        let issuer = self.metadata().await?.issuer;
        let code = authorization_code(fragment, &pending.state_id, &issuer)?;
        self.exchange(Grant::Code {
            code: &code,
            verifier: &pending.verifier,
            nonce: &pending.nonce,
            redirect_uri: &pending.redirect_uri,
        })
        .await
    }
}
