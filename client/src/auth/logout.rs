//! Sign-out here, in the other tabs and at the provider.
//! <https://openid.net/specs/openid-connect-rpinitiated-1_0.html>

use serde::{Deserialize, Serialize};
use smart::form;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{BroadcastChannel, MessageEvent};

use super::account::{Account, AccountKey};
use super::browser;
use super::failure::SignInFailure;
use super::sign_in::{ACCOUNTS_KEY, Person, SignIn};
use super::smart_app::address::with_parameters;

const SIGNED_OUT_PAGE: &str = "/app/";
const CHANNEL: &str = "fhir-edge.sign-out";

/// Who leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Leaving {
    /// The account at work.
    Active,
    /// Every account of this tab.
    All,
}

/// What the other tabs are told: names of accounts, never tokens.
#[derive(Serialize, Deserialize)]
struct SignedOut {
    connection: String,
    accounts: Vec<AccountKey>,
}

impl SignIn {
    /// Drops the tokens first, so that they are gone even when the provider cannot be reached.
    ///
    /// The provider is told the client and not the ID token: tokens stay out of addresses.
    pub(crate) async fn sign_out(&self, leaving: Leaving) -> Result<(), SignInFailure> {
        let active = self.person().account();
        let accounts: Vec<AccountKey> = match leaving {
            Leaving::All => self.accounts().iter().map(Account::key).collect(),
            Leaving::Active => active.iter().cloned().collect(),
        };
        let hint = active.and_then(|key| self.hint_of(&key));
        self.begin_interaction();
        self.forget(&accounts);
        self.tell(Person::SignedOut, None);
        if let Some(channel) = &*self.0.channel.borrow() {
            channel.tell(&SignedOut {
                connection: self.connection().to_owned(),
                accounts,
            });
        }
        let Some(endpoint) = self.metadata().await?.end_session_endpoint else {
            return Ok(());
        };
        let back = browser::page_address(SIGNED_OUT_PAGE)?;
        let mut pairs = vec![
            ("client_id", self.provider()?.client_id.as_str()),
            ("post_logout_redirect_uri", back.as_str()),
        ];
        if let Some(hint) = hint.as_deref().filter(|_| leaving == Leaving::Active) {
            pairs.push(("logout_hint", hint));
        }
        browser::window()?
            .location()
            .assign(&with_parameters(&endpoint, &form::encode(pairs)))
            .map_err(|_| SignInFailure::Browser("pages to open other pages"))
    }

    /// Forgets accounts, and what was done in this tab: that is not the next one's business.
    fn forget(&self, leaving: &[AccountKey]) {
        browser::forget_work(ACCOUNTS_KEY);
        let forgotten = self.change(|accounts, connection| {
            for key in leaving {
                accounts.remove(connection, key);
            }
        });
        if forgotten.is_err() || self.accounts().is_empty() {
            browser::forget_tab();
        }
    }

    /// Another tab signed out: the same accounts leave here.
    fn follow(&self, told: &SignedOut) {
        if told.connection != self.connection() {
            return;
        }
        let known = |key: &&AccountKey| self.account(key).is_some();
        let shown = self.person().account();
        let is_shown = shown.is_some_and(|shown| told.accounts.contains(&shown));
        if !is_shown && !told.accounts.iter().any(|key| known(&key)) {
            return;
        }
        if is_shown {
            self.forget(&told.accounts);
            self.begin_interaction();
            self.tell(Person::SignedOut, Some(SignInFailure::SignedOutElsewhere));
        } else {
            // Someone else is at work in this tab, whose work stays.
            let _ = self.change(|accounts, connection| {
                for key in &told.accounts {
                    accounts.remove(connection, key);
                }
            });
        }
    }
}

/// This tab's end of the channel between the tabs; closed when dropped.
pub(super) struct SignOutChannel {
    channel: BroadcastChannel,
    _listener: Closure<dyn FnMut(MessageEvent)>,
}

impl SignOutChannel {
    /// None where the browser has no such channels: there each tab stands alone.
    pub(super) fn open(sign_in: &SignIn) -> Option<Self> {
        let channel = BroadcastChannel::new(CHANNEL).ok()?;
        let inner = std::rc::Rc::downgrade(&sign_in.0);
        let listener = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            let told = event.data().as_string();
            let told = told.and_then(|text| serde_json::from_str::<SignedOut>(&text).ok());
            if let (Some(inner), Some(told)) = (inner.upgrade(), told) {
                SignIn(inner).follow(&told);
            }
        });
        channel.set_onmessage(Some(listener.as_ref().unchecked_ref()));
        Some(Self {
            channel,
            _listener: listener,
        })
    }

    fn tell(&self, signed_out: &SignedOut) {
        if let Ok(text) = serde_json::to_string(signed_out) {
            // A tab that cannot be told asks the provider when its token ends.
            let _ = self.channel.post_message(&text.into());
        }
    }
}

impl Drop for SignOutChannel {
    fn drop(&mut self) {
        self.channel.set_onmessage(None);
        self.channel.close();
    }
}
