//! Connects the client to another FHIR server. The choice is kept in this browser.

use serde_json::Value;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;
use web_sys::HtmlSelectElement;
use yew::prelude::*;

use crate::api::failure::FhirFailure;
use crate::api::fhir_client::FhirClient;
use crate::auth::browser;
use crate::auth::configuration::{ConfigurationDocument, ConfigurationProblem, FhirVersion};
use crate::auth::connection;
use crate::auth::sign_in::SignIn;
use crate::components::failure_notice::FailureNotice;
use crate::components::field::Field;
use crate::components::page_heading::PageHeading;
use crate::components::reply_url::ReplyUrl;
use crate::desk::Desk;
use crate::display::text;

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct SettingsPageProps {
    pub(crate) desk: Desk,
}

/// What a server said about itself.
#[derive(Clone, PartialEq)]
enum Tested {
    Not,
    Asking,
    Serves(String),
    Failed(FhirFailure),
}

#[component]
pub(crate) fn SettingsPage(props: &SettingsPageProps) -> Html {
    let connections = props.desk.connections.clone();
    let document = use_state_eq(|| {
        let chosen = connections.chosen.clone();
        chosen.unwrap_or_else(|| connections.deployed.clone())
    });
    let signs_in = use_state_eq(|| document.authority.is_some());
    let problem = use_state_eq(|| None::<ConfigurationProblem>);
    let tested = use_state_eq(|| Tested::Not);
    let failure = use_state_eq(|| None::<String>);

    let edit = |change: fn(&mut ConfigurationDocument, String)| {
        let (document, tested, problem) = (document.clone(), tested.setter(), problem.setter());
        Callback::from(move |text: String| {
            let mut changed = (*document).clone();
            change(&mut changed, text);
            document.set(changed);
            tested.set(Tested::Not);
            problem.set(None);
        })
    };
    let candidate = {
        let (document, signs_in, deployed) = (document.clone(), *signs_in, connections.clone());
        move || {
            let mut candidate = (*document).clone();
            if !signs_in {
                candidate.authority = None;
            }
            // The development accounts belong to the deployment's provider.
            candidate.demo_accounts = deployed.deployed.demo_accounts
                && candidate.authority == deployed.deployed.authority;
            candidate
        }
    };
    let test = {
        let (candidate, tested, problem) = (candidate.clone(), tested.setter(), problem.setter());
        let document = document.clone();
        Callback::from(move |_: MouseEvent| {
            let mut open = candidate();
            open.authority = None;
            let configuration = match open.check() {
                Ok(configuration) => configuration,
                Err(found) => return problem.set(Some(found)),
            };
            tested.set(Tested::Asking);
            let (tested, document) = (tested.clone(), document.clone());
            spawn_local(async move {
                let fhir = FhirClient::new(SignIn::new(configuration));
                match fhir.read("metadata").await {
                    Ok(statement) => {
                        if let Some(number) = text(&statement, "fhirVersion") {
                            document.set(ConfigurationDocument {
                                fhir_version: FhirVersion::of_number(number),
                                ..(*document).clone()
                            });
                        }
                        tested.set(described(&statement));
                    }
                    Err(refusal) => tested.set(Tested::Failed(refusal)),
                }
            });
        })
    };
    let onsubmit = {
        let (candidate, problem, failure) = (candidate, problem.setter(), failure.setter());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let candidate = candidate();
            if let Err(found) = candidate.check() {
                return problem.set(Some(found));
            }
            match connection::choose(&candidate) {
                Ok(()) => start_again(),
                Err(refusal) => failure.set(Some(refusal.to_string())),
            }
        })
    };
    let reset = Callback::from(|_: MouseEvent| {
        connection::reset();
        start_again();
    });
    let set_signs_in = |wanted: bool| {
        let (signs_in, tested) = (signs_in.setter(), tested.setter());
        Callback::from(move |_: Event| {
            signs_in.set(wanted);
            tested.set(Tested::Not);
        })
    };
    let choose_version = {
        let document = document.clone();
        Callback::from(move |event: Event| {
            let chosen = event
                .target()
                .and_then(|target| target.dyn_into::<HtmlSelectElement>().ok())
                .map(|select| select.value());
            document.set(ConfigurationDocument {
                fhir_version: match chosen.as_deref() {
                    Some("STU3") => FhirVersion::Stu3,
                    _ => FhirVersion::R4,
                },
                ..(*document).clone()
            });
        })
    };
    let problems_of = |field: ConfigurationProblem| -> Vec<AttrValue> {
        let found = problem.filter(|problem| *problem == field);
        found
            .map(|problem| problem.to_string().into())
            .into_iter()
            .collect()
    };
    let other_server = document.fhir_base.trim_end_matches('/')
        != connections.deployed.fhir_base.trim_end_matches('/');
    let redirect_page = browser::page_address("/app/redirect.html").unwrap_or_default();
    html! {
        <div class="narrow">
            <PageHeading title="Settings" />
            <p class="lead">
                if connections.chosen.is_some() {
                    { "This browser uses a connection of your own choice instead of " }
                    <code>{ &connections.deployed.fhir_base }</code>{ "." }
                } else {
                    { "This browser uses the connection that this page was deployed with. You \
                       may choose another FHIR server; the choice stays in this browser." }
                }
            </p>
            <form class="card form" {onsubmit} novalidate=true aria-label="Connection">
                <fieldset>
                    <legend>{ "FHIR server" }</legend>
                    <Field
                        id="fhir-base"
                        label="Base address"
                        kind="url"
                        required=true
                        value={document.fhir_base.clone()}
                        placeholder="https://fhir.example.org/r4"
                        problems={problems_of(ConfigurationProblem::FhirBase)}
                        oninput={edit(|document, text| document.fhir_base = text)}
                    />
                    <div class="field">
                        <label for="fhir-version">{ "FHIR release" }</label>
                        <select id="fhir-version" onchange={choose_version}>
                            for version in [FhirVersion::R4, FhirVersion::Stu3] {
                                <option
                                    value={version.name()}
                                    selected={document.fhir_version == version}
                                >
                                    { version.name() }
                                </option>
                            }
                        </select>
                    </div>
                    <div class="actions field-wide">
                        <button type="button" class="button" onclick={test}>
                            { "Test the address" }
                        </button>
                        <span class="hint" role="status">
                            { match &*tested {
                                Tested::Not | Tested::Failed(_) => String::new(),
                                Tested::Asking => "Asking…".to_owned(),
                                Tested::Serves(words) => words.clone(),
                            } }
                        </span>
                    </div>
                    if let Tested::Failed(refusal) = &*tested {
                        <div class="field-wide">
                            <FailureNotice desk={props.desk.clone()} failure={refusal.clone()} />
                        </div>
                    }
                </fieldset>
                <fieldset>
                    <legend>{ "Sign-in" }</legend>
                    <div class="field-wide choices">
                        <label class="choice">
                            <input
                                type="radio"
                                name="signs-in"
                                checked={!*signs_in}
                                onchange={set_signs_in(false)}
                            />
                            { "No sign-in: the server is open" }
                        </label>
                        <label class="choice">
                            <input
                                type="radio"
                                name="signs-in"
                                checked={*signs_in}
                                onchange={set_signs_in(true)}
                            />
                            { "Sign in at an OpenID Connect provider" }
                        </label>
                    </div>
                    if *signs_in {
                        <Field
                            id="authority"
                            label="Authority"
                            kind="url"
                            required=true
                            value={document.authority.clone().unwrap_or_default()}
                            placeholder="https://login.example.org/tenant/v2.0"
                            problems={problems_of(ConfigurationProblem::Authority)}
                            oninput={edit(|document, text| document.authority = Some(text))}
                        />
                        <Field
                            id="client-id"
                            label="Client id"
                            required=true
                            value={document.client_id.clone().unwrap_or_default()}
                            hint={format!(
                                "Register this page there as a public client with the redirect \
                                 address {redirect_page}."
                            )}
                            problems={problems_of(ConfigurationProblem::ClientId)}
                            oninput={edit(|document, text| document.client_id = Some(text))}
                        />
                        <Field
                            id="scopes"
                            label="Scopes"
                            required=true
                            value={document.scopes.join(" ")}
                            hint={other_server.then_some(AttrValue::from(
                                "The access token goes to the server above: name that server’s \
                                 scopes.",
                            ))}
                            problems={problems_of(ConfigurationProblem::Scopes)}
                            oninput={edit(|document, text| {
                                document.scopes = text.split(' ').map(str::to_owned).collect();
                            })}
                        />
                    }
                </fieldset>
                <p class="hint">
                    { "Browsers let this page reach only addresses that its operator allows \
                       (CLIENT_CONNECT_SRC). Another server must also allow this page (CORS)." }
                </p>
                if let Some(failure) = &*failure {
                    <p class="notice notice-error" role="alert">{ failure }</p>
                }
                <div class="actions">
                    <button type="submit" class="button button-primary">{ "Save and use" }</button>
                    <button
                        type="button"
                        class="button"
                        disabled={connections.chosen.is_none()}
                        onclick={reset}
                    >
                        { "Use the deployed connection" }
                    </button>
                </div>
            </form>
            <ReplyUrl base={props.desk.base()} />
        </div>
    }
}

fn described(statement: &Value) -> Tested {
    if text(statement, "resourceType") != Some("CapabilityStatement") {
        return Tested::Failed(FhirFailure::Unreadable { status: 200 });
    }
    let software = statement
        .get("software")
        .and_then(|software| text(software, "name"))
        .or_else(|| text(statement, "name"))
        .unwrap_or("A FHIR server");
    let version = text(statement, "fhirVersion").unwrap_or("unknown");
    let types = statement
        .pointer("/rest/0/resource")
        .and_then(Value::as_array)
        .map_or(0, Vec::len);
    Tested::Serves(format!(
        "{software} answers: FHIR {version}, {types} resource types."
    ))
}

/// Sign-in and caches belong to one connection: another begins with a fresh page.
fn start_again() {
    if let Some(window) = web_sys::window() {
        // If that fails, the old page stays; the next load uses the new connection.
        let _ = window.location().assign("/app/");
    }
}
