//! The tab's sign-in: the one owner of its [`Session`], of what the tab has stored, and of the flows
//! under way. The flows are in the files beside it and change all this only by its methods.

use std::cell::RefCell;
use std::rc::Rc;

use smart::claims::IdClaims;
use smart::discovery::{ProviderMetadata, openid_configuration};

use super::account::{Account, AccountKey, Accounts};
use super::authorize::Who;
use super::browser;
use super::configuration::{Configuration, Provider};
use super::endpoints;
use super::failure::SignInFailure;
use super::logout::SignOutChannel;
use super::popup::Popup;
use super::provider_request::ask;
use super::session::{Cleanup, Leaving, Person, Session, SignedOut};
use super::silent::Renewals;
use super::tokens::Tokens;

const ACCOUNTS_KEY: &str = "fhir-edge.accounts";

/// Called whenever the person changes.
type Listener = Box<dyn Fn(Person)>;

/// A cheap handle; clones share everything.
#[derive(Clone)]
pub(crate) struct SignIn(Rc<Inner>);

struct Inner {
    configuration: Configuration,
    session: RefCell<Session>,
    metadata: RefCell<Option<ProviderMetadata>>,
    renewals: Renewals,
    popup: Popup,
    channel: RefCell<Option<SignOutChannel>>,
    listener: RefCell<Option<Listener>>,
}

impl PartialEq for SignIn {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl SignIn {
    pub(crate) fn new(configuration: Configuration) -> Self {
        let needs_sign_in = configuration.provider.is_some();
        let session = Session::new(configuration.fingerprint(), needs_sign_in, &stored());
        Self(Rc::new(Inner {
            configuration,
            session: RefCell::new(session),
            metadata: RefCell::default(),
            renewals: Renewals::default(),
            popup: Popup::default(),
            channel: RefCell::default(),
            listener: RefCell::default(),
        }))
    }

    pub(crate) fn configuration(&self) -> &Configuration {
        &self.0.configuration
    }

    /// The provider; only an open server has none, and there no flow is ever started.
    pub(super) fn provider(&self) -> Result<&Provider, SignInFailure> {
        let provider = self.0.configuration.provider.as_ref();
        provider.ok_or_else(|| SignInFailure::Answer("this connection is set to no sign-in".into()))
    }

    /// Calls `listener` whenever the person changes, here or by a sign-out in another tab.
    pub(crate) fn listen(&self, listener: impl Fn(Person) + 'static) {
        self.0.listener.replace(Some(Box::new(listener)));
        let inner = Rc::downgrade(&self.0);
        let channel = SignOutChannel::open(move |signed_out| {
            if let Some(inner) = inner.upgrade() {
                Self(inner).follow(signed_out);
            }
        });
        self.0.channel.replace(channel);
    }

    /// Who uses the page.
    pub(crate) fn person(&self) -> Person {
        self.0.session.borrow().person().clone()
    }

    /// Why the person has to sign in again.
    pub(crate) fn reason(&self) -> Option<SignInFailure> {
        self.0.session.borrow().reason().cloned()
    }

    /// The accounts of this tab on this connection.
    pub(crate) fn accounts(&self) -> Vec<Account> {
        let session = self.0.session.borrow();
        stored().of(session.connection()).cloned().collect()
    }

    pub(super) fn account(&self, key: &AccountKey) -> Option<Account> {
        let session = self.0.session.borrow();
        stored().get(session.connection(), key).cloned()
    }

    /// False when only an interactive sign-in can get new tokens.
    pub(crate) fn has_tokens(&self, key: &AccountKey) -> bool {
        self.account(key)
            .is_some_and(|account| account.tokens.is_some())
    }

    /// The `login_hint` for this account.
    pub(super) fn hint_of(&self, key: &AccountKey) -> Option<String> {
        self.0.session.borrow().hint(&stored(), key)
    }

    /// The claims that the provider wants requested.
    pub(super) fn challenge_of(&self, who: &Who) -> Option<String> {
        match who {
            Who::Known(key) => {
                let session = self.0.session.borrow();
                session.challenge(key).map(str::to_owned)
            }
            Who::Anyone | Who::Another | Who::Named(_) => None,
        }
    }

    pub(super) fn renewals(&self) -> &Renewals {
        &self.0.renewals
    }

    pub(super) fn popup(&self) -> &Popup {
        &self.0.popup
    }

    /// The last sign-in that the person began.
    pub(super) fn interaction(&self) -> u32 {
        self.0.session.borrow().interaction()
    }

    /// Begins a sign-in, and gives up the one that was under way.
    pub(super) fn begin_interaction(&self) -> u32 {
        let mut session = self.0.session.borrow().clone();
        let interaction = session.begin_interaction();
        self.replace(session);
        interaction
    }

    /// Keeps new tokens of an account, active or not.
    pub(super) fn keep(&self, claims: &IdClaims, tokens: Tokens) -> Result<(), SignInFailure> {
        let mut change = self.change();
        change.session.keep(&mut change.accounts, claims, tokens);
        change.store()?;
        self.replace(change.session);
        Ok(())
    }

    /// Keeps the tokens of someone who signed in, and makes the account the active one.
    pub(super) fn welcome(&self, claims: IdClaims, tokens: Tokens) -> Result<(), SignInFailure> {
        self.keep(&claims, tokens)?;
        self.activate(claims)
    }

    /// Makes an account the active one.
    pub(super) fn activate(&self, claims: IdClaims) -> Result<(), SignInFailure> {
        let mut change = self.change();
        let cleanup = change.session.activate(&mut change.accounts, claims);
        clean_up(cleanup);
        change.store()?;
        self.replace(change.session);
        Ok(())
    }

    /// Drops the tokens of an account whose person must sign in again.
    pub(super) fn end(&self, key: &AccountKey, why: &SignInFailure) {
        let mut change = self.change();
        change.session.end(&mut change.accounts, key, why);
        // Storage that cannot be written cannot be read either.
        let _ = change.store();
        self.replace(change.session);
    }

    /// Drops the tokens of those who sign out, here and in the other tabs.
    pub(super) fn leave(&self, leaving: Leaving) {
        let mut change = self.change();
        let (signed_out, cleanup) = change.session.sign_out(&mut change.accounts, leaving);
        change.store_or_forget(cleanup);
        self.replace(change.session);
        if let Some(channel) = &*self.0.channel.borrow() {
            channel.tell(&signed_out);
        }
    }

    /// Another tab signed out: the same accounts are signed out here.
    fn follow(&self, signed_out: &SignedOut) {
        let mut change = self.change();
        let cleanup = change.session.follow(&mut change.accounts, signed_out);
        change.store_or_forget(cleanup);
        self.replace(change.session);
    }

    fn change(&self) -> Change {
        let accounts = stored();
        Change {
            session: self.0.session.borrow().clone(),
            before: accounts.clone(),
            accounts,
        }
    }

    /// Sets the session's next state and notifies everyone whom the change concerns.
    fn replace(&self, session: Session) {
        let (person, interaction) = (session.person().clone(), session.interaction());
        let before = self.0.session.replace(session);
        if interaction != before.interaction() {
            self.0.popup.close();
        }
        if person != *before.person()
            && let Some(listener) = &*self.0.listener.borrow()
        {
            listener(person);
        }
    }

    /// The provider's metadata, fetched once a page.
    pub(super) async fn metadata(&self) -> Result<ProviderMetadata, SignInFailure> {
        if let Some(metadata) = self.0.metadata.borrow().clone() {
            return Ok(metadata);
        }
        let address = openid_configuration(&self.provider()?.authority);
        let response = ask(&address, None).await?;
        if !response.ok() {
            return Err(SignInFailure::Unreachable { address });
        }
        let metadata: ProviderMetadata = response
            .json()
            .await
            .map_err(|_| SignInFailure::Answer("its metadata document is not valid".into()))?;
        endpoints::check(&metadata)?;
        self.0.metadata.replace(Some(metadata.clone()));
        Ok(metadata)
    }
}

/// A transition under way: the next state, and the accounts before and after.
struct Change {
    session: Session,
    before: Accounts,
    accounts: Accounts,
}

impl Change {
    fn store(&self) -> Result<(), SignInFailure> {
        if self.accounts == self.before {
            return Ok(());
        }
        browser::save(browser::tab_storage(), ACCOUNTS_KEY, &self.accounts)
    }

    /// A sign-out leaves no data behind, even when the storage cannot be written.
    fn store_or_forget(&self, cleanup: Cleanup) {
        match self.store() {
            Ok(()) => clean_up(cleanup),
            Err(_) => clean_up(Cleanup::Tab),
        }
    }
}

fn clean_up(cleanup: Cleanup) {
    match cleanup {
        Cleanup::Nothing => {}
        Cleanup::Work => browser::forget_work(ACCOUNTS_KEY),
        Cleanup::Tab => browser::forget_tab(),
    }
}

/// The accounts in the tab's storage; unreadable data counts as none.
fn stored() -> Accounts {
    browser::load(browser::tab_storage(), ACCOUNTS_KEY).unwrap_or_default()
}
