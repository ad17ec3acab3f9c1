//! Sign-out here, in the other tabs and at the provider.
//! <https://openid.net/specs/openid-connect-rpinitiated-1_0.html>

use smart::form;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{BroadcastChannel, MessageEvent};

use super::browser;
use super::failure::SignInFailure;
use super::session::{Leaving, SignedOut};
use super::sign_in::SignIn;
use super::smart_app::address::with_parameters;

const SIGNED_OUT_PAGE: &str = "/app/";
const CHANNEL: &str = "fhir-edge.sign-out";

impl SignIn {
    /// Drops the tokens first, so that they are gone even when the provider cannot be reached.
    ///
    /// The request names the client and carries no ID token: tokens stay out of URLs.
    pub(crate) async fn sign_out(&self, leaving: Leaving) -> Result<(), SignInFailure> {
        let active = self.person().account();
        let hint = active.and_then(|key| self.hint_of(&key));
        self.leave(leaving);
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
}

/// This tab's end of the channel between the tabs; closed when dropped.
pub(super) struct SignOutChannel {
    channel: BroadcastChannel,
    _listener: Closure<dyn FnMut(MessageEvent)>,
}

impl SignOutChannel {
    /// None where the browser has no such channels: there, each tab is on its own.
    pub(super) fn open(follow: impl Fn(&SignedOut) + 'static) -> Option<Self> {
        let channel = BroadcastChannel::new(CHANNEL).ok()?;
        let listener = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            let text = event.data().as_string();
            let signed_out = text.and_then(|text| serde_json::from_str::<SignedOut>(&text).ok());
            if let Some(signed_out) = signed_out {
                follow(&signed_out);
            }
        });
        channel.set_onmessage(Some(listener.as_ref().unchecked_ref()));
        Some(Self {
            channel,
            _listener: listener,
        })
    }

    /// Tells the other tabs who signed out.
    pub(super) fn tell(&self, signed_out: &SignedOut) {
        if let Ok(text) = serde_json::to_string(signed_out) {
            // A tab that gets no message asks the provider when its token expires.
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
