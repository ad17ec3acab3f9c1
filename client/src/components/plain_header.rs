//! The bar above a page that is a step of another flow: it has no links that lead away.

use yew::prelude::*;

use crate::components::theme_switch::ThemeSwitch;

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct PlainHeaderProps {
    pub(crate) title: AttrValue,
}

#[component]
pub(crate) fn PlainHeader(props: &PlainHeaderProps) -> Html {
    html! {
        <header class="app-header">
            <span class="brand plain-brand">
                <img src="/app/icons/mark.svg" width="24" height="24" alt="" />
                <span>{ &props.title }</span>
            </span>
            <div class="app-tools"><ThemeSwitch /></div>
        </header>
    }
}
