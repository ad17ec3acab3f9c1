//! Everything else about the patient, by type; loaded only when this tab is opened.

use yew::prelude::*;

use super::chart::{Part, use_chart};
use super::section::SectionView;
use crate::api::chart::OTHERS;
use crate::api::failure::FhirFailure;
use crate::components::skeleton::Skeleton;
use crate::desk::Desk;
use crate::route::{Query, Route};

#[derive(Clone, PartialEq, Properties)]
pub(super) struct OthersProps {
    pub(super) desk: Desk,
    pub(super) id: String,
    pub(super) route: Route,
    pub(super) query: Query,
}

#[component]
pub(super) fn Others(props: &OthersProps) -> Html {
    let chart = use_chart(&props.desk, &props.id, &OTHERS);
    let is_empty = |part: &Part| match part {
        Part::Ready(page) => page.matches.is_empty(),
        // A server need not know every type.
        Part::Failed(failure) => matches!(failure, FhirFailure::Refused { status: 404, .. }),
        Part::Loading => false,
    };
    let loading = chart.parts.iter().any(|part| *part == Part::Loading);
    let nothing = chart.parts.iter().all(is_empty);
    html! {
        <>
            if nothing {
                <p class="empty-line">{ "Nothing else is recorded for this patient." }</p>
            }
            for (index, section) in OTHERS.iter().enumerate() {
                if chart.parts.of(index) != Part::Loading && !is_empty(&chart.parts.of(index)) {
                    <SectionView
                        key={section.slug}
                        desk={props.desk.clone()}
                        {index}
                        section={*section}
                        chart={chart.clone()}
                        route={props.route.clone()}
                        query={props.query.clone()}
                    />
                }
            }
            if loading {
                <Skeleton words="Looking for more…" />
            }
        </>
    }
}
