//! The way to the next page and back.

use yew::prelude::*;

#[derive(Clone, PartialEq, Properties)]
pub(super) struct PagerProps {
    /// `21–40 of 57`
    pub(super) range: AttrValue,
    /// Absent on the first page.
    pub(super) onprevious: Option<Callback<MouseEvent>>,
    /// Absent on the last page.
    pub(super) onnext: Option<Callback<MouseEvent>>,
    /// Present when the page before is not known.
    pub(super) onfirst: Option<Callback<MouseEvent>>,
}

#[component]
pub(super) fn Pager(props: &PagerProps) -> Html {
    let button = |title: &'static str, onclick: &Option<Callback<MouseEvent>>| {
        html! {
            <button type="button" class="button" disabled={onclick.is_none()} onclick={onclick.clone()}>
                { title }
            </button>
        }
    };
    html! {
        <nav class="pager" aria-label="Pages">
            <span class="pager-range">{ &props.range }</span>
            if props.onfirst.is_some() {
                { button("First page", &props.onfirst) }
            } else {
                { button("Previous", &props.onprevious) }
            }
            { button("Next", &props.onnext) }
        </nav>
    }
}
