//! What every place that starts a sign-in has in common: one attempt at a time, and how it ended.

use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use crate::auth::authorize::Who;
use crate::auth::failure::SignInFailure;
use crate::auth::sign_in::SignIn;

/// How to sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// In a second window.
    Popup,
    /// In this one.
    Redirect,
    /// With the account's tokens in this tab; in a popup window when there are none.
    Kept,
}

/// The latest attempt.
#[derive(Clone, PartialEq)]
pub(crate) struct SignInAttempt {
    pub(crate) busy: bool,
    pub(crate) failure: Option<SignInFailure>,
    /// Whom it was for.
    pub(crate) who: Option<Who>,
    /// Must be called from a click.
    pub(crate) start: Callback<(Way, Who)>,
}

#[hook]
pub(crate) fn use_sign_in_attempt(sign_in: &SignIn) -> SignInAttempt {
    let busy = use_state_eq(|| false);
    let failure = use_state_eq(|| None::<SignInFailure>);
    let who = use_state_eq(|| None::<Who>);
    let latest = use_mut_ref(|| 0_u32);
    let start = {
        let (sign_in, latest) = (sign_in.clone(), latest);
        let (busy, failure, asked) = (busy.setter(), failure.setter(), who.setter());
        Callback::from(move |(way, who): (Way, Who)| {
            let sign_in = sign_in.clone();
            let (busy, failure) = (busy.clone(), failure.clone());
            let latest = latest.clone();
            let number = latest.borrow().wrapping_add(1);
            latest.replace(number);
            failure.set(None);
            busy.set(true);
            asked.set(Some(who.clone()));
            spawn_local(async move {
                let outcome = sign_in_by(&sign_in, way, who).await;
                // A superseded attempt reports nothing.
                if *latest.borrow() == number {
                    busy.set(false);
                    failure.set(outcome.err());
                }
            });
        })
    };
    SignInAttempt {
        busy: *busy,
        failure: (*failure).clone(),
        who: (*who).clone(),
        start,
    }
}

async fn sign_in_by(sign_in: &SignIn, way: Way, who: Who) -> Result<(), SignInFailure> {
    match (way, &who) {
        (Way::Redirect, _) => sign_in.by_redirect(who).await,
        (Way::Kept, Who::Known(key)) if sign_in.has_tokens(key) => sign_in.switch_to(key).await,
        (Way::Kept | Way::Popup, _) => sign_in.by_popup(who).await,
    }
}
