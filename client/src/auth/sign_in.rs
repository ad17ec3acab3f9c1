//! The one object that holds the person's sign-in; the flows are in the files beside it.

use std::cell::RefCell;
use std::rc::Rc;

use gloo_net::http::Request;
use smart::claims::IdClaims;
use smart::discovery::{ProviderMetadata, openid_configuration};

use super::browser;
use super::configuration::{Configuration, Provider};
use super::failure::SignInFailure;
use super::session::Session;
use super::silent::Renewal;

const SESSION_KEY: &str = "fhir-edge.session";

/// Who uses the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Person {
    /// The server asks for no sign-in.
    Anyone,
    /// Nobody has signed in yet.
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
}

/// Told whenever the person changes.
type Listener = Box<dyn Fn(Person)>;

/// A cheap handle; clones share everything.
#[derive(Clone)]
pub(crate) struct SignIn(pub(super) Rc<Inner>);

pub(super) struct Inner {
    configuration: Configuration,
    metadata: RefCell<Option<ProviderMetadata>>,
    pub(super) renewal: RefCell<Option<Renewal>>,
    listener: RefCell<Option<Listener>>,
}

impl PartialEq for SignIn {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl SignIn {
    pub(crate) fn new(configuration: Configuration) -> Self {
        Self(Rc::new(Inner {
            configuration,
            metadata: RefCell::new(None),
            renewal: RefCell::new(None),
            listener: RefCell::new(None),
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

    /// Calls `listener` whenever the person changes.
    pub(crate) fn listen(&self, listener: impl Fn(Person) + 'static) {
        self.0.listener.replace(Some(Box::new(listener)));
    }

    pub(super) fn tell(&self, person: Person) {
        if let Some(listener) = &*self.0.listener.borrow() {
            listener(person);
        }
    }

    /// The stored sign-in of this connection.
    pub(super) fn session(&self) -> Option<Session> {
        let session: Session = browser::load(browser::tab_storage(), SESSION_KEY)?;
        (session.connection == self.0.configuration.fingerprint()).then_some(session)
    }

    /// Keeps a sign-in and tells the page.
    pub(super) fn keep(&self, session: &Session) -> Result<(), SignInFailure> {
        browser::save(browser::tab_storage(), SESSION_KEY, session)?;
        self.tell(Person::SignedIn(Rc::new(session.claims.clone())));
        Ok(())
    }

    /// Drops the stored tokens.
    pub(super) fn forget(&self) {
        browser::forget(browser::tab_storage(), SESSION_KEY);
    }

    /// Who uses the page, as far as storage tells.
    pub(crate) fn person(&self) -> Person {
        if self.0.configuration.provider.is_none() {
            return Person::Anyone;
        }
        match self.session() {
            Some(session) => Person::SignedIn(Rc::new(session.claims)),
            None => Person::SignedOut,
        }
    }

    /// The provider's metadata, fetched once a page.
    pub(super) async fn metadata(&self) -> Result<ProviderMetadata, SignInFailure> {
        if let Some(metadata) = self.0.metadata.borrow().clone() {
            return Ok(metadata);
        }
        let address = openid_configuration(&self.provider()?.authority);
        let unreachable = || SignInFailure::Unreachable {
            address: address.clone(),
        };
        let response = Request::get(&address)
            .send()
            .await
            .map_err(|_| unreachable())?;
        if !response.ok() {
            return Err(unreachable());
        }
        let metadata: ProviderMetadata = response.json().await.map_err(|_| {
            SignInFailure::Answer("its metadata document cannot be understood".into())
        })?;
        self.0.metadata.replace(Some(metadata.clone()));
        Ok(metadata)
    }
}
