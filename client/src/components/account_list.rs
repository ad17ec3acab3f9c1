//! The accounts that this tab knows, to continue with one of them.

use yew::prelude::*;

use crate::auth::account::{Account, AccountKey};

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct AccountListProps {
    pub(crate) accounts: Vec<Account>,
    /// The active one, which is not offered.
    #[prop_or_default]
    pub(crate) current: Option<AccountKey>,
    pub(crate) choose: Callback<AccountKey>,
}

#[component]
pub(crate) fn AccountList(props: &AccountListProps) -> Html {
    html! {
        <ul class="account-list">
            for account in &props.accounts {
                <li key={account.key().to_string()}>
                    { entry(account, props.current.as_ref(), &props.choose) }
                </li>
            }
        </ul>
    }
}

fn entry(account: &Account, current: Option<&AccountKey>, choose: &Callback<AccountKey>) -> Html {
    let key = account.key();
    let name = account.claims.display_name().to_owned();
    let user_name = account.claims.user_name().filter(|user| *user != name);
    let is_current = current == Some(&key);
    let state = match (&account.tokens, is_current) {
        (None, _) => "sign-in needed",
        (Some(_), true) => "active",
        (Some(_), false) => "signed in",
    };
    let words = match user_name {
        Some(user_name) => format!("{user_name}, {state}"),
        None => state.to_owned(),
    };
    let content = html! {
        <>
            <strong>{ name }</strong>
            <span class="hint">{ words }</span>
        </>
    };
    if is_current && account.tokens.is_some() {
        return html! { <div class="account account-current" aria-current="true">{ content }</div> };
    }
    let onclick = {
        let choose = choose.clone();
        Callback::from(move |_: MouseEvent| choose.emit(key.clone()))
    };
    html! { <button type="button" class="account" {onclick}>{ content }</button> }
}
