//! The running app: its session, and new tokens when the old ones run out.

use std::cell::RefCell;
use std::rc::Rc;

use futures::FutureExt;
use futures::future::{LocalBoxFuture, Shared};

use super::failure::AppFailure;
use super::fetch;
use super::session::AppSession;
use crate::auth::{browser, time};

const SESSION_KEY: &str = "fhir-edge.sample-app.session";

/// A refresh under way, which every caller awaits: many servers take a refresh token once.
type Renewal = Shared<LocalBoxFuture<'static, Result<(), AppFailure>>>;
/// Called whenever the tokens change, and when a refresh fails.
type Listener = Box<dyn Fn(Result<AppSession, AppFailure>)>;

/// A cheap handle; clones share everything.
#[derive(Clone)]
pub(crate) struct SmartApp(Rc<Inner>);

struct Inner {
    session: RefCell<AppSession>,
    renewal: RefCell<Option<Renewal>>,
    listener: RefCell<Option<Listener>>,
}

impl PartialEq for SmartApp {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl SmartApp {
    fn of(session: AppSession) -> Self {
        Self(Rc::new(Inner {
            session: RefCell::new(session),
            renewal: RefCell::new(None),
            listener: RefCell::new(None),
        }))
    }

    /// The app as it was before the page was loaded again.
    pub(crate) fn stored() -> Option<Self> {
        browser::load(browser::tab_storage(), SESSION_KEY).map(Self::of)
    }

    /// A new app, kept for the next load.
    pub(super) fn keep(session: AppSession) -> Result<Self, AppFailure> {
        browser::save(browser::tab_storage(), SESSION_KEY, &session)?;
        Ok(Self::of(session))
    }

    /// Drops the tokens.
    pub(crate) fn forget(&self) {
        browser::forget(browser::tab_storage(), SESSION_KEY);
    }

    /// The session as it is now.
    pub(crate) fn session(&self) -> AppSession {
        self.0.session.borrow().clone()
    }

    /// Calls `listener` whenever the tokens change or a refresh fails.
    pub(crate) fn listen(&self, listener: impl Fn(Result<AppSession, AppFailure>) + 'static) {
        self.0.listener.replace(Some(Box::new(listener)));
    }

    /// The bearer token, renewed when it has run out. One that cannot be renewed is sent anyway, so
    /// that the server answers why it refuses.
    pub(crate) async fn access_token(&self) -> String {
        let session = self.session();
        if !session.is_valid(time::now()) && session.refresh_token().is_some() {
            // The listener is notified; this request uses the old token.
            let _ = self.refresh().await;
        }
        self.session().access_token().to_owned()
    }

    /// Joins the refresh under way or starts one.
    pub(crate) async fn refresh(&self) -> Result<(), AppFailure> {
        let under_way = self.0.renewal.borrow().clone();
        let renewal = match under_way {
            Some(renewal) => renewal,
            None => {
                let app = self.clone();
                let renewal = async move {
                    let outcome = app.refresh_alone().await;
                    app.0.renewal.replace(None);
                    app.tell(outcome.clone().map(|()| app.session()));
                    outcome
                }
                .boxed_local()
                .shared();
                self.0.renewal.replace(Some(renewal.clone()));
                renewal
            }
        };
        renewal.await
    }

    async fn refresh_alone(&self) -> Result<(), AppFailure> {
        let session = self.session();
        let refresh_token = session.refresh_token().ok_or(AppFailure::NoRefreshToken)?;
        let pairs = [
            ("grant_type", "refresh_token"),
            ("refresh_token", refresh_token),
            ("client_id", session.client_id.as_str()),
        ];
        let answer = fetch::tokens(&session.token_endpoint, &pairs).await?;
        let session = session.refreshed(answer, time::now())?;
        browser::save(browser::tab_storage(), SESSION_KEY, &session)?;
        self.0.session.replace(session);
        Ok(())
    }

    fn tell(&self, news: Result<AppSession, AppFailure>) {
        if let Some(listener) = &*self.0.listener.borrow() {
            listener(news);
        }
    }
}
