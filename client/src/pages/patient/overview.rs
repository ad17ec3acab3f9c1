//! The first look: latest vital signs, current problems, allergies and medications, last visits.

use std::rc::Rc;

use serde_json::Value;
use yew::prelude::*;

use super::chart::{Chart, Part};
use super::page::query_of;
use crate::api::bundle::SearchPage;
use crate::api::chart::{Kind, SECTIONS};
use crate::components::address_link::AddressLink;
use crate::components::flag_mark::CellWords;
use crate::components::skeleton::Skeleton;
use crate::display::codeable_concept::status;
use crate::display::row::{Row, Weight, headings, rows};
use crate::display::trend::trends;
use crate::route::Route;

const LINES: usize = 6;
const TILES: usize = 8;

#[derive(Clone, PartialEq, Properties)]
pub(super) struct OverviewProps {
    pub(super) chart: Chart,
    pub(super) route: Route,
}

#[component]
pub(super) fn Overview(props: &OverviewProps) -> Html {
    html! {
        <div class="overview">
            { latest_vital_signs(props) }
            { list(props, Kind::Conditions, "Current problems", |condition| {
                has_status(condition, "clinicalStatus", &["active", "recurrence", "relapse"])
            }) }
            { list(props, Kind::Allergies, "Allergies", |allergy| {
                !has_status(allergy, "clinicalStatus", &["inactive", "resolved"])
            }) }
            { list(props, Kind::Medications, "Current medications", |request| {
                has_status(request, "status", &["active", "on hold"])
            }) }
            { list(props, Kind::Encounters, "Last encounters", |_| true) }
        </div>
    }
}

fn has_status(resource: &Value, element: &str, among: &[&str]) -> bool {
    resource
        .get(element)
        .and_then(status)
        .is_some_and(|status| among.contains(&status.as_str()))
}

fn part(props: &OverviewProps, kind: Kind) -> (Part, &'static str) {
    let index = SECTIONS.iter().position(|section| section.kind == kind);
    let slug = SECTIONS.iter().find(|section| section.kind == kind);
    (
        index.map_or(Part::Loading, |index| props.chart.parts.of(index)),
        slug.map_or("", |section| section.slug),
    )
}

fn card(props: &OverviewProps, slug: &'static str, title: &'static str, content: Html) -> Html {
    let id = format!("overview-{slug}");
    html! {
        <section class="card" aria-labelledby={id.clone()}>
            <div class="card-head">
                <h2 {id}>{ title }</h2>
                <AddressLink to={props.route.clone()} query={query_of(slug)}>
                    { "All" }<span class="visually-hidden">{ format!(": {title}") }</span>
                </AddressLink>
            </div>
            { content }
        </section>
    }
}

fn unless_ready(part: Part, ready: impl FnOnce(Rc<SearchPage>) -> Html) -> Html {
    match part {
        Part::Loading => html! { <Skeleton lines=3 /> },
        Part::Failed(failure) => html! {
            <p class="notice notice-error" role="alert">{ failure.heading() }</p>
        },
        Part::Ready(page) => ready(page),
    }
}

fn latest_vital_signs(props: &OverviewProps) -> Html {
    let (part, slug) = part(props, Kind::VitalSigns);
    let content = unless_ready(part, |page| {
        let trends = trends(&page.matches);
        if trends.is_empty() {
            return html! { <p class="empty-line">{ "No vital signs recorded." }</p> };
        }
        html! {
            <ul class="tiles">
                for trend in trends.iter().take(TILES) {
                    <li class="tile">
                        <span class="tile-title">{ &trend.title }</span>
                        <strong class="tile-value">{ &trend.latest }</strong>
                        <span class="hint">{ &trend.latest_date }</span>
                    </li>
                }
            </ul>
        }
    });
    html! { <div class="overview-wide">{ card(props, slug, "Latest vital signs", content) }</div> }
}

fn list(
    props: &OverviewProps,
    kind: Kind,
    title: &'static str,
    wanted: fn(&Value) -> bool,
) -> Html {
    let (part, slug) = part(props, kind);
    let content = unless_ready(part, |page| {
        let chosen: Vec<Value> = page
            .matches
            .iter()
            .filter(|resource| wanted(resource))
            .cloned()
            .collect();
        let rows = rows(kind, &chosen);
        if rows.is_empty() {
            return html! { <p class="empty-line">{ "None recorded." }</p> };
        }
        html! {
            <ul class="lines">
                for row in rows.iter().take(LINES) {
                    <li>{ line(kind, row) }</li>
                }
                if rows.len() > LINES {
                    <li class="hint">{ format!("and {} more", rows.len() - LINES) }</li>
                }
            </ul>
        }
    });
    card(props, slug, title, content)
}

/// The main cell as a link, then the date.
fn line(kind: Kind, row: &Row) -> Html {
    let cells = || headings(kind).iter().zip(&row.cells);
    let main = cells().find(|(heading, _)| heading.weight == Weight::Main);
    let Some((_, main)) = main else {
        return Html::default();
    };
    html! {
        <>
            <AddressLink to={Route::of_resource(&row.resource_type, &row.id)}>
                <CellWords cell={main.clone()} />
            </AddressLink>
            if let Some(first) = row.cells.first() {
                <span class="hint">{ &first.words }</span>
            }
        </>
    }
}
