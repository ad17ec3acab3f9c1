//! An access token without asking the person: the kept one, then the refresh token, then a hidden
//! frame with `prompt=none`, and only then the person. The order is MSAL's.

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

/// A renewal under way, which every caller for the same account awaits.
type Renewal = Shared<LocalBoxFuture<'static, Result<Tokens, SignInFailure>>>;

/// The renewals under way, by account; without one for whoever the provider knows.
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

/// Whether the kept token will do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Freshness<'a> {
    /// Any token that is good for some minutes more.
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
            // The person has been asked already, and only the person can help.
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

    /// In a tab that knows no account: finds out whether the provider knows the person, as after
    /// a link was opened in a new tab.
    pub(crate) async fn resume(&self) {
        if self.configuration().provider.is_some() && self.accounts().is_empty() {
            // If not, the page asks for a sign-in, which is no failure.
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

    /// Joins the renewal under way for the account or starts one.
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
        // Unless the person did something in the meantime.
        if self.accounts().is_empty() && self.interaction() == begun {
            self.welcome(claims, tokens.clone())?;
        }
        Ok(tokens)
    }

    async fn renew_account(&self, key: &AccountKey) -> Result<Tokens, SignInFailure> {
        let known = self.account(key).ok_or(SignInFailure::ENDED)?;
        match self.renew_known(key, &known).await {
            // A provider that is away for a minute need not stop someone whose token still works.
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
        // Signed out while the answer was on its way: the account must not come back by it.
        if self.account(key).is_none() {
            return Err(SignInFailure::ENDED);
        }
        // Nobody asked for another account's tokens: they are thrown away, whether this tab knows
        // the account or not.
        if AccountKey::of(&claims) != *key {
            return Err(SignInFailure::InteractionRequired(Cause::OtherAccount));
        }
        self.keep(&claims, tokens.clone())?;
        Ok(tokens)
    }
}

/// The provider may know the person all the same.
fn is_dead_refresh_token(failure: &SignInFailure) -> bool {
    match failure {
        SignInFailure::InteractionRequired(Cause::Provider(error)) => {
            error.course() == Course::Reacquire
        }
        _ => false,
    }
}
