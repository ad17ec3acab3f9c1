//! The one object that holds the tab's accounts; the flows are in the files beside it.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use smart::claims::IdClaims;
use smart::discovery::{ProviderMetadata, openid_configuration};

use super::account::{Account, AccountKey, Accounts};
use super::authorize::Who;
use super::browser;
use super::configuration::{Configuration, Provider};
use super::endpoints;
use super::failure::{Cause, SignInFailure};
use super::logout::SignOutChannel;
use super::popup::OpenPopup;
use super::provider_request::ask;
use super::silent::Renewal;
use super::tokens::Tokens;

pub(super) const ACCOUNTS_KEY: &str = "fhir-edge.accounts";

/// Who uses the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Person {
    /// The server asks for no sign-in.
    Anyone,
    /// Nobody is at work: nobody signed in yet, or the one who did signed out.
    SignedOut,
    /// Signed in.
    SignedIn(Rc<IdClaims>),
    /// Was signed in; the page's work is kept until this person signs in again.
    Ended(Rc<IdClaims>),
}

impl Person {
    /// The claims of the person that the page shows.
    pub(crate) fn claims(&self) -> Option<&IdClaims> {
        match self {
            Self::SignedIn(claims) | Self::Ended(claims) => Some(claims),
            Self::Anyone | Self::SignedOut => None,
        }
    }

    /// The account that the page shows.
    pub(crate) fn account(&self) -> Option<AccountKey> {
        self.claims().map(AccountKey::of)
    }
}

/// Told whenever the person changes.
type Listener = Box<dyn Fn(Person)>;

/// A cheap handle; clones share everything.
#[derive(Clone)]
pub(crate) struct SignIn(pub(super) Rc<Inner>);

pub(super) struct Inner {
    configuration: Configuration,
    connection: String,
    metadata: RefCell<Option<ProviderMetadata>>,
    person: RefCell<Person>,
    /// Why the person of the page has to sign in again.
    reason: RefCell<Option<SignInFailure>>,
    /// What the provider wants to be asked for as well, by account.
    challenges: RefCell<BTreeMap<AccountKey, String>>,
    pub(super) renewals: RefCell<BTreeMap<Option<AccountKey>, Renewal>>,
    pub(super) popup: RefCell<Option<OpenPopup>>,
    /// Counts the sign-ins that the person began.
    pub(super) interactions: Cell<u32>,
    pub(super) channel: RefCell<Option<SignOutChannel>>,
    listener: RefCell<Option<Listener>>,
}

impl PartialEq for SignIn {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl SignIn {
    pub(crate) fn new(configuration: Configuration) -> Self {
        let connection = configuration.fingerprint();
        let accounts = stored();
        let person = match (&configuration.provider, accounts.active(&connection)) {
            (None, _) => Person::Anyone,
            (Some(_), Some(account)) => Person::SignedIn(Rc::new(account.claims.clone())),
            (Some(_), None) => Person::SignedOut,
        };
        Self(Rc::new(Inner {
            configuration,
            connection,
            metadata: RefCell::new(None),
            person: RefCell::new(person),
            reason: RefCell::new(None),
            challenges: RefCell::default(),
            renewals: RefCell::default(),
            popup: RefCell::new(None),
            interactions: Cell::new(0),
            channel: RefCell::new(None),
            listener: RefCell::new(None),
        }))
    }

    pub(crate) fn configuration(&self) -> &Configuration {
        &self.0.configuration
    }

    /// Names the connection that accounts belong to.
    pub(super) fn connection(&self) -> &str {
        &self.0.connection
    }

    /// The provider; only an open server has none, and there no flow is ever started.
    pub(super) fn provider(&self) -> Result<&Provider, SignInFailure> {
        let provider = self.0.configuration.provider.as_ref();
        provider.ok_or_else(|| SignInFailure::Answer("this connection is set to no sign-in".into()))
    }

    /// Calls `listener` whenever the person changes, here or by a sign-out in another tab.
    pub(crate) fn listen(&self, listener: impl Fn(Person) + 'static) {
        self.0.listener.replace(Some(Box::new(listener)));
        self.0.channel.replace(SignOutChannel::open(self));
    }

    pub(super) fn tell(&self, person: Person, reason: Option<SignInFailure>) {
        self.0.person.replace(person.clone());
        self.0.reason.replace(reason);
        if let Some(listener) = &*self.0.listener.borrow() {
            listener(person);
        }
    }

    /// Who uses the page.
    pub(crate) fn person(&self) -> Person {
        self.0.person.borrow().clone()
    }

    /// Why there is nobody at work any more.
    pub(crate) fn reason(&self) -> Option<SignInFailure> {
        self.0.reason.borrow().clone()
    }

    /// The accounts of this tab on this connection.
    pub(crate) fn accounts(&self) -> Vec<Account> {
        stored().of(self.connection()).cloned().collect()
    }

    pub(super) fn account(&self, key: &AccountKey) -> Option<Account> {
        stored().get(self.connection(), key).cloned()
    }

    /// False when only the person can bring new tokens.
    pub(crate) fn has_tokens(&self, key: &AccountKey) -> bool {
        self.account(key)
            .is_some_and(|account| account.tokens.is_some())
    }

    /// What tells the provider that this account is meant.
    pub(super) fn hint_of(&self, key: &AccountKey) -> Option<String> {
        let account = self.account(key);
        let shown = self.person();
        let claims = account.as_ref().map(|account| &account.claims);
        let claims = claims.or_else(|| {
            shown
                .claims()
                .filter(|claims| AccountKey::of(claims) == *key)
        });
        claims.and_then(IdClaims::hint).map(str::to_owned)
    }

    pub(super) fn challenge_of(&self, who: &Who) -> Option<String> {
        match who {
            Who::Known(key) => self.0.challenges.borrow().get(key).cloned(),
            Who::Anyone | Who::Another | Who::Named(_) => None,
        }
    }

    /// Changes what is stored.
    pub(super) fn change(
        &self,
        change: impl FnOnce(&mut Accounts, &str),
    ) -> Result<(), SignInFailure> {
        let mut accounts = stored();
        change(&mut accounts, self.connection());
        browser::save(browser::tab_storage(), ACCOUNTS_KEY, &accounts)
    }

    /// Keeps new tokens of an account, whoever is at work.
    pub(super) fn keep(&self, claims: &IdClaims, tokens: Tokens) -> Result<(), SignInFailure> {
        let key = AccountKey::of(claims);
        self.change(|accounts, connection| accounts.keep(connection, claims.clone(), tokens))?;
        self.0.challenges.borrow_mut().remove(&key);
        if self.person().account() == Some(key) {
            self.tell(Person::SignedIn(Rc::new(claims.clone())), None);
        }
        Ok(())
    }

    /// Keeps the tokens of someone who signed in, and puts the account to work.
    pub(super) fn welcome(&self, claims: IdClaims, tokens: Tokens) -> Result<(), SignInFailure> {
        self.keep(&claims, tokens)?;
        self.put_to_work(claims)
    }

    /// Puts an account to work.
    pub(super) fn put_to_work(&self, claims: IdClaims) -> Result<(), SignInFailure> {
        let key = AccountKey::of(&claims);
        if self.person().account().is_some_and(|before| before != key) {
            browser::forget_work(ACCOUNTS_KEY);
        }
        self.change(|accounts, connection| accounts.activate(connection, &key))?;
        self.tell(Person::SignedIn(Rc::new(claims)), None);
        Ok(())
    }

    /// Drops the tokens of an account that must sign in again.
    pub(super) fn end(&self, key: &AccountKey, why: &SignInFailure) {
        // What cannot be written could not be read either.
        let _ = self.change(|accounts, connection| accounts.end(connection, key));
        if let SignInFailure::InteractionRequired(Cause::Provider(error)) = why
            && let Some(claims) = &error.claims
        {
            let mut challenges = self.0.challenges.borrow_mut();
            challenges.insert(key.clone(), claims.clone());
        }
        let person = self.person();
        if let Some(claims) = person
            .claims()
            .filter(|_| person.account().as_ref() == Some(key))
        {
            self.tell(Person::Ended(Rc::new(claims.clone())), Some(why.clone()));
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
        let metadata: ProviderMetadata = response.json().await.map_err(|_| {
            SignInFailure::Answer("its metadata document cannot be understood".into())
        })?;
        endpoints::check(&metadata)?;
        self.0.metadata.replace(Some(metadata.clone()));
        Ok(metadata)
    }
}

/// What the tab's storage holds; what cannot be read counts as nothing.
fn stored() -> Accounts {
    browser::load(browser::tab_storage(), ACCOUNTS_KEY).unwrap_or_default()
}
