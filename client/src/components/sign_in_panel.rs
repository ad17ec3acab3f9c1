//! The two ways to sign in, the accounts that this tab knows, and the development accounts where
//! there are any.

use wasm_bindgen_futures::spawn_local;
use web_sys::HtmlElement;
use yew::prelude::*;

use crate::auth::account::AccountKey;
use crate::auth::authorize::Who;
use crate::auth::failure::SignInFailure;
use crate::auth::session::{Leaving, Person};
use crate::auth::sign_in::SignIn;
use crate::components::account_list::AccountList;
use crate::components::sign_in_attempt::{Way, use_sign_in_attempt};

/// The development provider's accounts: user name and what it may do.
const DEMO_ACCOUNTS: [(&str, &str); 6] = [
    ("admin", "everything"),
    ("writer", "read and write"),
    ("reader", "read only"),
    ("exporter", "read and bulk export"),
    ("patient", "one patient’s own record"),
    ("nobody", "nothing: a signed-in person without a role"),
];

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct SignInPanelProps {
    pub(crate) sign_in: SignIn,
    /// List the development accounts as well.
    #[prop_or(false)]
    pub(crate) accounts: bool,
    /// The account that the buttons sign in; by default the page's.
    #[prop_or_default]
    pub(crate) who: Option<Who>,
}

#[component]
pub(crate) fn SignInPanel(props: &SignInPanelProps) -> Html {
    let attempt = use_sign_in_attempt(&props.sign_in);
    let other_way = use_node_ref();
    {
        let other_way = other_way.clone();
        use_effect_with(attempt.failure.clone(), move |failure| {
            if *failure == Some(SignInFailure::PopupBlocked)
                && let Some(button) = other_way.cast::<HtmlElement>()
            {
                // Without the focus the way on is a Tab or two away.
                let _ = button.focus();
            }
        });
    }
    let person = props.sign_in.person();
    let known = match person {
        Person::SignedOut => props.sign_in.accounts(),
        Person::Anyone | Person::SignedIn(_) | Person::Ended(_) => Vec::new(),
    };
    let asked = attempt.who.clone().filter(|_| attempt.failure.is_some());
    let who = asked
        .or_else(|| props.who.clone())
        .or_else(|| person.account().map(Who::Known))
        .unwrap_or(Who::Anyone);
    let start = |way: Way, who: &Who| {
        let (start, who) = (attempt.start.clone(), who.clone());
        Callback::from(move |_: MouseEvent| start.emit((way, who.clone())))
    };
    let choose = {
        let start = attempt.start.clone();
        Callback::from(move |key: AccountKey| start.emit((Way::Kept, Who::Known(key))))
    };
    let left = props
        .sign_in
        .reason()
        .filter(|_| person == Person::SignedOut);
    html! {
        <div class="sign-in-panel">
            if let Some(reason) = left {
                <p class="notice notice-warning" role="alert">{ reason.to_string() }</p>
            }
            <div class="actions">
                <button
                    type="button"
                    class="button button-primary"
                    onclick={start(Way::Popup, &who)}
                >
                    { "Sign in" }
                </button>
                <button
                    type="button"
                    class="button"
                    ref={other_way}
                    onclick={start(Way::Redirect, &who)}
                >
                    { "Sign in on this page" }
                </button>
                <span class="hint" role="status">
                    if attempt.busy {
                        { "Waiting for the sign-in. Press the same button again to bring its \
                           window to the front." }
                    }
                </span>
            </div>
            if let Some(failure) = &attempt.failure {
                <p class="notice notice-error" role="alert">{ failure.to_string() }</p>
            }
            if !known.is_empty() {
                <section class="demo-accounts" aria-label="Accounts of this tab">
                    <h2>{ "Accounts of this tab" }</h2>
                    <p class="hint">
                        { "Choose one to continue. Signing out of one account keeps the others \
                           signed in." }
                    </p>
                    <AccountList accounts={known} {choose} />
                    <div class="actions">
                        <button
                            type="button"
                            class="button"
                            onclick={sign_out_of_all(&props.sign_in)}
                        >
                            { "Sign out of all accounts" }
                        </button>
                    </div>
                </section>
            }
            if props.accounts {
                <section class="demo-accounts" aria-labelledby="demo-accounts">
                    <h2 id="demo-accounts">{ "Accounts for trying it out" }</h2>
                    <p class="hint">
                        { "This server runs with a development identity provider. The password is \
                           the user name." }
                    </p>
                    <ul class="account-list">
                        for (name, may) in DEMO_ACCOUNTS {
                            <li key={name}>
                                <button
                                    type="button"
                                    class="account"
                                    onclick={start(Way::Popup, &Who::Named(name.to_owned()))}
                                >
                                    <strong>{ name }</strong>
                                    <span class="hint">{ may }</span>
                                </button>
                            </li>
                        }
                    </ul>
                </section>
            }
        </div>
    }
}

fn sign_out_of_all(sign_in: &SignIn) -> Callback<MouseEvent> {
    let sign_in = sign_in.clone();
    Callback::from(move |_| {
        let sign_in = sign_in.clone();
        spawn_local(async move {
            // The accounts are gone here; only the session at the provider may remain.
            let _ = sign_in.sign_out(Leaving::All).await;
        });
    })
}
