//! A page's first heading: sets the document's title and takes the focus when a page is entered, so
//! that a screen reader announces the page.

use std::cell::Cell;

use yew::prelude::*;

const APPLICATION: &str = "FHIR Edge";

thread_local! {
    /// The first page is announced by the browser itself.
    static ENTERED: Cell<bool> = const { Cell::new(false) };
}

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct PageHeadingProps {
    pub(crate) title: AttrValue,
    /// Shown in place of the title when it is more than text.
    #[prop_or_default]
    pub(crate) children: Html,
}

#[component]
pub(crate) fn PageHeading(props: &PageHeadingProps) -> Html {
    let heading = use_node_ref();
    use_effect_with(props.title.clone(), |title| {
        if let Some(document) = web_sys::window().and_then(|window| window.document()) {
            document.set_title(&format!("{title} – {APPLICATION}"));
        }
    });
    {
        let heading = heading.clone();
        use_effect_with((), move |()| {
            if ENTERED.replace(true)
                && let Some(heading) = heading.cast::<web_sys::HtmlElement>()
            {
                // If focusing fails, the focus stays on the link, which is harmless.
                let _ = heading.focus();
            }
        });
    }
    html! {
        <h1 class="page-title" tabindex="-1" ref={heading}>
            if props.children == Html::default() {
                { &props.title }
            } else {
                { props.children.clone() }
            }
        </h1>
    }
}
