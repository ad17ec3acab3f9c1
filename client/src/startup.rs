//! Start-up: reads the configuration, completes a redirect sign-in, shows the page.

use wasm_bindgen_futures::spawn_local;

use crate::app::{App, AppProps};
use crate::auth::connection::Connections;
use crate::auth::redirect::Return;
use crate::auth::sign_in::SignIn;
use crate::pages::sample_app::arrival::is_of_app;
use crate::pages::sample_app::page::SampleApp;
use crate::pages::unconfigured::{Unconfigured, UnconfiguredProps};

const MOUNT_ID: &str = "app";

/// Runs for as long as the page is open.
pub(crate) fn begin() {
    std::panic::set_hook(Box::new(|_| say_crashed()));
    spawn_local(show());
}

async fn show() {
    let Some(root) = web_sys::window()
        .and_then(|window| window.document())
        .and_then(|document| document.get_element_by_id(MOUNT_ID))
    else {
        return;
    };
    if is_sample_app() {
        // A document of its own: no connection of the client, no sign-in of the client.
        yew::Renderer::<SampleApp>::with_root(root).render();
        return;
    }
    let unconfigured = |reason: String| {
        let props = UnconfiguredProps {
            reason: reason.into(),
        };
        yew::Renderer::<Unconfigured>::with_root_and_props(root.clone(), props).render();
    };
    let connections = match Connections::load().await {
        Ok(connections) => connections,
        Err(reason) => return unconfigured(reason),
    };
    let configuration = match connections.in_force() {
        Ok(configuration) => configuration,
        Err(reason) => return unconfigured(reason),
    };
    let sign_in = SignIn::new(configuration);
    let failure = match sign_in.complete_redirect().await {
        None => None,
        Some(Return { to, outcome }) => {
            show_address(&to);
            outcome.err()
        }
    };
    let props = AppProps {
        sign_in,
        connections,
        failure,
    };
    yew::Renderer::<App>::with_root_and_props(root, props).render();
}

fn is_sample_app() -> bool {
    let path = web_sys::window().and_then(|window| window.location().pathname().ok());
    path.is_some_and(|path| is_of_app(&path))
}

/// Puts the page that was left before a redirect sign-in back into the address bar.
fn show_address(path: &str) {
    let history = web_sys::window().and_then(|window| window.history().ok());
    if let Some(history) = history {
        // If that fails, the person stays on the welcome page, signed in.
        let _ = history.replace_state_with_url(&wasm_bindgen::JsValue::NULL, "", Some(path));
    }
}

/// After a panic the module is unusable; the message in index.html is shown instead.
fn say_crashed() {
    let document = web_sys::window().and_then(|window| window.document());
    if let Some(body) = document.as_ref().and_then(|document| document.body()) {
        let _ = body.class_list().add_1("crashed");
    }
    if let Some(words) = document.and_then(|document| document.get_element_by_id("crashed")) {
        let _ = words.remove_attribute("hidden");
    }
}
