//! The token response, the launch context in it, and the claims of the ID token. Tokens are shown
//! whole only while the person asks for it.

use serde_json::Value;
use yew::prelude::*;

use crate::auth::smart_app::session::{AppSession, is_secret, shortened};

/// Claims that are seconds since 1970. <https://www.rfc-editor.org/rfc/rfc7519#section-4.1>
const MOMENTS: [&str; 4] = ["exp", "iat", "nbf", "auth_time"];

#[derive(Clone, PartialEq, Properties)]
pub(super) struct SessionProps {
    pub(super) session: AppSession,
}

#[component]
pub(super) fn TokenList(props: &SessionProps) -> Html {
    let session = &props.session;
    html! {
        <section class="card" aria-labelledby="token-response">
            <h2 id="token-response">{ "Token response" }</h2>
            <p class="hint">
                { match session.expires_at {
                    Some(end) => format!("The access token expires on {}.", moment(end)),
                    None => "The server does not say when the access token expires.".to_owned(),
                } }
            </p>
            <dl class="members">
                for (name, value) in &session.answer {
                    <div key={name.clone()}>
                        <dt><code>{ name }</code></dt>
                        <dd>
                            { match value {
                                Value::String(token) if is_secret(name) => html! {
                                    <Token name={name.clone()} token={token.clone()} />
                                },
                                value => html! { <code>{ words(value) }</code> },
                            } }
                        </dd>
                    </div>
                }
            </dl>
        </section>
    }
}

#[derive(Clone, PartialEq, Properties)]
struct TokenProps {
    name: AttrValue,
    token: AttrValue,
}

#[component]
fn Token(props: &TokenProps) -> Html {
    let whole = use_state_eq(|| false);
    let onclick = {
        let whole = whole.clone();
        Callback::from(move |_: MouseEvent| whole.set(!*whole))
    };
    html! {
        <>
            <code>
                if *whole { { &props.token } } else { { shortened(&props.token) } }
            </code>
            { " " }
            <button
                type="button"
                class="button button-small"
                aria-pressed={if *whole { "true" } else { "false" }}
                {onclick}
            >
                { "Show whole" }
                <span class="visually-hidden">{ format!(": {}", props.name) }</span>
            </button>
        </>
    }
}

#[derive(Clone, PartialEq, Properties)]
pub(super) struct ContextProps {
    pub(super) session: AppSession,
    /// Whether the EHR's colours could be put on; none while that is not known.
    pub(super) styled: Option<bool>,
}

#[component]
pub(super) fn ContextList(props: &ContextProps) -> Html {
    let context = props.session.context();
    html! {
        <section class="card" aria-labelledby="launch-context">
            <h2 id="launch-context">{ "Launch context" }</h2>
            if context.is_empty() {
                <p class="empty-line">{ "The token response has none." }</p>
            } else {
                <dl class="members">
                    for (name, value) in context {
                        <div key={name.to_owned()}>
                            <dt><code>{ name }</code></dt>
                            <dd><code>{ words(value) }</code></dd>
                        </div>
                    }
                </dl>
            }
            if let Some(styled) = props.styled {
                <p class="hint">
                    if styled {
                        { "This page uses the EHR’s colours." }
                    } else {
                        { "The style could not be loaded, or its colours lack contrast: this \
                           page keeps its own." }
                    }
                </p>
            }
        </section>
    }
}

#[component]
pub(super) fn ClaimList(props: &SessionProps) -> Html {
    let claims = props.session.id_claims();
    html! {
        <section class="card" aria-labelledby="claims">
            <h2 id="claims">{ "ID token" }</h2>
            if let Some(problem) = &props.session.id_token_problem {
                <div class="notice notice-warning">
                    <p>{ format!("Do not rely on who this says it is: {problem}.") }</p>
                </div>
            }
            if let Some(claims) = claims {
                <dl class="members">
                    for (name, value) in &claims {
                        <div key={name.clone()}>
                            <dt><code>{ name }</code></dt>
                            <dd>
                                <code>{ words(value) }</code>
                                if let Some(seconds) = value.as_u64().filter(|_| MOMENTS.contains(&name.as_str())) {
                                    { " " }<span class="hint">{ moment(seconds) }</span>
                                }
                            </dd>
                        </div>
                    }
                </dl>
            } else {
                <p class="empty-line">
                    { "There is none. Request openid and fhirUser to learn who signed in." }
                </p>
            }
        </section>
    }
}

/// A member's value: texts without their quotation marks.
fn words(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// A moment as the person writes it.
fn moment(seconds: u64) -> String {
    // Millions of years fit into the numbers of JavaScript.
    let millis = seconds as f64 * 1000.0;
    let date = js_sys::Date::new(&millis.into());
    String::from(date.to_locale_string("en-GB", &wasm_bindgen::JsValue::UNDEFINED))
}
