//! A link to another page of this application, with its query and its current state.

use yew::prelude::*;
use yew_router::prelude::*;

use crate::route::{Query, Route};

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct AddressLinkProps {
    pub(crate) to: Route,
    #[prop_or_default]
    pub(crate) query: Query,
    #[prop_or_default]
    pub(crate) class: Classes,
    /// `page` when the link leads to where the person is.
    #[prop_or_default]
    pub(crate) current: bool,
    pub(crate) children: Html,
}

/// An anchor that navigates without a reload; with a modifier key the browser does as ever.
#[component]
pub(crate) fn AddressLink(props: &AddressLinkProps) -> Html {
    let navigator = use_navigator();
    let onclick = {
        let (to, query) = (props.to.clone(), props.query.clone());
        Callback::from(move |event: MouseEvent| {
            if event.meta_key() || event.ctrl_key() || event.shift_key() || event.alt_key() {
                return;
            }
            if let Some(navigator) = &navigator {
                event.prevent_default();
                go(navigator, &to, &query);
            }
        })
    };
    html! {
        <a
            href={address(&props.to, &props.query)}
            class={props.class.clone()}
            aria-current={props.current.then_some("page")}
            {onclick}
        >
            { props.children.clone() }
        </a>
    }
}

/// Goes to a page.
pub(crate) fn go(navigator: &Navigator, to: &Route, query: &Query) {
    if query.is_empty() || navigator.push_with_query(to, query).is_err() {
        navigator.push(to);
    }
}

/// A page's address.
pub(crate) fn address(to: &Route, query: &Query) -> String {
    let path = to.to_path();
    if query.is_empty() {
        return path;
    }
    let pairs = query
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()));
    format!("{path}?{}", smart::form::encode(pairs))
}
