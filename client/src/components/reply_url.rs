//! The address to register at the identity provider for a SMART app: the proxy's callback with the
//! app's redirect URI in it.

use smart::redirect_uri::{callback, is_safe};
use yew::prelude::*;

use crate::components::copy_button::CopyButton;
use crate::components::field::Field;

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct ReplyUrlProps {
    /// Service base URL.
    pub(crate) base: AttrValue,
}

#[component]
pub(crate) fn ReplyUrl(props: &ReplyUrlProps) -> Html {
    let typed = use_state_eq(String::new);
    let oninput = {
        let typed = typed.setter();
        Callback::from(move |text: String| typed.set(text))
    };
    let redirect_uri = typed.trim();
    let is_wrong = !redirect_uri.is_empty() && !is_safe(redirect_uri);
    let problems = is_wrong.then(|| {
        AttrValue::from(
            "Enter the whole address as the app sends it: https:// (or http:// on localhost), \
             without # and without a user name.",
        )
    });
    let reply_url = is_safe(redirect_uri).then(|| callback(&props.base, redirect_uri));
    html! {
        <section class="card" aria-labelledby="reply-url">
            <h2 id="reply-url">{ "Reply URL of a SMART app" }</h2>
            <p>
                { "An app that signs in through this server's SMART on FHIR proxy is answered by \
                   way of the proxy. Register this combined reply URL at the identity provider, \
                   not the app's own redirect URI." }
            </p>
            <Field
                id="app-redirect-uri"
                label="Redirect URI of the app"
                kind="url"
                value={(*typed).clone()}
                placeholder="https://app.example.org/callback"
                hint="To the letter as the app sends it; a slash at the end makes another address."
                problems={Vec::from_iter(problems)}
                {oninput}
            />
            if let Some(reply_url) = reply_url {
                <div class="field">
                    <label for="reply-url-value">{ "Reply URL to register" }</label>
                    <output id="reply-url-value" class="reply-url" for="app-redirect-uri">
                        <code>{ &reply_url }</code>
                    </output>
                    <div class="actions">
                        <CopyButton title="Copy the reply URL" text={reply_url} />
                    </div>
                </div>
            }
        </section>
    }
}
