//! A panel over the page for one resource. The native dialog keeps the focus inside, closes on
//! Escape and gives the focus back.

use web_sys::HtmlDialogElement;
use yew::prelude::*;

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct DrawerProps {
    pub(crate) title: AttrValue,
    pub(crate) onclose: Callback<()>,
    pub(crate) children: Html,
}

#[component]
pub(crate) fn Drawer(props: &DrawerProps) -> Html {
    let dialog = use_node_ref();
    {
        let dialog = dialog.clone();
        use_effect_with((), move |()| {
            let dialog = dialog.cast::<HtmlDialogElement>();
            if let Some(dialog) = &dialog {
                // Only a dialog that is open already refuses.
                let _ = dialog.show_modal();
            }
            move || {
                if let Some(dialog) = dialog {
                    dialog.close();
                }
            }
        });
    }
    let oncancel = {
        let onclose = props.onclose.clone();
        Callback::from(move |event: Event| {
            event.prevent_default();
            onclose.emit(());
        })
    };
    let onclick = {
        let onclose = props.onclose.clone();
        Callback::from(move |_: MouseEvent| onclose.emit(()))
    };
    html! {
        <dialog class="drawer" ref={dialog} aria-labelledby="drawer-title" {oncancel}>
            <div class="drawer-head">
                <h2 id="drawer-title">{ &props.title }</h2>
                <button type="button" class="button button-small" {onclick}>{ "Close" }</button>
            </div>
            <div class="drawer-body">{ props.children.clone() }</div>
        </dialog>
    }
}
