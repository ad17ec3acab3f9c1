//! The page: what to launch on the left, the launch itself on the right.

use wasm_bindgen::JsCast;
use web_sys::HtmlSelectElement;
use yew::prelude::*;
use yew_router::prelude::*;

use super::launch::{Launch, banner_of, banner_value, id_problem, style_problem};
use super::signed::SignedLaunch;
use crate::api::record_search::Sought;
use crate::auth::browser;
use crate::components::chosen_record::ChosenRecord;
use crate::components::copy_button::CopyButton;
use crate::components::field::Field;
use crate::components::page_heading::PageHeading;
use crate::components::record_picker::RecordPicker;
use crate::components::settled::use_settled;
use crate::desk::Desk;
use crate::display::choice::Choice;
use crate::route::Route;

const SAMPLE_APP: &str = "/app/sample-app/launch";

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct LauncherPageProps {
    pub(crate) desk: Desk,
}

#[component]
pub(crate) fn LauncherPage(props: &LauncherPageProps) -> Html {
    let own_app = browser::page_address(SAMPLE_APP).unwrap_or_default();
    let launch = use_launch(&own_app);
    let edit = |change: fn(&mut Launch, String)| {
        let launch = launch.clone();
        Callback::from(move |text: String| {
            let mut changed = (*launch).clone();
            change(&mut changed, text);
            launch.set(changed);
        })
    };
    let choose_patient = edit(|launch, id| {
        // Another patient's encounter would be a context that contradicts itself.
        if launch.patient != id {
            launch.encounter = String::new();
        }
        launch.patient = id;
    });
    let onbanner = {
        let set = edit(|launch, value| launch.banner = banner_of(&value));
        Callback::from(move |event: Event| {
            if let Some(select) = event
                .target()
                .and_then(|target| target.dyn_into::<HtmlSelectElement>().ok())
            {
                set.emit(select.value());
            }
        })
    };
    let picked = |set: Callback<String>| set.reform(|choice: Choice| choice.id);
    let address = launch.address(&props.desk.base());
    let app_problems = address
        .as_ref()
        .err()
        .map(|problem| problem.to_string().into());
    let patient = launch.patient.trim().to_owned();
    let desk = &props.desk;
    html! {
        <>
            <PageHeading title="App launcher" />
            <p class="lead">
                { "Starts a SMART app as an EHR does: with the patient that the clinician has open." }
            </p>
            <div class="launcher">
                <form class="card form" aria-label="Launch" onsubmit={stay()}>
                    <fieldset>
                        <legend>{ "Context" }</legend>
                        <RecordPicker
                            desk={desk.clone()}
                            id="find-patient"
                            label="Find a patient"
                            hint="Name, birth date (YYYY-MM-DD) or number"
                            sought={Sought::Patients}
                            onchoose={picked(choose_patient.clone())}
                        />
                        { id_field("patient-id", "Patient id", &launch.patient, choose_patient) }
                        <ChosenRecord desk={desk.clone()} resource_type="Patient" id={launch.patient.clone()} />
                        if id_problem(&patient).is_none() && !patient.is_empty() {
                            <RecordPicker
                                key={patient.clone()}
                                desk={desk.clone()}
                                id="find-encounter"
                                label="Find an encounter"
                                hint="Of this patient: a date (YYYY-MM) or what it was about"
                                sought={Sought::EncountersOf(patient.clone())}
                                onchoose={picked(edit(|launch, id| launch.encounter = id))}
                            />
                        } else {
                            <p class="field picker-later hint">
                                { "Choose a patient first to find an encounter." }
                            </p>
                        }
                        { id_field(
                            "encounter-id",
                            "Encounter id",
                            &launch.encounter,
                            edit(|launch, id| launch.encounter = id),
                        ) }
                        <ChosenRecord desk={desk.clone()} resource_type="Encounter" id={launch.encounter.clone()} />
                        <RecordPicker
                            desk={desk.clone()}
                            id="find-practitioner"
                            label="Find a practitioner"
                            hint="Name or number"
                            sought={Sought::Practitioners}
                            onchoose={picked(edit(|launch, id| launch.practitioner = id))}
                        />
                        { id_field(
                            "practitioner-id",
                            "Practitioner id",
                            &launch.practitioner,
                            edit(|launch, id| launch.practitioner = id),
                        ) }
                        <ChosenRecord desk={desk.clone()} resource_type="Practitioner" id={launch.practitioner.clone()} />
                    </fieldset>
                    <fieldset>
                        <legend>{ "App" }</legend>
                        <div class="field-wide">
                            <Field
                                id="app-address"
                                label="App launch address"
                                kind="url"
                                required=true
                                value={launch.app.clone()}
                                hint="The sample app of this page, unless you enter another. It must be registered at the identity provider."
                                problems={Vec::from_iter(app_problems)}
                                oninput={edit(|launch, text| launch.app = text)}
                            />
                        </div>
                        <div class="field">
                            <label for="banner">{ "Patient banner" }</label>
                            <select id="banner" onchange={onbanner}>
                                for (banner, words) in [
                                    (None, "Not said"),
                                    (Some(true), "The app must show it"),
                                    (Some(false), "The EHR shows it"),
                                ] {
                                    <option
                                        value={banner_value(banner)}
                                        selected={launch.banner == banner}
                                    >
                                        { words }
                                    </option>
                                }
                            </select>
                        </div>
                        <Field
                            id="style"
                            label="Style address"
                            kind="url"
                            value={launch.style.clone()}
                            placeholder="https://ehr.example.org/style.json"
                            problems={Vec::from_iter(
                                style_problem(&launch.style).map(|problem| problem.to_string().into()),
                            )}
                            oninput={edit(|launch, text| launch.style = text)}
                        />
                    </fieldset>
                </form>
                <section class="card launch-result" aria-labelledby="launch-result">
                    <h2 id="launch-result">{ "Launch" }</h2>
                    <div class="card-head">
                        <h3>{ "Launch context" }</h3>
                        <CopyButton title="Copy the context" text={launch.context_text()} />
                    </div>
                    <pre class="launch-text" tabindex="0" role="region" aria-label="Launch context">
                        <code id="launch-context">{ launch.context_text() }</code>
                    </pre>
                    <div class="card-head">
                        <h3>{ "Launch address" }</h3>
                        if let Ok(address) = &address {
                            <CopyButton title="Copy the address" text={address.clone()} />
                        }
                    </div>
                    { match &address {
                        Ok(address) => html! {
                            <>
                                <pre class="launch-text" tabindex="0" role="region" aria-label="Launch address">
                                    <code id="launch-address">{ address }</code>
                                </pre>
                                <div class="actions">
                                    <a
                                        class="button button-primary"
                                        href={address.clone()}
                                        target="_blank"
                                        rel="noopener noreferrer"
                                    >
                                        { "Launch" }
                                        <span class="visually-hidden">{ " (opens a new tab)" }</span>
                                    </a>
                                    <span class="hint">{ "Opens a new tab." }</span>
                                </div>
                                if !patient.is_empty() {
                                    // Another context is another handle.
                                    <SignedLaunch
                                        key={address.clone()}
                                        desk={desk.clone()}
                                        launch={(*launch).clone()}
                                    />
                                }
                            </>
                        },
                        Err(_) => html! {
                            <p class="notice notice-warning">
                                { "Correct the app’s address first; the message beside it says \
                                   what is wrong." }
                            </p>
                        },
                    } }
                    <p class="small-print">
                        { "The context says which record to open. The server checks that the person \
                           who signs in may see it, and gives the app no more than they may see." }
                    </p>
                </section>
            </div>
        </>
    }
}

/// The launch, kept in the page's own address. The address follows when typing stops: browsers
/// stop pages that change it with every letter.
#[hook]
fn use_launch(own_app: &str) -> UseStateHandle<Launch> {
    let location = use_location();
    let navigator = use_navigator();
    let query = location.map_or_else(String::new, |location| location.query_str().to_owned());
    let launch = use_state_eq(|| Launch::of_query(&query, own_app));
    let written = use_mut_ref(|| query.clone());
    let settled = use_settled((*launch).clone());
    {
        let (written, own_app) = (written.clone(), own_app.to_owned());
        use_effect_with(settled, move |settled| {
            let pairs = settled.to_query(&own_app);
            let query = smart::form::encode(
                pairs
                    .iter()
                    .map(|(name, value)| (name.as_str(), value.as_str())),
            );
            let query = if query.is_empty() {
                query
            } else {
                format!("?{query}")
            };
            if written.replace(query.clone()) != query
                && let Some(navigator) = navigator
            {
                // The launch itself does not depend on the address: a refusal costs a bookmark.
                let _ = navigator.replace_with_query(&Route::Launcher, &pairs);
            }
        });
    }
    {
        // The address changed by other means: the back button, or the link to this page.
        let (launch, own_app) = (launch.setter(), own_app.to_owned());
        use_effect_with(query, move |query| {
            if written.replace(query.clone()) != *query {
                launch.set(Launch::of_query(query, &own_app));
            }
        });
    }
    launch
}

fn id_field(id: &'static str, label: &'static str, value: &str, oninput: Callback<String>) -> Html {
    let problem = id_problem(value);
    html! {
        <Field
            {id}
            {label}
            {oninput}
            value={value.to_owned()}
            autocomplete="off"
            problems={Vec::from_iter(problem.map(AttrValue::from))}
        />
    }
}

/// The form is sent nowhere: Enter in a field must not load the page anew.
fn stay() -> Callback<SubmitEvent> {
    Callback::from(|event: SubmitEvent| event.prevent_default())
}
