//! Shown when the client does not know its server.

use yew::prelude::*;

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct UnconfiguredProps {
    pub(crate) reason: AttrValue,
}

#[component]
pub(crate) fn Unconfigured(props: &UnconfiguredProps) -> Html {
    html! {
        <main id="main" class="page narrow">
            <h1 class="page-title">{ "This client is not set up" }</h1>
            <div class="notice notice-error" role="alert"><p>{ &props.reason }</p></div>
            <div class="actions"><a class="button button-primary" href="">{ "Load again" }</a></div>
        </main>
    }
}
