//! Who is signed in, with which roles; the other accounts of this tab; the way out.

use wasm_bindgen_futures::spawn_local;
use web_sys::HtmlElement;
use yew::prelude::*;

use crate::auth::account::AccountKey;
use crate::auth::authorize::Who;
use crate::auth::failure::SignInFailure;
use crate::auth::session::{Leaving, Person};
use crate::components::account_list::AccountList;
use crate::components::address_link::AddressLink;
use crate::components::sign_in_attempt::{Way, use_sign_in_attempt};
use crate::components::sign_in_panel::SignInPanel;
use crate::desk::Desk;
use crate::route::Route;

const MENU_ID: &str = "accounts";

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct PersonMenuProps {
    pub(crate) desk: Desk,
}

#[component]
pub(crate) fn PersonMenu(props: &PersonMenuProps) -> Html {
    let sign_in = &props.desk.sign_in;
    let failure = use_state_eq(|| None::<SignInFailure>);
    let attempt = use_sign_in_attempt(sign_in);
    let menu = use_node_ref();
    let current = props.desk.person.account();
    {
        let menu = menu.clone();
        use_effect_with(props.desk.person.clone(), move |_| {
            if let Some(menu) = menu.cast::<HtmlElement>() {
                // Refused when it is closed already.
                let _ = menu.hide_popover();
            }
        });
    }
    let sign_out = |leaving: Leaving| {
        let (sign_in, failure) = (sign_in.clone(), failure.setter());
        Callback::from(move |_: MouseEvent| {
            let (sign_in, failure) = (sign_in.clone(), failure.clone());
            spawn_local(async move { failure.set(sign_in.sign_out(leaving).await.err()) });
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
    let accounts = sign_in.accounts();
    let others = accounts
        .iter()
        .filter(|account| account.tokens.is_some() && Some(account.key()) != current)
        .count();
    // The failure may belong to another account than the active one.
    let failed = match &attempt.who {
        Some(Who::Known(key)) => accounts.iter().find(|account| account.key() == *key),
        _ => None,
    };
    let failed = failed.map(|account| account.claims.display_name().to_owned());
    let choose = {
        let start = attempt.start.clone();
        Callback::from(move |key: AccountKey| start.emit((Way::Kept, Who::Known(key))))
    };
    let another = {
        let start = attempt.start.clone();
        Callback::from(move |_: MouseEvent| start.emit((Way::Popup, Who::Another)))
    };
    html! {
        <div class="person">
            <button
                type="button"
                class="person-button"
                popovertarget={MENU_ID}
            >
                <span class="visually-hidden">{ "Accounts: " }</span>
                <span class="person-words">
                    <span class="person-name">{ claims.display_name().to_owned() }</span>
                    <span class="visually-hidden">{ ", " }</span>
                    <span class="person-roles">{ roles }</span>
                </span>
                <span class="caret" aria-hidden="true">{ "▾" }</span>
            </button>
            <button
                type="button"
                class="button button-small"
                onclick={sign_out(Leaving::Active)}
            >
                { "Sign out" }
            </button>
            <div id={MENU_ID} class="menu" popover="auto" ref={menu} role="group" aria-label="Accounts">
                <p class="menu-heading">{ "Accounts of this tab" }</p>
                <AccountList {accounts} {current} {choose} />
                <span class="hint" role="status">
                    if attempt.busy {
                        { "Waiting for the sign-in…" }
                    }
                </span>
                if let Some(failure) = &attempt.failure {
                    <div class="notice notice-error" role="alert">
                        if let Some(name) = failed {
                            <p class="notice-heading">{ name }</p>
                        }
                        <p>{ failure.to_string() }</p>
                    </div>
                    <SignInPanel sign_in={sign_in.clone()} who={attempt.who.clone()} />
                }
                <button type="button" class="button" onclick={another}>
                    { "Use another account" }
                </button>
                if others > 0 {
                    <button type="button" class="button" onclick={sign_out(Leaving::All)}>
                        { "Sign out of all accounts" }
                    </button>
                    <p class="hint">{ remaining(others) }</p>
                }
            </div>
        </div>
    }
}

/// What stays signed in when one account signs out.
fn remaining(others: usize) -> String {
    let (count, verb) = match others {
        1 => ("1 other account".to_owned(), "stays"),
        more => (format!("{more} other accounts"), "stay"),
    };
    format!("After “Sign out”, {count} {verb} signed in in this tab.")
}
