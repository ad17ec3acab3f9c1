//! What went wrong in the sample app: what happened, what the server said, what to do.

use yew::prelude::*;

use crate::api::failure::FhirFailure;
use crate::auth::smart_app::failure::{AppFailure, fhir_advice};

#[derive(Clone, PartialEq, Properties)]
pub(super) struct AppNoticeProps {
    pub(super) failure: AppFailure,
}

#[component]
pub(super) fn AppNotice(props: &AppNoticeProps) -> Html {
    html! {
        <div class="notice notice-error" role="alert">
            <p class="notice-heading">{ props.failure.heading() }</p>
            if let Some(said) = props.failure.said() {
                <p>{ "The server said: " }<q>{ said }</q></p>
            }
            <p>{ props.failure.advice() }</p>
        </div>
    }
}

#[derive(Clone, PartialEq, Properties)]
pub(super) struct FhirNoticeProps {
    pub(super) failure: FhirFailure,
    pub(super) again: Callback<()>,
}

#[component]
pub(super) fn FhirNotice(props: &FhirNoticeProps) -> Html {
    html! {
        <div class="notice notice-error" role="alert">
            <p class="notice-heading">{ props.failure.heading() }</p>
            for issue in props.failure.issues() {
                <p>{ "The server said: " }<q>{ issue.words }</q></p>
            }
            <p>{ fhir_advice(&props.failure) }</p>
            <div class="actions">
                <button
                    type="button"
                    class="button"
                    onclick={props.again.reform(|_: MouseEvent| ())}
                >
                    { "Try again" }
                </button>
            </div>
        </div>
    }
}
