//! Who is signed in, with which roles, and the way out.

use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use crate::app::Desk;
use crate::auth::failure::SignInFailure;
use crate::auth::sign_in::Person;
use crate::components::address_link::AddressLink;
use crate::route::Route;

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct PersonMenuProps {
    pub(crate) desk: Desk,
}

#[component]
pub(crate) fn PersonMenu(props: &PersonMenuProps) -> Html {
    let failure = use_state_eq(|| None::<SignInFailure>);
    let sign_out = {
        let (sign_in, failure) = (props.desk.sign_in.clone(), failure.setter());
        Callback::from(move |_: MouseEvent| {
            let (sign_in, failure) = (sign_in.clone(), failure.clone());
            spawn_local(async move { failure.set(sign_in.sign_out().await.err()) });
        })
    };
    let claims = match &props.desk.person {
        Person::Anyone => return html! { <span class="person-name">{ "No sign-in" }</span> },
        Person::SignedOut => {
            return html! {
                if let Some(failure) = &*failure {
                    <span class="person-failure" role="alert">{ failure.to_string() }</span>
                } else {
                    <AddressLink to={Route::Welcome} class="button button-small">
                        { "Sign in" }
                    </AddressLink>
                }
            };
        }
        Person::SignedIn(claims) | Person::Ended(claims) => claims,
    };
    let roles = if claims.roles.is_empty() {
        "no role".to_owned()
    } else {
        claims.roles.join(", ")
    };
    html! {
        <div class="person">
            <div class="person-words">
                <span class="person-name">{ claims.display_name().to_owned() }</span>
                <span class="person-roles">{ roles }</span>
            </div>
            <button type="button" class="button button-small" onclick={sign_out}>
                { "Sign out" }
            </button>
        </div>
    }
}
