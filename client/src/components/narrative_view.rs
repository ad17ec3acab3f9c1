//! The narrative as DOM nodes, built from the safe tree and never from the server's markup.

use yew::prelude::*;
use yew::virtual_dom::VTag;

use crate::display::narrative::{Node, is_blank, read};

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct NarrativeViewProps {
    /// `text.div`
    pub(crate) xhtml: AttrValue,
}

#[component]
pub(crate) fn NarrativeView(props: &NarrativeViewProps) -> Html {
    let nodes = use_memo(props.xhtml.clone(), |xhtml| read(xhtml));
    if is_blank(&nodes) {
        return Html::default();
    }
    html! {
        <section class="narrative" aria-label="Narrative">
            for node in nodes.iter() {
                { built(node) }
            }
        </section>
    }
}

fn built(node: &Node) -> Html {
    match node {
        Node::Text(text) => html! { { text } },
        Node::Element { name, children } => {
            let mut tag = VTag::new(*name);
            tag.add_children(children.iter().map(built));
            tag.into()
        }
    }
}
