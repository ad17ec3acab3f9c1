//! Puts text on the clipboard and says so.

use gloo_timers::future::TimeoutFuture;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use yew::prelude::*;

const SAID_FOR_MILLIS: u32 = 2_500;

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct CopyButtonProps {
    /// What the button is called.
    pub(crate) title: AttrValue,
    pub(crate) text: AttrValue,
}

#[component]
pub(crate) fn CopyButton(props: &CopyButtonProps) -> Html {
    let said = use_state_eq(|| "");
    let onclick = {
        let (text, said) = (props.text.clone(), said.setter());
        Callback::from(move |_: MouseEvent| {
            let (text, said) = (text.clone(), said.clone());
            spawn_local(async move {
                said.set(if copy(&text).await {
                    "Copied"
                } else {
                    "Copying failed: select the text and copy it yourself"
                });
                TimeoutFuture::new(SAID_FOR_MILLIS).await;
                said.set("");
            });
        })
    };
    html! {
        <span class="copy">
            <button type="button" class="button button-small" {onclick}>{ &props.title }</button>
            <span class="hint" role="status">{ *said }</span>
        </span>
    }
}

async fn copy(text: &str) -> bool {
    let Some(window) = web_sys::window() else {
        return false;
    };
    // Outside secure contexts the clipboard is undefined, whatever its type says.
    let clipboard = js_sys::Reflect::get(&window.navigator(), &"clipboard".into());
    if clipboard.is_ok_and(|clipboard| clipboard.is_undefined()) {
        return false;
    }
    let writing = window.navigator().clipboard().write_text(text);
    JsFuture::from(writing).await.is_ok()
}
