//! The launched app: who the patient is, the chart, and everything that the server gave.

use gloo_timers::callback::Timeout;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;
use web_sys::{CssStyleDeclaration, HtmlElement};
use yew::prelude::*;

use super::chart::Chart;
use super::notice::AppNotice;
use super::patient::PatientBanner;
use super::scope_list::ScopeList;
use super::token_list::{ClaimList, ContextList, TokenList};
use crate::api::fhir_client::FhirClient;
use crate::auth::smart_app::app::SmartApp;
use crate::auth::smart_app::failure::AppFailure;
use crate::auth::smart_app::{fetch, style};
use crate::auth::time;
use crate::components::page_heading::PageHeading;

/// A token is renewed this long before it expires, so that no request fails.
const RENEW_BEFORE_SECONDS: u64 = 10;
/// A server whose tokens last for seconds is not asked without pause.
const SHORTEST_WAIT_SECONDS: u64 = 5;
/// Browsers count the milliseconds of a timer in 31 bits.
const LONGEST_WAIT_SECONDS: u64 = 2_000_000;

#[derive(Clone, PartialEq, Properties)]
pub(super) struct RunningProps {
    pub(super) app: SmartApp,
    /// The person wants to begin anew.
    pub(super) onover: Callback<SmartApp>,
}

#[component]
pub(super) fn Running(props: &RunningProps) -> Html {
    let session = use_state_eq(|| props.app.session());
    let failure = use_state_eq(|| None::<AppFailure>);
    let refreshed = use_state_eq(|| 0_u32);
    let over = use_state_eq(|| false);
    let busy = use_state_eq(|| false);
    let fhir = use_memo((), |()| FhirClient::of_app(props.app.clone()));
    {
        let (session, failure, over) = (session.setter(), failure.setter(), over.setter());
        let app = props.app.clone();
        use_effect_with((), move |()| {
            app.listen(move |news| match news {
                Ok(now) => {
                    session.set(now);
                    failure.set(None);
                    over.set(false);
                }
                Err(refusal) => failure.set(Some(refusal)),
            });
        });
    }
    let styled = use_style(session.style());
    use_renewal(&props.app, session.expires_at, over.setter());
    let refresh = {
        let (app, refreshed, busy) = (props.app.clone(), refreshed.clone(), busy.setter());
        Callback::from(move |_: MouseEvent| {
            let (app, refreshed, busy) = (app.clone(), refreshed.clone(), busy.clone());
            busy.set(true);
            spawn_local(async move {
                // The listener reports a failure.
                if app.refresh().await.is_ok() {
                    refreshed.set(*refreshed + 1);
                }
                busy.set(false);
            });
        })
    };
    let onover = {
        let (onover, app) = (props.onover.clone(), props.app.clone());
        Callback::from(move |_: MouseEvent| onover.emit(app.clone()))
    };
    html! {
        <>
            <PageHeading title="Sample SMART app" />
            <div class="app-line">
                <p>
                    { "Signed in at " }<code>{ &session.server }</code>
                    { " as " }<code>{ &session.client_id }</code>
                </p>
                <div class="actions">
                    <span class="hint" role="status">
                        if *refreshed > 0 && failure.is_none() && !*busy {
                            { match *refreshed {
                                1 => "The token was renewed.".to_owned(),
                                times => format!("The token was renewed {times} times."),
                            } }
                        }
                    </span>
                    <button
                        type="button"
                        class="button"
                        disabled={*busy || session.refresh_token().is_none()}
                        onclick={refresh}
                    >
                        { "Refresh now" }
                    </button>
                    <button type="button" class="button" onclick={onover}>{ "Start over" }</button>
                </div>
            </div>
            if let Some(failure) = &*failure {
                <AppNotice failure={failure.clone()} />
            } else if *over {
                <div class="notice notice-warning" role="alert">
                    <p class="notice-heading">{ "The access token has expired" }</p>
                    <p>{ AppFailure::NoRefreshToken.advice() }</p>
                </div>
            }
            if let Some(patient) = session.patient() {
                <PatientBanner
                    fhir={(*fhir).clone()}
                    id={patient.to_owned()}
                    needed={session.needs_banner()}
                />
            } else {
                <div class="notice notice-warning">
                    <p class="notice-heading">{ "The server named no patient" }</p>
                    <p>
                        { "Launch from an EHR with a patient open, or start over and ask for \
                           launch/patient." }
                    </p>
                </div>
            }
            <div class="app-columns">
                <div class="app-column">
                    if let Some(patient) = session.patient() {
                        <Chart fhir={(*fhir).clone()} patient={patient.to_owned()} />
                    }
                    <TokenList session={(*session).clone()} />
                </div>
                <div class="app-column">
                    <ScopeList session={(*session).clone()} />
                    <ContextList session={(*session).clone()} {styled} />
                    <ClaimList session={(*session).clone()} />
                </div>
            </div>
        </>
    }
}

/// Puts on the EHR's colours, and says whether that went well. Through the object model: the policy
/// `style-src 'self'` blocks styles from elsewhere.
#[hook]
fn use_style(address: Option<&str>) -> Option<bool> {
    let styled = use_state_eq(|| None::<bool>);
    let set = styled.setter();
    use_effect_with(address.map(str::to_owned), move |address| {
        let address = address.clone();
        spawn_local(async move {
            let Some(address) = address else {
                return;
            };
            let properties = fetch::style(&address).await;
            let put_on = declaration().is_some_and(|style| {
                properties
                    .iter()
                    .all(|(name, value)| style.set_property(name, value).is_ok())
            });
            set.set(Some(put_on && !properties.is_empty()));
        });
        || {
            if let Some(style) = declaration() {
                for name in style::names() {
                    // A colour that stays is still one that can be read.
                    let _ = style.remove_property(name);
                }
            }
        }
    });
    *styled
}

/// The document's own declarations.
fn declaration() -> Option<CssStyleDeclaration> {
    let root = web_sys::window()?.document()?.document_element()?;
    Some(root.dyn_into::<HtmlElement>().ok()?.style())
}

/// Renews the token when its end is near; without a refresh token says that it is over.
#[hook]
fn use_renewal(app: &SmartApp, expires_at: Option<u64>, over: UseStateSetter<bool>) {
    let app = app.clone();
    use_effect_with(expires_at, move |expires_at| {
        let left = expires_at.map(|end| end.saturating_sub(time::now()));
        let wait = left
            .map(|left| {
                left.saturating_sub(RENEW_BEFORE_SECONDS)
                    .max(SHORTEST_WAIT_SECONDS)
            })
            .filter(|wait| *wait < LONGEST_WAIT_SECONDS)
            .and_then(|wait| u32::try_from(wait * 1000).ok());
        let waiting = wait.map(|wait| {
            Timeout::new(wait, move || {
                if app.session().refresh_token().is_none() {
                    return over.set(true);
                }
                spawn_local(async move {
                    // The listener reports a failure.
                    let _ = app.refresh().await;
                });
            })
        });
        move || drop(waiting)
    });
}
