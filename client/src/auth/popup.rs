//! Sign-in in a popup window: the page behind it keeps its state.

use std::cell::RefCell;
use std::pin::pin;

use futures::FutureExt;
use futures::channel::oneshot;
use futures::future::{Either, LocalBoxFuture, Shared, select};
use gloo_timers::future::TimeoutFuture;
use smart::state::Interaction;
use wasm_bindgen_futures::spawn_local;
use web_sys::Window;

use super::authorize::{PendingRequest, Who};
use super::bridge::Bridge;
use super::browser;
use super::failure::SignInFailure;
use super::sign_in::SignIn;

/// Always a new window: a named one could belong to another tab.
const WINDOW_NAME: &str = "_blank";
const WINDOW_FEATURES: &str = "popup,width=483,height=640";
const CLOSED_POLL_MILLIS: u32 = 250;
/// The redirect page posts its answer and closes at once: the message may come second.
const LAST_MESSAGE_MILLIS: u32 = 750;
/// How long a response is accepted from a window that looks closed.
const LATE_MILLIS: u32 = 600_000;

/// The sign-in window, while one is open; another is not opened beside it.
#[derive(Default)]
pub(super) struct Popup(RefCell<Option<OpenPopup>>);

struct OpenPopup {
    interaction: u32,
    who: Who,
    window: Window,
    outcome: Outcome,
    /// Dropped with this, which cancels the flow.
    _going_on: oneshot::Sender<()>,
}

type Outcome = Shared<LocalBoxFuture<'static, Result<(), SignInFailure>>>;

impl Popup {
    /// Brings the window of the same sign-in to the front.
    fn join(&self, who: &Who) -> Option<Outcome> {
        let popup = self.0.borrow();
        let popup = popup.as_ref().filter(|popup| popup.who == *who)?;
        if popup.window.closed().unwrap_or(true) {
            return None;
        }
        let _ = popup.window.focus();
        Some(popup.outcome.clone())
    }

    /// Gives up the sign-in in the window.
    pub(super) fn close(&self) {
        if let Some(popup) = self.0.take() {
            let _ = popup.window.close();
        }
    }

    fn finish(&self, interaction: u32) {
        let mut popup = self.0.borrow_mut();
        popup.take_if(|popup| popup.interaction == interaction);
    }
}

impl SignIn {
    /// Must be called from a click: browsers open windows for clicks only, hence the blank window
    /// before anything is awaited. A second call for the same account brings the window to the
    /// front; one for another account takes its place.
    pub(crate) async fn by_popup(&self, who: Who) -> Result<(), SignInFailure> {
        if let Some(outcome) = self.popup().join(&who) {
            return outcome.await;
        }
        let interaction = self.begin_interaction();
        let window = browser::window()?
            .open_with_url_and_target_and_features("about:blank", WINDOW_NAME, WINDOW_FEATURES)
            .ok()
            .flatten()
            // Some blockers return a window and close it at once.
            .filter(|window| !window.closed().unwrap_or(true))
            .ok_or(SignInFailure::PopupBlocked)?;
        let (going_on, superseded) = oneshot::channel();
        let outcome = {
            let (sign_in, who, window) = (self.clone(), who.clone(), window.clone());
            async move {
                let flow = pin!(sign_in.in_popup(interaction, &window, &who));
                let outcome = match select(flow, superseded).await {
                    Either::Left((outcome, _)) => outcome,
                    Either::Right(_) => Err(SignInFailure::Superseded),
                };
                let _ = window.close();
                sign_in.popup().finish(interaction);
                outcome
            }
            .boxed_local()
            .shared()
        };
        self.popup().0.replace(Some(OpenPopup {
            interaction,
            who,
            window,
            outcome: outcome.clone(),
            _going_on: going_on,
        }));
        outcome.await
    }

    async fn in_popup(
        &self,
        interaction: u32,
        popup: &Window,
        who: &Who,
    ) -> Result<(), SignInFailure> {
        let (url, pending) = self.prepare(Interaction::Popup, who).await?;
        let mut bridge = Bridge::open(&pending.state_id)?;
        popup
            .location()
            .replace(&url)
            .map_err(|_| SignInFailure::PopupClosed)?;
        let fragment = match select(pin!(bridge.answer()), pin!(closed(popup))).await {
            Either::Left((fragment, _)) => fragment,
            Either::Right(_) => None,
        };
        let Some(fragment) = fragment else {
            self.clone().answer_late(interaction, bridge, pending);
            return Err(SignInFailure::PopupClosed);
        };
        self.complete(&fragment, &pending).await
    }

    /// A window looks closed as soon as the provider's Cross-Origin-Opener-Policy severs it from its
    /// opener, while the person still signs in there. The response is accepted until the next sign-in
    /// begins.
    fn answer_late(self, interaction: u32, mut bridge: Bridge, pending: PendingRequest) {
        spawn_local(async move {
            let answer = match select(pin!(bridge.answer()), TimeoutFuture::new(LATE_MILLIS)).await
            {
                Either::Left((answer, _)) => answer,
                Either::Right(_) => None,
            };
            if let Some(fragment) = answer
                && self.interaction() == interaction
            {
                // The page has already reported that the sign-in was not finished.
                let _ = self.complete(&fragment, &pending).await;
            }
        });
    }
}

async fn closed(popup: &Window) {
    while !popup.closed().unwrap_or(true) {
        TimeoutFuture::new(CLOSED_POLL_MILLIS).await;
    }
    TimeoutFuture::new(LAST_MESSAGE_MILLIS).await;
}
