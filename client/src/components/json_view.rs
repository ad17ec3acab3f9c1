//! A resource's JSON, set for reading, with references as links.

use yew::prelude::*;

use crate::components::address_link::AddressLink;
use crate::components::copy_button::CopyButton;
use crate::display::json_text::{PieceKind, pieces, pretty};
use crate::route::Route;

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct JsonViewProps {
    pub(crate) base: AttrValue,
    pub(crate) resource: std::rc::Rc<serde_json::Value>,
}

#[component]
pub(crate) fn JsonView(props: &JsonViewProps) -> Html {
    let (text, parts) = {
        let base = props.base.clone();
        let both = use_memo(props.resource.clone(), move |resource| {
            (pretty(resource), pieces(&base, resource))
        });
        (both.0.clone(), both.1.clone())
    };
    html! {
        <div class="json">
            <CopyButton title="Copy JSON" {text} />
            // Focusable, because it scrolls sideways.
            <pre class="json-text" tabindex="0" role="region" aria-label="JSON">
                <code>
                    for piece in parts {
                        { match piece.kind {
                            PieceKind::Punctuation => html! { { piece.text } },
                            PieceKind::Name => html! { <span class="json-name">{ piece.text }</span> },
                            PieceKind::Text => html! { <span class="json-string">{ piece.text }</span> },
                            PieceKind::Number => html! { <span class="json-number">{ piece.text }</span> },
                            PieceKind::Literal => html! { <span class="json-literal">{ piece.text }</span> },
                            PieceKind::Reference(target) => html! {
                                <AddressLink to={Route::of_resource(&target.resource_type, &target.id)}>
                                    { piece.text }
                                </AddressLink>
                            },
                        } }
                    }
                </code>
            </pre>
        </div>
    }
}
