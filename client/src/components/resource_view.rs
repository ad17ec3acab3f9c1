//! One resource: in words, as JSON, and its history.

use std::rc::Rc;

use serde_json::Value;
use yew::prelude::*;

use crate::components::json_view::JsonView;
use crate::components::narrative_view::NarrativeView;
use crate::components::readable_view::ReadableView;
use crate::components::version_list::VersionList;
use crate::desk::Desk;
use crate::display::text;

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct ResourceViewProps {
    pub(crate) desk: Desk,
    pub(crate) resource: Rc<Value>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Words,
    Json,
    History,
}

const SIDES: [(Side, &str); 3] = [
    (Side::Words, "Details"),
    (Side::Json, "JSON"),
    (Side::History, "History"),
];

#[component]
pub(crate) fn ResourceView(props: &ResourceViewProps) -> Html {
    let side = use_state_eq(|| Side::Words);
    let resource = &props.resource;
    let base = props.desk.base();
    let narrative = resource
        .get("text")
        .and_then(|narrative| text(narrative, "div"))
        .map(|xhtml| AttrValue::from(xhtml.to_owned()));
    html! {
        <div class="resource-view">
            <div class="segments" role="group" aria-label="View">
                for (each, title) in SIDES {
                    <button
                        key={title}
                        type="button"
                        aria-pressed={if each == *side { "true" } else { "false" }}
                        onclick={
                            let side = side.setter();
                            Callback::from(move |_: MouseEvent| side.set(each))
                        }
                    >
                        { title }
                    </button>
                }
            </div>
            { match *side {
                Side::Words => html! {
                    <>
                        <ReadableView base={base.clone()} resource={resource.clone()} />
                        if let Some(xhtml) = narrative {
                            <details class="narrative-details">
                                <summary>{ "Narrative" }</summary>
                                <NarrativeView {xhtml} />
                            </details>
                        }
                    </>
                },
                Side::Json => html! { <JsonView {base} resource={resource.clone()} /> },
                Side::History => html! {
                    <VersionList
                        desk={props.desk.clone()}
                        resource_type={text(resource, "resourceType").unwrap_or_default().to_owned()}
                        id={text(resource, "id").unwrap_or_default().to_owned()}
                        shown={resource
                            .pointer("/meta/versionId")
                            .and_then(Value::as_str)
                            .map(|version| AttrValue::from(version.to_owned()))}
                    />
                },
            } }
        </div>
    }
}
