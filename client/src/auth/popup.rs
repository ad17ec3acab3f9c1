//! Sign-in in a second window: the page behind it stays as it is.

use std::pin::pin;

use futures::future::{Either, select};
use gloo_timers::future::TimeoutFuture;
use smart::state::Interaction;
use web_sys::Window;

use super::authorize::Account;
use super::bridge::Bridge;
use super::browser;
use super::failure::SignInFailure;
use super::session::Session;
use super::sign_in::SignIn;

const WINDOW_NAME: &str = "fhir-edge-sign-in";
const WINDOW_FEATURES: &str = "popup,width=483,height=640";
const CLOSED_POLL_MILLIS: u32 = 250;
/// The redirect page posts its answer and closes at once: the message may come second.
const LAST_MESSAGE_MILLIS: u32 = 750;

impl SignIn {
    /// Must be called from a click: browsers open windows for clicks only, hence the blank window
    /// before anything is awaited.
    pub(crate) async fn by_popup(&self, account: Account) -> Result<(), SignInFailure> {
        let popup = browser::window()?
            .open_with_url_and_target_and_features("about:blank", WINDOW_NAME, WINDOW_FEATURES)
            .ok()
            .flatten()
            .ok_or(SignInFailure::PopupBlocked)?;
        let outcome = self.in_popup(&popup, &account).await;
        let _ = popup.close();
        outcome.map(|_| ())
    }

    async fn in_popup(&self, popup: &Window, account: &Account) -> Result<Session, SignInFailure> {
        let (url, pending) = self.prepare(Interaction::Popup, account).await?;
        let mut bridge = Bridge::open(&pending.state_id)?;
        popup
            .location()
            .replace(&url)
            .map_err(|_| SignInFailure::PopupClosed)?;
        let fragment = match select(pin!(bridge.answer()), pin!(closed(popup))).await {
            Either::Left((Some(fragment), _)) => fragment,
            Either::Left((None, _)) | Either::Right(_) => return Err(SignInFailure::PopupClosed),
        };
        self.redeem(&fragment, &pending).await
    }
}

async fn closed(popup: &Window) {
    while !popup.closed().unwrap_or(true) {
        TimeoutFuture::new(CLOSED_POLL_MILLIS).await;
    }
    TimeoutFuture::new(LAST_MESSAGE_MILLIS).await;
}
