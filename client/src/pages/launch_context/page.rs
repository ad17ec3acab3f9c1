//! The page: which app asks for what, the patient, yes or no.

use std::rc::Rc;

use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;
use yew_router::prelude::*;

use crate::api::failure::FhirFailure;
use crate::api::launch_request::{LaunchRequest, answer_request, decline_request, read_request};
use crate::api::record_search::Sought;
use crate::auth::browser;
use crate::auth::session::Person;
use crate::components::chosen_record::ChosenRecord;
use crate::components::failure_notice::FailureNotice;
use crate::components::loaded::{Loaded, use_asked};
use crate::components::page_heading::PageHeading;
use crate::components::record_picker::RecordPicker;
use crate::components::sign_in_panel::SignInPanel;
use crate::components::skeleton::Skeleton;
use crate::desk::Desk;
use crate::display::choice::Choice;
use crate::display::reference::target;

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct LaunchContextPageProps {
    pub(crate) desk: Desk,
}

#[component]
pub(crate) fn LaunchContextPage(props: &LaunchContextPageProps) -> Html {
    let desk = &props.desk;
    let query = use_location().map_or_else(String::new, |location| location.query_str().to_owned());
    let sealed = smart::form::first(&smart::form::decode(&query), "request")
        .unwrap_or_default()
        .to_owned();
    // The proxy is the deployment's, whichever server this browser was pointed at.
    let base = deployed_base(desk);
    let asked = use_asked((base, sealed.clone()), |(base, sealed)| async move {
        read_request(&base, &sealed).await
    });
    html! {
        <div class="narrow">
            <PageHeading title="Choose a patient for an app" />
            { match asked.loaded {
                Loaded::Loading(_) => html! { <Skeleton words="Asking what the app wants…" /> },
                Loaded::Failed(failure) => stopped(&failure),
                Loaded::Ready(request) => html! {
                    <Decision desk={desk.clone()} {request} sealed={sealed.clone()} />
                },
            } }
        </div>
    }
}

fn deployed_base(desk: &Desk) -> String {
    let base = desk.connections.deployed.fhir_base.trim();
    base.trim_end_matches('/').to_owned()
}

/// A request that cannot be answered: only the app can make another.
fn stopped(failure: &FhirFailure) -> Html {
    html! {
        <div class="notice notice-error" role="alert">
            <p class="notice-heading">{ "This request cannot be answered" }</p>
            for issue in failure.issues() {
                <p>{ issue.words }</p>
            }
            <p>{ "Nothing was shared. Go back to the app and start again there." }</p>
        </div>
    }
}

#[derive(Clone, PartialEq, Properties)]
struct DecisionProps {
    desk: Desk,
    request: Rc<LaunchRequest>,
    sealed: AttrValue,
}

#[component]
fn Decision(props: &DecisionProps) -> Html {
    let desk = &props.desk;
    let patient = use_state_eq(|| own_record(desk));
    let encounter = use_state_eq(String::new);
    let problem = use_state_eq(|| None::<&'static str>);
    let failure = use_state_eq(|| None::<FhirFailure>);
    let busy = use_state_eq(|| false);
    let share = {
        let (desk, sealed, failure) = (desk.clone(), props.sealed.clone(), failure.setter());
        let (patient, encounter) = (patient.clone(), encounter.clone());
        let (problem, busy) = (problem.setter(), busy.setter());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            if patient.is_empty() {
                return problem.set(Some("Choose a patient first."));
            }
            busy.set(true);
            let (desk, sealed) = (desk.clone(), sealed.clone());
            let (patient, encounter) = ((*patient).clone(), (*encounter).clone());
            let (failure, busy) = (failure.clone(), busy.clone());
            spawn_local(async move {
                let encounter = Some(encounter.as_str()).filter(|id| !id.is_empty());
                let base = deployed_base(&desk);
                let chosen = answer_request(&base, &desk.sign_in, &sealed, &patient, encounter);
                failure.set(chosen.await.and_then(|to| leave(&to)).err());
                busy.set(false);
            });
        })
    };
    let decline = {
        let (desk, sealed) = (desk.clone(), props.sealed.clone());
        let (failure, busy) = (failure.setter(), busy.setter());
        Callback::from(move |_: MouseEvent| {
            busy.set(true);
            let (desk, sealed) = (desk.clone(), sealed.clone());
            let (failure, busy) = (failure.clone(), busy.clone());
            spawn_local(async move {
                let declined = decline_request(&deployed_base(&desk), &sealed).await;
                failure.set(declined.and_then(|to| leave(&to)).err());
                busy.set(false);
            });
        })
    };
    let choose_patient = {
        let (patient, encounter, problem) =
            (patient.setter(), encounter.setter(), problem.setter());
        Callback::from(move |choice: Choice| {
            patient.set(choice.id);
            encounter.set(String::new());
            problem.set(None);
        })
    };
    let choose_encounter = {
        let encounter = encounter.setter();
        Callback::from(move |choice: Choice| encounter.set(choice.id))
    };
    let other_server = desk.base().as_str() != deployed_base(desk);
    html! {
        <>
            { described(&props.request) }
            if let Some(failure) = &*failure {
                <FailureNotice desk={desk.clone()} failure={failure.clone()} />
            }
            { match &desk.person {
                Person::SignedOut => html! {
                    <section class="card" aria-labelledby="who">
                        <h2 id="who">{ "Sign in to choose" }</h2>
                        <SignInPanel
                            sign_in={desk.sign_in.clone()}
                            accounts={desk.sign_in.configuration().demo_accounts}
                        />
                        <div class="actions">{ refuse(decline, *busy) }</div>
                    </section>
                },
                _ if other_server => html! {
                    <div class="notice notice-warning">
                        <p class="notice-heading">{ "This browser is set to another server" }</p>
                        <p>
                            { format!(
                                "The app asks for a patient of {}. Return to the deployed \
                                 connection on the settings page, then start again from the app.",
                                deployed_base(desk),
                            ) }
                        </p>
                        <div class="actions">{ refuse(decline, *busy) }</div>
                    </div>
                },
                person => html! {
                    <form class="card" onsubmit={share} aria-label="Patient">
                        if let Some(claims) = person.claims() {
                            <p class="hint">
                                { "You are signed in as " }
                                <strong>{ claims.display_name().to_owned() }</strong>{ "." }
                            </p>
                        }
                        <RecordPicker
                            desk={desk.clone()}
                            id="find-patient"
                            label="Find a patient"
                            hint="Name, birth date (YYYY-MM-DD) or number"
                            sought={Sought::Patients}
                            onchoose={choose_patient}
                        />
                        if !patient.is_empty() {
                            <div>
                                <h2>{ "To be shared" }</h2>
                                <ChosenRecord
                                    desk={desk.clone()}
                                    resource_type="Patient"
                                    id={(*patient).clone()}
                                />
                            </div>
                        }
                        if props.request.wants_encounter() && !patient.is_empty() {
                            <RecordPicker
                                key={(*patient).clone()}
                                desk={desk.clone()}
                                id="find-encounter"
                                label="Find an encounter (may be left out)"
                                hint="Of this patient: a date (YYYY-MM) or what it was about"
                                sought={Sought::EncountersOf((*patient).clone())}
                                onchoose={choose_encounter}
                            />
                            <ChosenRecord
                                desk={desk.clone()}
                                resource_type="Encounter"
                                id={(*encounter).clone()}
                            />
                        }
                        if let Some(problem) = *problem {
                            <p class="problems" role="alert">{ problem }</p>
                        }
                        <div class="actions">
                            <button type="submit" class="button button-primary" disabled={*busy}>
                                { "Continue" }
                            </button>
                            { refuse(decline, *busy) }
                        </div>
                    </form>
                },
            } }
        </>
    }
}

fn described(request: &LaunchRequest) -> Html {
    html! {
        <div class="card">
            <p>
                { "The app " }
                if let Some(name) = request.shown_name() {
                    <strong><bdi>{ name }</bdi></strong>
                    { " (" }<code>{ &request.client_id }</code>{ ")" }
                } else {
                    <strong>{ &request.client_id }</strong>
                }
                { " asks which patient to open. You go back to " }
                <strong>{ &request.redirect_host }</strong>{ " in the end." }
            </p>
            <details>
                <summary>{ "What it asks for" }</summary>
                <ul class="scope-list">
                    for scope in request.scope.split_whitespace() {
                        <li key={scope.to_owned()}><code>{ scope.to_owned() }</code></li>
                    }
                </ul>
            </details>
            <p class="hint">
                { "If you do not know this app, or did not open it yourself, do not share." }
            </p>
        </div>
    }
}

fn refuse(decline: Callback<MouseEvent>, busy: bool) -> Html {
    html! {
        <button type="button" class="button" disabled={busy} onclick={decline}>
            { "Do not share" }
        </button>
    }
}

/// The record of someone who is a patient here.
fn own_record(desk: &Desk) -> String {
    let claims = desk.person.claims();
    let record = claims
        .and_then(|claims| claims.fhir_user.as_deref())
        .and_then(|reference| target(&desk.base(), reference))
        .filter(|target| target.resource_type == "Patient");
    record.map(|target| target.id).unwrap_or_default()
}

fn leave(location: &str) -> Result<(), FhirFailure> {
    browser::window()?
        .location()
        .assign(location)
        .map_err(|_| FhirFailure::ForeignLink(location.to_owned()))
}
