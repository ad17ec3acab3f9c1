//! The shell around every page: who is signed in, where the person is, what went wrong.

use std::rc::Rc;

use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;
use yew_router::prelude::*;

use crate::api::fhir_client::FhirClient;
use crate::auth::connection::Connections;
use crate::auth::failure::SignInFailure;
use crate::auth::session::Person;
use crate::auth::sign_in::SignIn;
use crate::components::header::Header;
use crate::components::sign_in_panel::SignInPanel;
use crate::components::skeleton::Skeleton;
use crate::desk::Desk;
use crate::pages::launch_context::page::LaunchContextPage;
use crate::pages::launcher::page::LauncherPage;
use crate::pages::new_patient::page::NewPatientPage;
use crate::pages::not_found::NotFoundPage;
use crate::pages::patient::page::PatientPage;
use crate::pages::patients::page::PatientsPage;
use crate::pages::resource::ResourcePage;
use crate::pages::settings::SettingsPage;
use crate::pages::sign_in::SignInPage;
use crate::pages::welcome::WelcomePage;
use crate::route::Route;

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct AppProps {
    pub(crate) sign_in: SignIn,
    pub(crate) connections: Connections,
    /// What went wrong in a redirect sign-in.
    pub(crate) failure: Option<SignInFailure>,
}

#[component]
pub(crate) fn App(props: &AppProps) -> Html {
    html! {
        <BrowserRouter>
            <Shell ..props.clone() />
        </BrowserRouter>
    }
}

#[component]
fn Shell(props: &AppProps) -> Html {
    let route = use_route::<Route>().unwrap_or(Route::NotFound);
    let person = use_state_eq(|| props.sign_in.person());
    let desk = Desk {
        sign_in: props.sign_in.clone(),
        fhir: FhirClient::new(props.sign_in.clone()),
        connections: Rc::new(props.connections.clone()),
        person: (*person).clone(),
    };
    let failure = use_state_eq(|| props.failure.clone());
    let resuming = use_state_eq(|| {
        *person == Person::SignedOut && failure.is_none() && route.looks_for_sign_in()
    });
    {
        let (sign_in, person) = (props.sign_in.clone(), person.setter());
        let (resuming, starts_resuming) = (resuming.setter(), *resuming);
        use_effect_with((), move |()| {
            sign_in.listen(move |now| person.set(now));
            if starts_resuming {
                spawn_local(async move {
                    // In a tab opened by a link, the person may still have a session at the provider.
                    sign_in.resume().await;
                    resuming.set(false);
                });
            }
        });
    }
    let dismiss = {
        let failure = failure.setter();
        Callback::from(move |_: MouseEvent| failure.set(None))
    };

    let page = if *resuming && route.looks_for_sign_in() && desk.person == Person::SignedOut {
        html! { <Skeleton words="Looking for your sign-in…" /> }
    } else if !route.needs_sign_in() || desk.person != Person::SignedOut {
        page(&route, &desk)
    } else {
        html! { <SignInPage desk={desk.clone()} /> }
    };
    html! {
        <>
            <a class="skip-link" href="#main">{ "Skip to content" }</a>
            <Header desk={desk.clone()} route={route.clone()} />
            <main id="main" class="page" tabindex="-1">
                if let Some(failure) = &*failure {
                    <div class="banner banner-error" role="alert">
                        <p>{ failure.to_string() }</p>
                        <button type="button" class="button" onclick={dismiss}>{ "Dismiss" }</button>
                    </div>
                }
                if let Person::Ended(_) = desk.person {
                    <div class="banner banner-warning" role="alert">
                        <p>{ props.sign_in.reason().unwrap_or(SignInFailure::ENDED).to_string() }</p>
                        <SignInPanel sign_in={desk.sign_in.clone()} />
                    </div>
                }
                { page }
            </main>
            <footer class="app-footer">
                <span>{ "FHIR " }{ desk.sign_in.configuration().fhir_version.name() }</span>
                <code>{ desk.base() }</code>
            </footer>
        </>
    }
}

fn page(route: &Route, desk: &Desk) -> Html {
    // The next person must not see what the previous one loaded: the key resets the page.
    let reader = desk.person.account().map(|account| account.to_string());
    let key = format!("{route:?} {}", reader.unwrap_or_default());
    let desk = desk.clone();
    match route.clone() {
        Route::Welcome => html! { <WelcomePage {key} {desk} /> },
        Route::Patients => html! { <PatientsPage {key} {desk} /> },
        Route::NewPatient => html! { <NewPatientPage {key} {desk} /> },
        Route::Patient { id } => html! { <PatientPage {key} {desk} {id} /> },
        Route::Resource { resource_type, id } => {
            html! { <ResourcePage {key} {desk} {resource_type} {id} /> }
        }
        Route::Launcher => html! { <LauncherPage {key} {desk} /> },
        Route::LaunchContext => html! { <LaunchContextPage {key} {desk} /> },
        Route::Settings => html! { <SettingsPage {key} {desk} /> },
        Route::NotFound => html! { <NotFoundPage {key} /> },
    }
}
