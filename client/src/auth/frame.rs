//! Silent sign-in in a hidden frame with `prompt=none`, by the session at the provider.

use std::cell::Cell;
use std::pin::pin;
use std::rc::Rc;

use futures::future::{Either, select};
use gloo_timers::future::TimeoutFuture;
use smart::claims::IdClaims;
use smart::state::Interaction;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::HtmlIFrameElement;

use super::account::AccountKey;
use super::authorize::Who;
use super::bridge::Bridge;
use super::browser;
use super::failure::{Cause, SignInFailure};
use super::patience::{Next, next};
use super::sign_in::SignIn;
use super::time;
use super::tokens::Tokens;

/// Set once a frame got no answer: further ones in this tab would only cost time.
const SILENT_KEY: &str = "fhir-edge.frame-silent";

const LONGEST_SECONDS: f64 = 10.0;
/// A page that has loaded and does not redirect within this time is a login page or refuses to be
/// framed, which is what a browser that blocks the provider's cookies gets.
const STILL_SECONDS: f64 = 3.0;
const POLL_MILLIS: u32 = 200;

impl SignIn {
    /// The answer may be for another account than requested: the caller compares.
    pub(super) async fn by_frame(
        &self,
        key: Option<&AccountKey>,
    ) -> Result<(IdClaims, Tokens), SignInFailure> {
        let mut tried = 0;
        loop {
            let outcome = self.by_one_frame(key).await;
            if !matches!(outcome, Err(SignInFailure::Busy { seconds: None })) {
                return outcome;
            }
            tried += 1;
            match next(tried, None) {
                Next::After { millis } => TimeoutFuture::new(millis).await,
                Next::GiveUp { .. } => return outcome,
            }
        }
    }

    async fn by_one_frame(
        &self,
        key: Option<&AccountKey>,
    ) -> Result<(IdClaims, Tokens), SignInFailure> {
        let silent = || SignInFailure::InteractionRequired(Cause::FrameSilent);
        if browser::load(browser::tab_storage(), SILENT_KEY) == Some(true) {
            return Err(silent());
        }
        let who = key.cloned().map_or(Who::Anyone, Who::Known);
        let (url, pending) = self.prepare(Interaction::Silent, &who).await?;
        let mut bridge = Bridge::open(&pending.state_id)?;
        let frame = HiddenFrame::open(&url)?;
        let answer = match select(pin!(bridge.answer()), pin!(frame.stillness())).await {
            Either::Left((answer, _)) => answer,
            Either::Right(_) => None,
        };
        drop(frame);
        let Some(fragment) = answer else {
            // Without storage, the next frame will fail as well.
            let _ = browser::save(browser::tab_storage(), SILENT_KEY, &true);
            return Err(silent());
        };
        self.redeem(&fragment, &pending).await
    }
}

/// Removed from the page when dropped.
struct HiddenFrame {
    frame: HtmlIFrameElement,
    /// When the frame last finished loading a page.
    loaded: Rc<Cell<Option<f64>>>,
    _onload: Closure<dyn FnMut()>,
}

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
        let loaded = Rc::new(Cell::new(None));
        let onload = {
            let loaded = Rc::clone(&loaded);
            Closure::<dyn FnMut()>::new(move || loaded.set(Some(time::reading().monotonic)))
        };
        frame.set_onload(Some(onload.as_ref().unchecked_ref()));
        frame.set_src(url);
        let body = document.body().ok_or_else(refused)?;
        body.append_child(&frame).map_err(|_| refused())?;
        Ok(Self {
            frame,
            loaded,
            _onload: onload,
        })
    }

    /// Completes when no answer can be expected from the frame.
    async fn stillness(&self) {
        let begun = time::reading().monotonic;
        loop {
            TimeoutFuture::new(POLL_MILLIS).await;
            let now = time::reading().monotonic;
            let loaded = self.loaded.get();
            if loaded.is_some_and(|loaded| now - loaded > STILL_SECONDS)
                || now - begun > LONGEST_SECONDS
            {
                return;
            }
        }
    }
}

impl Drop for HiddenFrame {
    fn drop(&mut self) {
        self.frame.set_onload(None);
        self.frame.remove();
    }
}
