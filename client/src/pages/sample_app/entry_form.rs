//! Where the person says which server to go to, as which client, asking for what.

use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use super::notice::AppNotice;
use crate::auth::smart_app::failure::AppFailure;
use crate::auth::smart_app::launch;
use crate::auth::smart_app::request::{Entry, EntryProblem};
use crate::components::copy_button::CopyButton;
use crate::components::field::Field;

#[derive(Clone, PartialEq, Properties)]
pub(super) struct EntryFormProps {
    /// What the fields begin with.
    pub(super) entry: Entry,
    /// Of an EHR, whose server is not the person's to change.
    pub(super) launch: Option<AttrValue>,
    pub(super) failure: Option<AppFailure>,
}

#[component]
pub(super) fn EntryForm(props: &EntryFormProps) -> Html {
    let entry = use_state_eq(|| props.entry.clone());
    let problem = use_state_eq(|| None::<EntryProblem>);
    let failure = use_state_eq(|| props.failure.clone());
    let busy = use_state_eq(|| false);
    let edit = |change: fn(&mut Entry, String)| {
        let (entry, problem) = (entry.clone(), problem.setter());
        Callback::from(move |text: String| {
            let mut changed = (*entry).clone();
            change(&mut changed, text);
            entry.set(changed);
            problem.set(None);
        })
    };
    let onsubmit = {
        let (entry, problem, failure) = (entry.clone(), problem.setter(), failure.setter());
        let (busy, given) = (busy.clone(), props.launch.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let entry = match entry.check() {
                Ok(entry) => entry,
                Err(found) => return problem.set(Some(found)),
            };
            if *busy {
                return;
            }
            busy.set(true);
            failure.set(None);
            let (busy, failure, given) = (busy.setter(), failure.clone(), given.clone());
            spawn_local(async move {
                failure.set(launch::begin(&entry, given.as_deref()).await.err());
                // Also when the browser is leaving: by the back button it may show this page again.
                busy.set(false);
            });
        })
    };
    let told = |concerned: fn(EntryProblem) -> bool| -> Vec<AttrValue> {
        let found = problem.filter(|problem| concerned(*problem));
        found
            .map(|problem| problem.to_string().into())
            .into_iter()
            .collect()
    };
    let redirect_uri = launch::redirect_uri().unwrap_or_default();
    html! {
        <>
            if let Some(failure) = &*failure {
                <AppNotice failure={failure.clone()} />
            }
            <p class="lead">
                if props.launch.is_some() {
                    { "An EHR launched this app. Enter its client id there." }
                } else {
                    { "Signs in at any SMART server, and shows what was granted." }
                }
            </p>
            <form class="card form" {onsubmit} novalidate=true aria-label="Sign-in">
                if props.launch.is_some() {
                    <p>{ "Server: " }<code>{ &props.entry.server }</code></p>
                } else {
                    <Field
                        id="server"
                        label="Server"
                        kind="url"
                        required=true
                        value={entry.server.clone()}
                        placeholder="https://fhir.example.org/r4"
                        hint="The FHIR base address."
                        problems={told(|problem| matches!(problem, EntryProblem::Server(_)))}
                        oninput={edit(|entry, text| entry.server = text)}
                    />
                }
                <Field
                    id="client-id"
                    label="Client id"
                    required=true
                    value={entry.client_id.clone()}
                    autocomplete="off"
                    hint="Of a public client: this app can keep no secret."
                    problems={told(|problem| problem == EntryProblem::ClientId)}
                    oninput={edit(|entry, text| entry.client_id = text)}
                />
                <Field
                    id="scopes"
                    label="Scopes"
                    required=true
                    value={entry.scopes.clone()}
                    autocomplete="off"
                    problems={told(|problem| problem == EntryProblem::Scopes)}
                    oninput={edit(|entry, text| entry.scopes = text)}
                />
                <div class="register">
                    <p>{ "Register this redirect address for the client:" }</p>
                    <p class="actions">
                        <code id="redirect-uri">{ &redirect_uri }</code>
                        <CopyButton title="Copy" text={redirect_uri.clone()} />
                    </p>
                </div>
                <div class="actions">
                    <button type="submit" class="button button-primary" disabled={*busy}>
                        { "Continue" }
                    </button>
                    <span class="hint" role="status">
                        { if *busy { "Asking the server where to sign in…" } else { "" } }
                    </span>
                </div>
            </form>
        </>
    }
}
