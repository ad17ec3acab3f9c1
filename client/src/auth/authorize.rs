//! One authorization request, from its secrets to its redeemed code.
//! <https://www.rfc-editor.org/rfc/rfc7636>

use serde::{Deserialize, Serialize};
use smart::authorization_request::{AuthorizationRequest, Prompt, with_openid_scopes};
use smart::authorization_response::authorization_code;
use smart::claims::IdClaims;
use smart::state::{Interaction, State};
use smart::{form, pkce};

use super::account::AccountKey;
use super::browser;
use super::failure::SignInFailure;
use super::sign_in::SignIn;
use super::token_endpoint::Grant;
use super::tokens::Tokens;

const REDIRECT_PAGE: &str = "/app/redirect.html";

/// What must be kept until the response arrives.
#[derive(Serialize, Deserialize)]
pub(super) struct PendingRequest {
    pub(super) state_id: String,
    nonce: String,
    verifier: String,
    redirect_uri: String,
}

impl PendingRequest {
    /// Whether a response belongs to this request; no other is accepted.
    pub(super) fn is_answered_by(&self, fragment: &str) -> bool {
        let pairs = form::decode(fragment);
        let state = form::first(&pairs, "state").and_then(State::decode);
        state.is_some_and(|state| state.id == self.state_id)
    }
}

/// Whom to ask for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Who {
    /// Whoever is signed in at the provider, or whoever signs in now.
    Anyone,
    /// The person chooses, even when one account is signed in at the provider.
    Another,
    /// This user name, even when another account is signed in at the provider.
    Named(String),
    /// An account of this tab.
    Known(AccountKey),
}

impl SignIn {
    /// Generates the request's secrets and returns the URL to open.
    pub(super) async fn prepare(
        &self,
        interaction: Interaction,
        who: &Who,
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
        let hint = match who {
            Who::Anyone | Who::Another => None,
            Who::Named(name) => Some(name.clone()),
            Who::Known(key) => self.hint_of(key),
        };
        let prompt = match (interaction, who) {
            (Interaction::Silent, _) => Some(Prompt::None),
            (_, Who::Another | Who::Named(_)) => Some(Prompt::SelectAccount),
            (_, Who::Anyone | Who::Known(_)) => None,
        };
        let mut url = AuthorizationRequest {
            client_id: &provider.client_id,
            redirect_uri: &pending.redirect_uri,
            scope: &with_openid_scopes(&provider.scopes),
            state: &State::new(&pending.state_id, interaction).encode(),
            nonce: &pending.nonce,
            code_challenge: &challenge,
            prompt,
            login_hint: hint.as_deref(),
        }
        .url(&metadata.authorization_endpoint);
        if let Some(claims) = self.challenge_of(who) {
            url.push('&');
            url.push_str(&form::encode([("claims", claims.as_str())]));
        }
        Ok((url, pending))
    }

    /// Validates the response and exchanges its code.
    pub(super) async fn redeem(
        &self,
        fragment: &str,
        pending: &PendingRequest,
    ) -> Result<(IdClaims, Tokens), SignInFailure> {
        let issuer = self.metadata().await?.issuer;
        let code = authorization_code(fragment, &pending.state_id, &issuer)
            .map_err(|refusal| SignInFailure::of_refusal(refusal, fragment))?;
        self.exchange(Grant::Code {
            code: &code,
            verifier: &pending.verifier,
            nonce: &pending.nonce,
            redirect_uri: &pending.redirect_uri,
        })
        .await
    }

    /// Completes an interactive sign-in: the account that signed in becomes the active one.
    pub(super) async fn complete(
        &self,
        fragment: &str,
        pending: &PendingRequest,
    ) -> Result<(), SignInFailure> {
        let (claims, tokens) = self.redeem(fragment, pending).await?;
        self.welcome(claims, tokens)
    }
}
