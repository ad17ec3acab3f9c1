//! A quiet stand-in for what is being loaded.

use yew::prelude::*;

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct SkeletonProps {
    /// For screen readers.
    #[prop_or("Loading…".into())]
    pub(crate) words: AttrValue,
    #[prop_or(4)]
    pub(crate) lines: u32,
}

#[component]
pub(crate) fn Skeleton(props: &SkeletonProps) -> Html {
    html! {
        <div class="skeleton" role="status">
            <span class="visually-hidden">{ &props.words }</span>
            for line in 0..props.lines {
                <span key={line} class="skeleton-line" aria-hidden="true" />
            }
        </div>
    }
}
