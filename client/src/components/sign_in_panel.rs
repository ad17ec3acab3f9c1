//! The two ways to sign in, and the development accounts where there are any.

use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use crate::auth::authorize::Account;
use crate::auth::failure::SignInFailure;
use crate::auth::sign_in::SignIn;

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
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Popup,
    Redirect,
}

#[component]
pub(crate) fn SignInPanel(props: &SignInPanelProps) -> Html {
    let failure = use_state_eq(|| None::<SignInFailure>);
    let busy = use_state_eq(|| false);
    let start = |way: Way, account: Account| {
        let (sign_in, failure, busy) = (props.sign_in.clone(), failure.clone(), busy.clone());
        Callback::from(move |_: MouseEvent| {
            let (sign_in, account) = (sign_in.clone(), account.clone());
            let (failure, busy) = (failure.setter(), busy.setter());
            failure.set(None);
            busy.set(true);
            spawn_local(async move {
                let outcome = match way {
                    Way::Popup => sign_in.by_popup(account).await,
                    Way::Redirect => sign_in.by_redirect(account).await,
                };
                busy.set(false);
                failure.set(outcome.err());
            });
        })
    };
    html! {
        <div class="sign-in-panel">
            <div class="actions">
                <button
                    type="button"
                    class="button button-primary"
                    disabled={*busy}
                    onclick={start(Way::Popup, Account::Any)}
                >
                    { "Sign in" }
                </button>
                <button
                    type="button"
                    class="button"
                    disabled={*busy}
                    onclick={start(Way::Redirect, Account::Any)}
                >
                    { "Sign in on this page" }
                </button>
                if *busy {
                    <span class="hint" role="status">{ "Waiting for the sign-in…" }</span>
                }
            </div>
            if let Some(failure) = &*failure {
                <p class="notice notice-error" role="alert">{ failure.to_string() }</p>
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
                                    disabled={*busy}
                                    onclick={start(Way::Popup, Account::Named(name.to_owned()))}
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
