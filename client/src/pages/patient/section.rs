//! One tab: a table of resources of a type.

use yew::prelude::*;

use super::chart::{Chart, Part};
use crate::api::chart::Section;
use crate::components::failure_notice::FailureNotice;
use crate::components::row_table::RowTable;
use crate::components::skeleton::Skeleton;
use crate::desk::Desk;
use crate::display::row::rows;
use crate::route::{Query, Route};

#[derive(Clone, PartialEq, Properties)]
pub(super) struct SectionViewProps {
    pub(super) desk: Desk,
    /// Its place in the chart.
    pub(super) index: usize,
    pub(super) section: Section,
    pub(super) chart: Chart,
    pub(super) route: Route,
    pub(super) query: Query,
}

#[component]
pub(super) fn SectionView(props: &SectionViewProps) -> Html {
    let title = props.section.title;
    let id = format!("section-{}", props.section.slug);
    html! {
        <section class="card" aria-labelledby={id.clone()}>
            <h2 {id}>{ title }</h2>
            { content(props) }
        </section>
    }
}

fn content(props: &SectionViewProps) -> Html {
    let (index, title) = (props.index, props.section.title);
    match props.chart.parts.of(index) {
        Part::Loading => html! { <Skeleton words={format!("Loading {title}…")} /> },
        Part::Failed(failure) => {
            let again = props.chart.again.reform(move |()| index);
            html! { <FailureNotice desk={props.desk.clone()} {failure} {again} /> }
        }
        Part::Ready(page) if page.matches.is_empty() => html! {
            <p class="empty-line">{ format!("None recorded: {}.", title.to_lowercase()) }</p>
        },
        Part::Ready(page) => {
            let rows = rows(props.section.kind, &page.matches);
            let shown = rows.len();
            let more = props.chart.more.reform(move |_: MouseEvent| index);
            html! {
                <>
                    <RowTable
                        caption={title}
                        kind={props.section.kind}
                        {rows}
                        route={props.route.clone()}
                        query={props.query.clone()}
                    />
                    if page.next.is_some() {
                        <p class="more">
                            <button type="button" class="button" onclick={more}>
                                { "Show more" }
                            </button>
                            <span class="hint">{ format!("{shown} of {}", page.count()) }</span>
                        </p>
                    }
                </>
            }
        }
    }
}
