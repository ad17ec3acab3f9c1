//! Light, dark, or as the system has it. www/theme.js applies the choice before the first paint.

use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlSelectElement, Storage};
use yew::prelude::*;

const KEY: &str = "fhir-edge.theme";
const ATTRIBUTE: &str = "data-theme";
const THEMES: [(&str, &str); 3] = [("system", "System"), ("light", "Light"), ("dark", "Dark")];

#[component]
pub(crate) fn ThemeSwitch() -> Html {
    let theme = use_state_eq(current);
    let onchange = {
        let theme = theme.clone();
        Callback::from(move |event: Event| {
            let select = event
                .target()
                .and_then(|target| target.dyn_into::<HtmlSelectElement>().ok());
            let chosen = select.and_then(|select| known(&select.value()));
            if let Some(chosen) = chosen {
                apply(chosen);
                theme.set(chosen);
            }
        })
    };
    html! {
        <label class="theme-switch">
            <span class="visually-hidden">{ "Theme" }</span>
            <select {onchange}>
                for (value, title) in THEMES {
                    <option key={value} {value} selected={value == *theme}>{ title }</option>
                }
            </select>
        </label>
    }
}

fn current() -> &'static str {
    storage()
        .and_then(|storage| storage.get_item(KEY).ok().flatten())
        .and_then(|stored| known(&stored))
        .unwrap_or("system")
}

fn known(text: &str) -> Option<&'static str> {
    let theme = THEMES.iter().find(|(value, _)| *value == text);
    theme.map(|(value, _)| *value)
}

/// A browser that keeps nothing still changes the colours of this page.
fn apply(theme: &str) {
    if let Some(root) = root() {
        let _ = match theme {
            "system" => root.remove_attribute(ATTRIBUTE),
            theme => root.set_attribute(ATTRIBUTE, theme),
        };
    }
    if let Some(storage) = storage() {
        let _ = match theme {
            "system" => storage.remove_item(KEY),
            theme => storage.set_item(KEY, theme),
        };
    }
}

fn root() -> Option<Element> {
    web_sys::window()?.document()?.document_element()
}

fn storage() -> Option<Storage> {
    web_sys::window()?.local_storage().ok()?
}
