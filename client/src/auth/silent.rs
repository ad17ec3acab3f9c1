//! An access token without asking the person: the kept one, then the refresh token, then a hidden
//! frame with `prompt=none`, and only then the person. The order is MSAL's.

use std::pin::pin;
use std::rc::Rc;

use futures::FutureExt;
use futures::future::{Either, LocalBoxFuture, Shared, select};
use gloo_timers::future::TimeoutFuture;
use smart::state::Interaction;
use wasm_bindgen::JsCast;
use web_sys::HtmlIFrameElement;

use super::authorize::Account;
use super::bridge::Bridge;
use super::browser;
use super::failure::SignInFailure;
use super::session::Session;
use super::sign_in::{Person, SignIn};
use super::token_endpoint::Grant;

const FRAME_TIMEOUT_MILLIS: u32 = 10_000;

/// A renewal under way, which every caller awaits.
pub(super) type Renewal = Shared<LocalBoxFuture<'static, Result<Session, SignInFailure>>>;

/// Whether the kept token will do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Freshness {
    /// Any token that is good for some minutes more.
    Kept,
    /// The server refused the kept one.
    New,
}

impl SignIn {
    /// The bearer token for the FHIR server; none when the server is open.
    pub(crate) async fn access_token(
        &self,
        freshness: Freshness,
    ) -> Result<Option<String>, SignInFailure> {
        if self.configuration().provider.is_none() {
            return Ok(None);
        }
        let session = match self.session() {
            Some(session) if freshness == Freshness::Kept && session.is_fresh(browser::now()) => {
                session
            }
            _ => self.renew().await?,
        };
        Ok(Some(session.access_token))
    }

    /// Joins the renewal under way or starts one.
    async fn renew(&self) -> Result<Session, SignInFailure> {
        let under_way = self.0.renewal.borrow().clone();
        let renewal = match under_way {
            Some(renewal) => renewal,
            None => {
                let sign_in = self.clone();
                let renewal = async move {
                    let outcome = sign_in.renew_alone().await;
                    sign_in.0.renewal.replace(None);
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

    async fn renew_alone(&self) -> Result<Session, SignInFailure> {
        let known = self.session();
        let outcome = self.renew_by_any_means(known.as_ref()).await;
        match (outcome, known) {
            // A provider that is away for a minute need not stop someone whose token still works.
            (Err(SignInFailure::Unreachable { .. }), Some(known))
                if known.is_valid(browser::now()) =>
            {
                Ok(known)
            }
            (Err(SignInFailure::InteractionRequired), Some(known)) => {
                self.forget();
                self.tell(Person::Ended(Rc::new(known.claims)));
                Err(SignInFailure::InteractionRequired)
            }
            (outcome, _) => outcome,
        }
    }

    async fn renew_by_any_means(&self, known: Option<&Session>) -> Result<Session, SignInFailure> {
        if let Some(refresh_token) = known.and_then(|known| known.refresh_token.as_deref()) {
            match self.exchange(Grant::Refresh { refresh_token }).await {
                Err(SignInFailure::InteractionRequired) => {}
                outcome => return outcome,
            }
        }
        self.by_frame().await
    }

    /// Asks the provider whether it still knows the person.
    async fn by_frame(&self) -> Result<Session, SignInFailure> {
        let (url, pending) = self.prepare(Interaction::Silent, &Account::Current).await?;
        let mut bridge = Bridge::open(&pending.state_id)?;
        let frame = HiddenFrame::open(&url)?;
        let answer = {
            let timeout = TimeoutFuture::new(FRAME_TIMEOUT_MILLIS);
            match select(pin!(bridge.answer()), pin!(timeout)).await {
                Either::Left((answer, _)) => answer,
                Either::Right(_) => None,
            }
        };
        drop(frame);
        // No answer: browsers that block third-party cookies show the login page in the frame.
        let fragment = answer.ok_or(SignInFailure::InteractionRequired)?;
        let session = self.redeem(&fragment, &pending).await?;
        Ok(session)
    }
}

/// Removed from the page when dropped.
struct HiddenFrame(HtmlIFrameElement);

impl HiddenFrame {
    fn open(url: &str) -> Result<Self, SignInFailure> {
        let refused = || SignInFailure::Browser("hidden frames");
        let document = browser::window()?.document().ok_or_else(refused)?;
        let frame: HtmlIFrameElement = document
            .create_element("iframe")
            .map_err(|_| refused())?
            .unchecked_into();
        // Through the object model: the policy `style-src 'self'` blocks style attributes.
        for (property, value) in [
            ("position", "absolute"),
            ("visibility", "hidden"),
            ("width", "0"),
            ("height", "0"),
            ("border", "0"),
        ] {
            frame
                .style()
                .set_property(property, value)
                .map_err(|_| refused())?;
        }
        frame.set_title("Silent sign-in");
        for (attribute, value) in [
            ("sandbox", "allow-scripts allow-same-origin allow-forms"),
            ("aria-hidden", "true"),
            ("tabindex", "-1"),
        ] {
            frame
                .set_attribute(attribute, value)
                .map_err(|_| refused())?;
        }
        frame.set_src(url);
        let body = document.body().ok_or_else(refused)?;
        body.append_child(&frame).map_err(|_| refused())?;
        Ok(Self(frame))
    }
}

impl Drop for HiddenFrame {
    fn drop(&mut self) {
        self.0.remove();
    }
}
