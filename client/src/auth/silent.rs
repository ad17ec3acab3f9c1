//! Gets an access token silently: the stored one, then by the refresh token, then by a hidden frame
//! with `prompt=none`. Only then is interaction required. The order is MSAL's.

use std::cell::RefCell;
use std::collections::BTreeMap;

use futures::FutureExt;
use futures::future::{LocalBoxFuture, Shared};

use super::account::{Account, AccountKey};
use super::failure::{Cause, SignInFailure};
use super::provider_error::Course;
use super::session::Person;
use super::sign_in::SignIn;
use super::time;
use super::token_endpoint::Grant;
use super::tokens::Tokens;

/// A renewal in progress; every caller for the same account awaits it.
type Renewal = Shared<LocalBoxFuture<'static, Result<Tokens, SignInFailure>>>;

/// The renewals in progress, by account; without an account, for whoever is signed in at the provider.
#[derive(Default)]
pub(super) struct Renewals(RefCell<BTreeMap<Option<AccountKey>, Renewal>>);

impl Renewals {
    fn under_way(&self, key: &Option<AccountKey>) -> Option<Renewal> {
        self.0.borrow().get(key).cloned()
    }

    fn begin(&self, key: Option<AccountKey>, renewal: Renewal) {
        self.0.borrow_mut().insert(key, renewal);
    }

    fn finish(&self, key: &Option<AccountKey>) {
        self.0.borrow_mut().remove(key);
    }
}

/// Which stored token is acceptable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Freshness<'a> {
    /// Any token that is valid for some more minutes.
    Kept,
    /// Not this one: the server refused it.
    Except(&'a str),
}

impl SignIn {
    /// The bearer token of one account for the FHIR server; none when the server is open.
    ///
    /// It is that account's or none: another account may be active by the time it arrives.
    pub(crate) async fn access_token(
        &self,
        account: Option<&AccountKey>,
        freshness: Freshness<'_>,
    ) -> Result<Option<String>, SignInFailure> {
        if self.configuration().provider.is_none() {
            return Ok(None);
        }
        let key = account.ok_or(SignInFailure::ENDED)?;
        if let (Person::Ended(_), Some(reason)) = (self.person(), self.reason())
            && self.person().account().as_ref() == Some(key)
        {
            // The page already asks for a sign-in, and nothing else helps.
            return Err(reason);
        }
        time::keep_right().await;
        let kept = self.account(key).and_then(|account| account.tokens);
        let tokens = match kept.filter(|tokens| tokens.is_fresh(time::now())) {
            Some(tokens) if freshness != Freshness::Except(&tokens.access_token) => tokens,
            _ => self.renew(Some(key.clone())).await?,
        };
        Ok(Some(tokens.access_token))
    }

    /// In a tab without accounts: asks whether the person has a session at the provider, for example
    /// after opening a link in a new tab.
    pub(crate) async fn resume(&self) {
        if self.configuration().provider.is_some() && self.accounts().is_empty() {
            // If not, the page asks for a sign-in; that is not a failure.
            let _ = self.renew(None).await;
        }
    }

    /// Switches to another account of this tab, without the provider while its token is valid.
    pub(crate) async fn switch_to(&self, key: &AccountKey) -> Result<(), SignInFailure> {
        self.begin_interaction();
        self.access_token(Some(key), Freshness::Kept).await?;
        let account = self.account(key).ok_or(SignInFailure::ENDED)?;
        self.activate(account.claims)
    }

    /// Joins the renewal in progress for the account, or starts one.
    async fn renew(&self, key: Option<AccountKey>) -> Result<Tokens, SignInFailure> {
        let renewal = match self.renewals().under_way(&key) {
            Some(renewal) => renewal,
            None => {
                let (sign_in, asked) = (self.clone(), key.clone());
                let renewal = async move {
                    let outcome = match &asked {
                        Some(key) => sign_in.renew_account(key).await,
                        None => sign_in.renew_anyone().await,
                    };
                    sign_in.renewals().finish(&asked);
                    outcome
                }
                .boxed_local()
                .shared();
                self.renewals().begin(key, renewal.clone());
                renewal
            }
        };
        renewal.await
    }

    async fn renew_anyone(&self) -> Result<Tokens, SignInFailure> {
        let begun = self.interaction();
        let (claims, tokens) = self.by_frame(None).await?;
        // Unless the person started a sign-in in the meantime.
        if self.accounts().is_empty() && self.interaction() == begun {
            self.welcome(claims, tokens.clone())?;
        }
        Ok(tokens)
    }

    async fn renew_account(&self, key: &AccountKey) -> Result<Tokens, SignInFailure> {
        let known = self.account(key).ok_or(SignInFailure::ENDED)?;
        match self.renew_known(key, &known).await {
            // A short outage of the provider does not affect someone whose token is still valid.
            Err(failure) if failure.may_pass() => {
                let tokens = known.tokens.filter(|tokens| tokens.is_valid(time::now()));
                tokens.ok_or(failure)
            }
            Err(failure) if failure.is_interaction_required() => {
                self.end(key, &failure);
                Err(failure)
            }
            outcome => outcome,
        }
    }

    async fn renew_known(
        &self,
        key: &AccountKey,
        known: &Account,
    ) -> Result<Tokens, SignInFailure> {
        let refresh_token = known.tokens.as_ref();
        let refresh_token = refresh_token.and_then(|tokens| tokens.refresh_token.as_deref());
        let refreshed = match refresh_token {
            None => None,
            Some(refresh_token) => {
                let claims = &known.claims;
                let grant = Grant::Refresh {
                    refresh_token,
                    claims,
                };
                match self.exchange(grant).await {
                    Err(failure) if is_dead_refresh_token(&failure) => None,
                    outcome => Some(outcome?),
                }
            }
        };
        let (claims, tokens) = match refreshed {
            Some(refreshed) => refreshed,
            None => self.by_frame(Some(key)).await?,
        };
        // The account signed out while the response was in flight; it must not reappear.
        if self.account(key).is_none() {
            return Err(SignInFailure::ENDED);
        }
        // Tokens for another account are discarded, whether or not this tab knows that account.
        if AccountKey::of(&claims) != *key {
            return Err(SignInFailure::InteractionRequired(Cause::OtherAccount));
        }
        self.keep(&claims, tokens.clone())?;
        Ok(tokens)
    }
}

/// The person may still have a session at the provider.
fn is_dead_refresh_token(failure: &SignInFailure) -> bool {
    match failure {
        SignInFailure::InteractionRequired(Cause::Provider(error)) => {
            error.course() == Course::Reacquire
        }
        _ => false,
    }
}
