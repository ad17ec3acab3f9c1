//! The page: the record at the head, the sections as tabs, one opened row over them.

use std::rc::Rc;

use serde_json::Value;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;
use yew::prelude::*;
use yew_router::prelude::*;

use super::chart::use_chart;
use super::head::Head;
use super::others::Others;
use super::overview::Overview;
use super::row_drawer::RowDrawer;
use super::section::SectionView;
use super::vital_signs::VitalSigns;
use crate::api::chart::{Kind, SECTIONS};
use crate::clock::today;
use crate::components::address_link::{AddressLink, go};
use crate::components::failure_notice::FailureNotice;
use crate::components::loaded::{Loaded, use_asked};
use crate::components::resource_view::ResourceView;
use crate::components::row_table::OPEN;
use crate::components::skeleton::Skeleton;
use crate::desk::Desk;
use crate::display::patient::PatientSummary;
use crate::display::reference::{is_id, target};
use crate::pages::not_found::NotFoundPage;
use crate::route::{Query, Route};

const TAB: &str = "tab";
const OVERVIEW: &str = "overview";
const OTHERS: &str = "others";
const RECORD: &str = "record";
/// Pixels of the tab before that stay in sight.
const TAB_MARGIN: i32 = 48;

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct PatientPageProps {
    pub(crate) desk: Desk,
    pub(crate) id: String,
}

#[component]
pub(crate) fn PatientPage(props: &PatientPageProps) -> Html {
    if is_id(&props.id) {
        html! { <KnownPatientPage ..props.clone() /> }
    } else {
        html! { <NotFoundPage /> }
    }
}

#[component]
fn KnownPatientPage(props: &PatientPageProps) -> Html {
    let fhir = props.desk.fhir.clone();
    let asked = use_asked(props.id.clone(), move |id| {
        let fhir = fhir.clone();
        async move { fhir.read(&format!("Patient/{id}")).await }
    });
    match asked.loaded {
        Loaded::Loading(_) => html! {
            <><Head patient={None} /><Skeleton words="Loading the patient…" lines=6 /></>
        },
        Loaded::Failed(failure) => html! {
            <>
                <Head patient={None} />
                <FailureNotice desk={props.desk.clone()} {failure} again={asked.again}>
                    <AddressLink to={Route::Patients} class="button">
                        { "Go to the patients" }
                    </AddressLink>
                </FailureNotice>
            </>
        },
        Loaded::Ready(patient) => html! {
            <ChartPage desk={props.desk.clone()} id={props.id.clone()} {patient} />
        },
    }
}

#[derive(Clone, PartialEq, Properties)]
struct ChartPageProps {
    desk: Desk,
    id: String,
    patient: Rc<Value>,
}

#[component]
fn ChartPage(props: &ChartPageProps) -> Html {
    let chart = use_chart(&props.desk, &props.id, &SECTIONS);
    let location = use_location();
    let navigator = use_navigator();
    let pairs = location
        .map(|location| smart::form::decode(location.query_str()))
        .unwrap_or_default();
    let tab = smart::form::first(&pairs, TAB)
        .unwrap_or(OVERVIEW)
        .to_owned();
    let opened = smart::form::first(&pairs, OPEN)
        .and_then(|reference| target(&props.desk.base(), reference));

    let tabs = use_node_ref();
    {
        let tabs = tabs.clone();
        use_effect_with(tab.clone(), move |_| show_current(&tabs));
    }

    let route = Route::Patient {
        id: props.id.clone(),
    };
    let query = query_of(&tab);
    let onclose = {
        let (route, query) = (route.clone(), query.clone());
        Callback::from(move |()| {
            if let Some(navigator) = &navigator {
                go(navigator, &route, &query);
            }
        })
    };
    let tab_link = |slug: &'static str, title: &'static str, count: Option<String>| {
        html! {
            <li key={slug}>
                <AddressLink to={route.clone()} query={query_of(slug)} current={tab == slug}>
                    { title }
                    if let Some(count) = count {
                        <span class="count">{ count }</span>
                    }
                </AddressLink>
            </li>
        }
    };
    let section = SECTIONS
        .iter()
        .position(|section| section.slug == tab)
        .and_then(|index| Some((index, SECTIONS.get(index)?)));
    html! {
        <>
            <Head patient={Some(PatientSummary::of(&props.patient, today()))} />
            <nav class="tabs" aria-label="Chart" ref={tabs}>
                <ul>
                    { tab_link(OVERVIEW, "Overview", None) }
                    for (index, section) in SECTIONS.iter().enumerate() {
                        { tab_link(section.slug, section.title, chart.parts.of(index).count()) }
                    }
                    { tab_link(OTHERS, "Others", None) }
                    { tab_link(RECORD, "Record", None) }
                </ul>
            </nav>
            { match (section, tab.as_str()) {
                (Some((index, section)), _) if section.kind == Kind::VitalSigns => html! {
                    <VitalSigns desk={props.desk.clone()} {index} chart={chart.clone()} {route} {query} />
                },
                (Some((index, section)), _) => html! {
                    <SectionView
                        key={section.slug}
                        desk={props.desk.clone()}
                        {index}
                        section={*section}
                        chart={chart.clone()}
                        {route}
                        {query}
                    />
                },
                (None, OTHERS) => html! {
                    <Others desk={props.desk.clone()} id={props.id.clone()} {route} {query} />
                },
                (None, RECORD) => html! {
                    <section class="card" aria-label="Record">
                        <ResourceView desk={props.desk.clone()} resource={props.patient.clone()} />
                    </section>
                },
                (None, _) => html! { <Overview chart={chart.clone()} {route} /> },
            } }
            if let Some(target) = opened {
                <RowDrawer
                    key={format!("{}/{}", target.resource_type, target.id)}
                    desk={props.desk.clone()}
                    target={target.clone()}
                    {onclose}
                />
            }
        </>
    }
}

/// On a narrow screen the tabs scroll sideways: brings the current one into sight.
fn show_current(tabs: &NodeRef) {
    let Some(tabs) = tabs.cast::<HtmlElement>() else {
        return;
    };
    let current = tabs.query_selector("[aria-current]").ok().flatten();
    if let Some(current) = current.and_then(|current| current.dyn_into::<HtmlElement>().ok()) {
        tabs.set_scroll_left(current.offset_left() - tabs.offset_left() - TAB_MARGIN);
    }
}

/// The query of a tab; the overview needs none.
pub(super) fn query_of(slug: &str) -> Query {
    if slug == OVERVIEW {
        Vec::new()
    } else {
        vec![(TAB.to_owned(), slug.to_owned())]
    }
}
