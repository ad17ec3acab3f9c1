//! The app's document: finds out how it was opened, and shows the form or the running app.

use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use super::arrival::{Arrival, arrival};
use super::entry_form::EntryForm;
use super::running::Running;
use crate::auth::browser;
use crate::auth::smart_app::app::SmartApp;
use crate::auth::smart_app::failure::AppFailure;
use crate::auth::smart_app::fetch::Deployment;
use crate::auth::smart_app::launch;
use crate::auth::smart_app::request::{EHR_SCOPES, Entry, STANDALONE_SCOPES};
use crate::components::page_heading::PageHeading;
use crate::components::plain_header::PlainHeader;
use crate::components::skeleton::Skeleton;

#[derive(Clone, PartialEq)]
enum Step {
    /// On the way to somewhere; in words.
    Busy(&'static str),
    Entry {
        entry: Entry,
        launch: Option<AttrValue>,
        failure: Option<AppFailure>,
    },
    Running(SmartApp),
}

#[component]
pub(crate) fn SampleApp() -> Html {
    let step = use_state_eq(|| Step::Busy("Starting…"));
    {
        let step = step.setter();
        use_effect_with((), move |()| spawn_local(start(step)));
    }
    let start_over = {
        let step = step.setter();
        Callback::from(move |app: SmartApp| {
            app.forget();
            let entry = launch::last_entry().unwrap_or_default().standalone();
            step.set(Step::Entry {
                entry,
                launch: None,
                failure: None,
            });
        })
    };
    html! {
        <>
            <a class="skip-link" href="#main">{ "Skip to content" }</a>
            <PlainHeader title="Sample SMART app" />
            <main id="main" class="page" tabindex="-1">
                { match &*step {
                    Step::Busy(words) => html! {
                        <div class="narrow">
                            <PageHeading title="Sample SMART app" />
                            <Skeleton words={*words} />
                        </div>
                    },
                    Step::Entry { entry, launch, failure } => html! {
                        <div class="narrow">
                            <PageHeading title="Sample SMART app" />
                            <EntryForm
                                entry={entry.clone()}
                                launch={launch.clone()}
                                failure={failure.clone()}
                            />
                        </div>
                    },
                    Step::Running(app) => html! {
                        <Running app={app.clone()} onover={start_over} />
                    },
                } }
            </main>
        </>
    }
}

async fn start(step: UseStateSetter<Step>) {
    let (path, query) = address();
    match arrival(&path, &query) {
        Arrival::Answer(query) => {
            // Removes the code from the address and the history before anything else happens.
            clean_address(&path);
            step.set(Step::Busy("Getting the token…"));
            step.set(match launch::complete(&query).await {
                Ok(app) => Step::Running(app),
                Err(failure) => by_itself(Some(failure)).await,
            });
        }
        Arrival::Launch { iss, launch } => step.set(launched(&step, iss, launch).await),
        Arrival::Mislaunched(reason) => {
            step.set(by_itself(Some(AppFailure::Launch(reason))).await);
        }
        Arrival::Plain => step.set(match SmartApp::stored() {
            Some(app) => Step::Running(app),
            None => by_itself(None).await,
        }),
    }
}

/// The step after an EHR opened the app: on to its server, or first the form.
async fn launched(step: &UseStateSetter<Step>, iss: String, launch: Option<String>) -> Step {
    let deployment = Deployment::load().await;
    let known = deployment.client_id(&iss).map(str::to_owned);
    let remembered = launch::last_entry().filter(|entry| entry.server == iss);
    let scopes = if launch.is_some() {
        EHR_SCOPES
    } else {
        STANDALONE_SCOPES
    };
    let entry = Entry {
        client_id: known
            .clone()
            .or_else(|| remembered.map(|entry| entry.client_id))
            .unwrap_or_default(),
        scopes: scopes.to_owned(),
        server: iss,
    };
    let mut failure = None;
    // The app trusts only its own server without asking; a link can name any other.
    if let (Some(_), Some(launch)) = (&known, &launch) {
        step.set(Step::Busy("Going to the server to sign in…"));
        match launch::begin(&entry, Some(launch)).await {
            Ok(()) => return Step::Busy("Going to the server to sign in…"),
            Err(refusal) => failure = Some(refusal),
        }
    }
    Step::Entry {
        entry,
        launch: launch.map(AttrValue::from),
        failure,
    }
}

/// The form without an EHR: what was entered last, or else the app's own server.
async fn by_itself(failure: Option<AppFailure>) -> Step {
    let entry = match launch::last_entry() {
        Some(entry) => entry.standalone(),
        None => {
            let deployment = Deployment::load().await;
            Entry {
                client_id: deployment.sample_app_client_id.unwrap_or_default(),
                server: deployment.fhir_base,
                scopes: STANDALONE_SCOPES.to_owned(),
            }
        }
    };
    Step::Entry {
        entry,
        launch: None,
        failure,
    }
}

fn address() -> (String, String) {
    let Ok(window) = browser::window() else {
        return (String::new(), String::new());
    };
    let location = window.location();
    (
        location.pathname().unwrap_or_default(),
        location.search().unwrap_or_default(),
    )
}

fn clean_address(path: &str) {
    let history = browser::window().and_then(|window| {
        window
            .history()
            .map_err(|_| crate::auth::failure::SignInFailure::Browser("pages to have a history"))
    });
    if let Ok(history) = history {
        // A browser that refuses keeps an address whose code is spent in a moment.
        let _ = history.replace_state_with_url(&wasm_bindgen::JsValue::NULL, "", Some(path));
    }
}
