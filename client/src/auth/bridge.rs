//! This page's end of the channel on which `redirect.html` hands over the provider's answer.
//!
//! The channel's name is the request's unguessable state id. A popup's `opener` is not used:
//! providers that set Cross-Origin-Opener-Policy cut it.

use futures::channel::oneshot;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{BroadcastChannel, MessageEvent};

use super::failure::SignInFailure;

/// An open channel; closed when dropped.
pub(super) struct Bridge {
    channel: BroadcastChannel,
    answer: oneshot::Receiver<String>,
    _listener: Closure<dyn FnMut(MessageEvent)>,
}

impl Bridge {
    pub(super) fn open(state_id: &str) -> Result<Self, SignInFailure> {
        let channel = BroadcastChannel::new(state_id)
            .map_err(|_| SignInFailure::Browser("pages to talk to each other"))?;
        let (sender, answer) = oneshot::channel();
        let mut sender = Some(sender);
        let listener = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            let payload = js_sys::Reflect::get(&event.data(), &"payload".into());
            if let Some(fragment) = payload.ok().and_then(|payload| payload.as_string())
                && let Some(sender) = sender.take()
            {
                // The receiver is gone when the person closed the window at the same moment.
                let _ = sender.send(fragment);
            }
        });
        channel.set_onmessage(Some(listener.as_ref().unchecked_ref()));
        Ok(Self {
            channel,
            answer,
            _listener: listener,
        })
    }

    /// Waits for the fragment that the provider answered with.
    pub(super) async fn answer(&mut self) -> Option<String> {
        (&mut self.answer).await.ok()
    }
}

impl Drop for Bridge {
    fn drop(&mut self) {
        self.channel.set_onmessage(None);
        self.channel.close();
    }
}
