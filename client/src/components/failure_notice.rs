//! A failed request: what happened, what the server said and what to do next.

use yew::prelude::*;

use crate::api::failure::FhirFailure;
use crate::auth::session::Person;
use crate::components::address_link::AddressLink;
use crate::components::sign_in_panel::SignInPanel;
use crate::desk::Desk;
use crate::route::Route;

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct FailureNoticeProps {
    pub(crate) desk: Desk,
    pub(crate) failure: FhirFailure,
    /// Asks again; without it there is nothing to repeat.
    #[prop_or_default]
    pub(crate) again: Option<Callback<()>>,
    /// Another remedy, such as a link.
    #[prop_or_default]
    pub(crate) children: Html,
}

#[component]
pub(crate) fn FailureNotice(props: &FailureNoticeProps) -> Html {
    let signed_in = matches!(props.desk.person, Person::SignedIn(_));
    let was_signed_in = use_mut_ref(|| signed_in);
    {
        let (again, wants_sign_in) = (props.again.clone(), props.failure.wants_sign_in());
        use_effect_with(signed_in, move |signed_in| {
            let before = was_signed_in.replace(*signed_in);
            if let (true, false, true, Some(again)) = (*signed_in, before, wants_sign_in, again) {
                again.emit(());
            }
        });
    }
    if let (Person::Ended(_), FhirFailure::SignIn(_)) = (&props.desk.person, &props.failure) {
        // The banner above the page says so and offers to sign in.
        return Html::default();
    }
    let again = props
        .again
        .clone()
        .map(|again| Callback::from(move |_: MouseEvent| again.emit(())));
    let issues = props.failure.issues();
    let needs_provider = props.failure.wants_sign_in() && props.desk.person == Person::Anyone;
    html! {
        <div class="notice notice-error" role="alert">
            <p class="notice-heading">{ props.failure.heading() }</p>
            if !issues.is_empty() {
                <ul class="issues">
                    for issue in issues {
                        <li>
                            { &issue.words }
                            if !issue.expressions.is_empty() {
                                { " " }<code>{ issue.expressions.join(", ") }</code>
                            }
                        </li>
                    }
                </ul>
            }
            if needs_provider {
                <p>
                    { "This server wants to know who you are. Name its identity provider in the " }
                    <AddressLink to={Route::Settings}>{ "settings" }</AddressLink>{ "." }
                </p>
            } else {
                <p>{ props.failure.advice() }</p>
            }
            <div class="actions">
                if let Some(again) = again {
                    if props.failure.may_be_retried() {
                        <button type="button" class="button button-primary" onclick={again}>
                            { "Try again" }
                        </button>
                    }
                }
                { props.children.clone() }
            </div>
            if props.failure.wants_sign_in() && props.desk.person == Person::SignedOut {
                <SignInPanel sign_in={props.desk.sign_in.clone()} />
            }
            if let Some(id) = props.failure.request_id() {
                <p class="small-print">{ "Request id " }<code>{ id.to_owned() }</code></p>
            }
        </div>
    }
}
