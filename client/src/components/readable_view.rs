//! Any resource as labelled words.

use yew::prelude::*;

use crate::components::address_link::AddressLink;
use crate::display::readable::{Content, Element, elements};
use crate::route::Route;

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct ReadableViewProps {
    pub(crate) base: AttrValue,
    pub(crate) resource: std::rc::Rc<serde_json::Value>,
}

#[component]
pub(crate) fn ReadableView(props: &ReadableViewProps) -> Html {
    let base = props.base.clone();
    let elements = use_memo(props.resource.clone(), move |resource| {
        elements(&base, resource)
    });
    listed(&elements)
}

fn listed(elements: &[Element]) -> Html {
    html! {
        <dl class="readable">
            for element in elements {
                <div class="readable-element">
                    <dt>{ &element.label }</dt>
                    for content in &element.contents {
                        <dd>{ shown(content) }</dd>
                    }
                </div>
            }
        </dl>
    }
}

fn shown(content: &Content) -> Html {
    match content {
        Content::Words { words, codes } => html! {
            <>
                { words }
                if !codes.is_empty() {
                    <span class="codes">{ codes.join(" · ") }</span>
                }
            </>
        },
        Content::Link { words, target } => html! {
            <AddressLink to={Route::of_resource(&target.resource_type, &target.id)}>
                { words }
            </AddressLink>
        },
        Content::Nested(elements) => listed(elements),
    }
}
