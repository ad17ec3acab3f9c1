//! The page: question in the address, answer in the table.

use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;
use yew_router::prelude::*;

use super::filters::{Filters, Step};
use super::pager::Pager;
use super::table::PatientTable;
use super::trail::{Before, Trail};
use crate::api::address::below_base;
use crate::api::bundle::SearchPage;
use crate::api::failure::FhirFailure;
use crate::api::patient_search::PatientSearch;
use crate::auth::browser;
use crate::clock::today;
use crate::components::address_link::AddressLink;
use crate::components::copy_button::CopyButton;
use crate::components::failure_notice::FailureNotice;
use crate::components::loaded::{Loaded, use_asked};
use crate::components::page_heading::PageHeading;
use crate::components::skeleton::Skeleton;
use crate::desk::Desk;
use crate::display::patient::PatientSummary;
use crate::route::Route;

const TRAIL_KEY: &str = "fhir-edge.trail";

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct PatientsPageProps {
    pub(crate) desk: Desk,
}

#[component]
pub(crate) fn PatientsPage(props: &PatientsPageProps) -> Html {
    let location = use_location();
    let navigator = use_navigator();
    let query = location
        .as_ref()
        .map(|location| location.query_str().to_owned())
        .unwrap_or_default();
    let search = PatientSearch::of_query(&query);
    let created = smart::form::first(&smart::form::decode(&query), "created").map(str::to_owned);

    let fhir = props.desk.fhir.clone();
    let asked = use_asked(search.clone(), move |search| {
        let fhir = fhir.clone();
        async move {
            let page = fhir.search(&search.fhir_query()).await?;
            let trail: Trail = browser::load(browser::tab_storage(), TRAIL_KEY).unwrap_or_default();
            let trail = trail.after(&search, &page);
            // Without storage only the way back is lost.
            let _ = browser::save(browser::tab_storage(), TRAIL_KEY, &trail);
            Ok((page, trail))
        }
    });

    let go_to = {
        let navigator = navigator.clone();
        Callback::from(move |(search, step): (PatientSearch, Step)| {
            let Some(navigator) = navigator.clone() else {
                return;
            };
            let query = search.to_query();
            // Only a query that cannot be encoded fails, and pairs of text always can.
            let _ = match step {
                Step::New => navigator.push_with_query(&Route::Patients, query),
                Step::Same => navigator.replace_with_query(&Route::Patients, query),
            };
        })
    };
    let url = format!("{}/{}", props.desk.base(), search.fhir_query());
    html! {
        <>
            <div class="title-row">
                <PageHeading title="Patients" />
                <AddressLink to={Route::NewPatient} class="button button-primary">
                    { "New patient" }
                </AddressLink>
            </div>
            <Filters search={search.clone()} onchange={go_to.clone()} />
            { match &asked.loaded {
                Loaded::Loading(None) => html! { <Skeleton words="Loading patients…" lines=8 /> },
                Loaded::Loading(Some(answer)) => {
                    found(props, &search, answer, &go_to, created, true)
                }
                Loaded::Ready(answer) => found(props, &search, answer, &go_to, created, false),
                Loaded::Failed(failure) => html! {
                    <FailureNotice
                        desk={props.desk.clone()}
                        failure={failure.clone()}
                        again={asked.again.clone()}
                    >
                        { way_on(failure, &search, &go_to) }
                    </FailureNotice>
                },
            } }
            <div class="request-line">
                <span>{ "FHIR request" }</span>
                <code>{ format!("GET {url}") }</code>
                <CopyButton title="Copy" text={url} />
            </div>
        </>
    }
}

/// A cursor that no longer works is the usual reason for a refused list: begin again.
fn way_on(
    failure: &FhirFailure,
    search: &PatientSearch,
    go_to: &Callback<(PatientSearch, Step)>,
) -> Html {
    if search.page.is_none() || failure.wants_sign_in() {
        return Html::default();
    }
    let (go_to, first) = (go_to.clone(), search.first_page());
    let onclick = Callback::from(move |_: MouseEvent| go_to.emit((first.clone(), Step::New)));
    html! {
        <button type="button" class="button" {onclick}>{ "Go to the first page" }</button>
    }
}

fn found(
    props: &PatientsPageProps,
    search: &PatientSearch,
    answer: &(SearchPage, Trail),
    go_to: &Callback<(PatientSearch, Step)>,
    created: Option<String>,
    busy: bool,
) -> Html {
    let (page, trail) = answer;
    let today = today();
    let patients: Vec<PatientSummary> = page
        .matches
        .iter()
        .map(|patient| PatientSummary::of(patient, today))
        .collect();
    let to_page = |link: Option<String>| {
        let (go_to, search) = (
            go_to.clone(),
            PatientSearch {
                page: link,
                ..search.clone()
            },
        );
        Callback::from(move |_: MouseEvent| {
            go_to.emit((search.clone(), Step::New));
            scroll_up();
        })
    };
    let (onprevious, onfirst) = match trail.before(search) {
        Before::None => (None, None),
        Before::Page(link) => (Some(to_page(link)), None),
        Before::Unknown => (None, Some(to_page(None))),
    };
    let next = page.next.as_deref();
    let next_below = next.and_then(|next| below_base(&props.desk.base(), next));
    let onorder = {
        let (go_to, search) = (go_to.clone(), search.first_page());
        Callback::from(move |order| {
            let search = PatientSearch {
                order,
                ..search.clone()
            };
            go_to.emit((search, Step::New));
        })
    };
    let range = trail.range(search, patients.len());
    let new_name = created.as_deref().and_then(|created| {
        let patient = patients.iter().find(|patient| patient.id == created)?;
        Some(patient.name.clone())
    });
    html! {
        <>
            if let (Some(id), Some(name)) = (&created, &new_name) {
                <div class="banner banner-success" role="status">
                    <p>{ format!("{name} was added.") }</p>
                    <AddressLink to={Route::Patient { id: id.clone() }}>{ "Open the chart" }</AddressLink>
                </div>
            }
            <p class="result-line" role="status">
                <strong>{ search.words() }</strong>
                <span>{ total_words(trail, patients.len(), next.is_some()) }</span>
            </p>
            for warning in &page.warnings {
                <p class="notice notice-warning">{ &warning.words }</p>
            }
            if let (Some(next), None) = (next, next_below) {
                <p class="notice notice-warning">
                    { FhirFailure::ForeignLink(next.to_owned()).advice() }
                </p>
            }
            if patients.is_empty() {
                { nobody(search) }
            } else {
                <PatientTable {patients} order={search.order} {onorder} {created} {busy} />
                <Pager
                    {range}
                    {onprevious}
                    {onfirst}
                    onnext={next_below.map(|link| to_page(Some(link.to_owned())))}
                />
            }
        </>
    }
}

fn total_words(trail: &Trail, shown: usize, has_more: bool) -> String {
    let count = trail.total().unwrap_or(shown as u64);
    let patients = if count == 1 { "patient" } else { "patients" };
    match trail.total() {
        None if has_more => format!("more than {shown} {patients}"),
        _ => format!("{count} {patients}"),
    }
}

fn nobody(search: &PatientSearch) -> Html {
    html! {
        <div class="empty">
            if search.is_everyone() {
                <p><strong>{ "There are no patients yet." }</strong></p>
                <p>{ "Add the first one here, or load bundles with " }<code>{ "npm run load" }</code>{ "." }</p>
                <AddressLink to={Route::NewPatient} class="button button-primary">
                    { "New patient" }
                </AddressLink>
            } else {
                <p><strong>{ "No patient matches." }</strong></p>
                <p>
                    { "Names match from their beginning: try fewer letters. Numbers must be \
                       complete." }
                </p>
                <AddressLink to={Route::Patients} class="button">{ "Show all patients" }</AddressLink>
            }
        </div>
    }
}

fn scroll_up() {
    spawn_local(async {
        if let Some(window) = web_sys::window() {
            window.scroll_to_with_x_and_y(0.0, 0.0);
        }
    });
}
