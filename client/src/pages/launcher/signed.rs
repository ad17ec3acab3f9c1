//! A launch by a handle that the server issues: it names the patient to nobody who sees the address,
//! opens one app once, and is the only launch that a server with unsigned launches off accepts.

use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use super::launch::Launch;
use crate::api::failure::FhirFailure;
use crate::api::launch_handle::request_handle;
use crate::components::failure_notice::FailureNotice;
use crate::desk::Desk;

#[derive(Clone, PartialEq, Properties)]
pub(super) struct SignedLaunchProps {
    pub(super) desk: Desk,
    pub(super) launch: Launch,
}

#[component]
pub(super) fn SignedLaunch(props: &SignedLaunchProps) -> Html {
    let issued = use_state_eq(|| None::<Result<String, FhirFailure>>);
    let busy = use_state_eq(|| false);
    let ask = {
        let (desk, launch) = (props.desk.clone(), props.launch.clone());
        let (issued, busy) = (issued.setter(), busy.setter());
        Callback::from(move |_: MouseEvent| {
            busy.set(true);
            let (desk, launch) = (desk.clone(), launch.clone());
            let (issued, busy) = (issued.clone(), busy.clone());
            spawn_local(async move {
                let handle = request_handle(&desk.base(), &desk.sign_in, launch.context()).await;
                issued.set(Some(handle));
                busy.set(false);
            });
        })
    };
    let opened = {
        // It opens once.
        let issued = issued.setter();
        Callback::from(move |_: MouseEvent| issued.set(None))
    };
    let handle = issued.as_ref().and_then(|issued| issued.as_ref().ok());
    let address = handle.and_then(|handle| {
        let base = props.desk.base();
        props.launch.address_with(&base, handle).ok()
    });
    html! {
        <>
            <div class="actions">
                if let Some(address) = address {
                    <a
                        class="button button-primary"
                        id="signed-launch"
                        href={address}
                        target="_blank"
                        rel="noopener noreferrer"
                        onclick={opened}
                    >
                        { "Launch with the handle" }
                        <span class="visually-hidden">{ " (opens a new tab)" }</span>
                    </a>
                    <span class="hint">{ "It opens one app once, within five minutes." }</span>
                } else {
                    <button type="button" class="button" onclick={ask} disabled={*busy}>
                        { "Get a launch handle" }
                    </button>
                    <span class="hint">
                        { "The server checks the context and keeps it out of the address." }
                    </span>
                }
            </div>
            if let Some(Err(failure)) = &*issued {
                <FailureNotice desk={props.desk.clone()} failure={failure.clone()} />
            }
        </>
    }
}
