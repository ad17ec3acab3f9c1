//! The patient's measurements over time, one at a time.

use wasm_bindgen::JsCast;
use web_sys::HtmlSelectElement;
use yew::prelude::*;

use super::notice::FhirNotice;
use crate::api::chart::measurements;
use crate::api::fhir_client::FhirClient;
use crate::components::loaded::{Loaded, use_asked};
use crate::components::skeleton::Skeleton;
use crate::components::trend_chart::TrendChart;
use crate::display::trend::{Trend, trends};

#[derive(Clone, PartialEq, Properties)]
pub(super) struct ChartProps {
    pub(super) fhir: FhirClient,
    pub(super) patient: AttrValue,
}

#[component]
pub(super) fn Chart(props: &ChartProps) -> Html {
    let chosen = use_state_eq(|| 0_usize);
    let fhir = props.fhir.clone();
    let asked = use_asked(props.patient.clone(), move |patient| {
        let fhir = fhir.clone();
        async move { fhir.search(&measurements(&patient)).await }
    });
    let onchange = {
        let chosen = chosen.setter();
        Callback::from(move |event: Event| {
            let select = event
                .target()
                .and_then(|target| target.dyn_into::<HtmlSelectElement>().ok());
            if let Some(at) =
                select.and_then(|select| usize::try_from(select.selected_index()).ok())
            {
                chosen.set(at);
            }
        })
    };
    let content = match asked.loaded {
        Loaded::Loading(None) => html! { <Skeleton words="Loading the measurements…" /> },
        Loaded::Failed(failure) => html! { <FhirNotice {failure} again={asked.again} /> },
        Loaded::Loading(Some(page)) | Loaded::Ready(page) => {
            let trends = trends(&page.matches);
            match trends.get(*chosen).or_else(|| trends.first()) {
                None => html! {
                    <p class="empty-line">{ "This patient has no measurements that have a number." }</p>
                },
                Some(trend) => html! {
                    <>
                        <div class="field measurement">
                            <label for="measurement">{ "Measurement" }</label>
                            <select id="measurement" {onchange}>
                                for (at, each) in trends.iter().enumerate() {
                                    <option key={at} selected={at == *chosen}>
                                        { title(each, &trends) }
                                    </option>
                                }
                            </select>
                        </div>
                        <TrendChart id="trend" trend={trend.clone()} />
                        <p class="hint">
                            { format!("{} observations were read.", page.matches.len()) }
                        </p>
                    </>
                },
            }
        }
    };
    html! {
        <section class="card" aria-labelledby="chart">
            <h2 id="chart">{ "Measurements" }</h2>
            { content }
        </section>
    }
}

/// The same measurement in two units has two charts.
fn title(trend: &Trend, all: &[Trend]) -> String {
    let namesakes = all.iter().filter(|other| other.title == trend.title);
    match (&trend.unit, namesakes.count()) {
        (Some(unit), 2..) => format!("{} ({unit})", trend.title),
        _ => trend.title.clone(),
    }
}
