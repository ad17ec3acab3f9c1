//! The vital signs: charts over time, then every measurement.

use yew::prelude::*;

use super::chart::{Chart, Part};
use super::section::SectionView;
use crate::api::chart::SECTIONS;
use crate::components::trend_chart::TrendChart;
use crate::desk::Desk;
use crate::display::trend::trends;
use crate::route::{Query, Route};

#[derive(Clone, PartialEq, Properties)]
pub(super) struct VitalSignsProps {
    pub(super) desk: Desk,
    pub(super) index: usize,
    pub(super) chart: Chart,
    pub(super) route: Route,
    pub(super) query: Query,
}

#[component]
pub(super) fn VitalSigns(props: &VitalSignsProps) -> Html {
    let trends = match props.chart.parts.of(props.index) {
        Part::Ready(page) => trends(&page.matches),
        Part::Loading | Part::Failed(_) => Vec::new(),
    };
    let Some(section) = SECTIONS.get(props.index) else {
        return Html::default();
    };
    html! {
        <>
            if !trends.is_empty() {
                <section aria-labelledby="trends">
                    <h2 id="trends" class="visually-hidden">{ "Trends" }</h2>
                    <div class="trends">
                        for (index, trend) in trends.into_iter().enumerate() {
                            <TrendChart
                                key={index}
                                id={format!("trend-{index}")}
                                {trend}
                            />
                        }
                    </div>
                </section>
            }
            <SectionView
                desk={props.desk.clone()}
                index={props.index}
                section={*section}
                chart={props.chart.clone()}
                route={props.route.clone()}
                query={props.query.clone()}
            />
        </>
    }
}
