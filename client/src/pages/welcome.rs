//! The start page: what this is and the way in.

use yew::prelude::*;

use crate::auth::session::Person;
use crate::components::address_link::AddressLink;
use crate::components::page_heading::PageHeading;
use crate::components::sign_in_panel::SignInPanel;
use crate::desk::Desk;
use crate::route::Route;

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct WelcomePageProps {
    pub(crate) desk: Desk,
}

#[component]
pub(crate) fn WelcomePage(props: &WelcomePageProps) -> Html {
    let desk = &props.desk;
    match &desk.person {
        Person::SignedOut => html! {
            <div class="narrow">
                <PageHeading title="A patient browser for FHIR" />
                <p class="lead">
                    { "Find patients, read their charts and add new ones on the FHIR server at " }
                    <code>{ desk.base() }</code>{ "." }
                </p>
                <SignInPanel
                    sign_in={desk.sign_in.clone()}
                    accounts={desk.sign_in.configuration().demo_accounts}
                />
            </div>
        },
        Person::Anyone => html! {
            <div class="narrow">
                <PageHeading title="Welcome" />
                <p class="lead">
                    { "The FHIR server at " }<code>{ desk.base() }</code>
                    { " is used without a sign-in." }
                </p>
                { shortcuts(None) }
            </div>
        },
        Person::SignedIn(claims) | Person::Ended(claims) => {
            let title = format!("Welcome, {}", claims.display_name());
            let own_record = claims
                .fhir_user
                .as_deref()
                .and_then(|reference| crate::display::reference::target(&desk.base(), reference))
                .filter(|target| target.resource_type == "Patient");
            html! {
                <div class="narrow">
                    <PageHeading {title} />
                    <p class="lead">
                        if claims.roles.is_empty() {
                            { "Your account has no role here: the server will refuse your \
                               requests. Ask your administrator for one." }
                        } else {
                            { "You are signed in with " }
                            <strong>{ claims.roles.join(", ") }</strong>{ "." }
                        }
                    </p>
                    { shortcuts(own_record.map(|target| target.id)) }
                </div>
            }
        }
    }
}

fn shortcuts(own_record: Option<String>) -> Html {
    let latest = vec![("sort".to_owned(), "-_lastUpdated".to_owned())];
    html! {
        <ul class="shortcuts">
            if let Some(id) = own_record {
                <li>
                    <AddressLink to={Route::Patient { id }}>
                        <strong>{ "My record" }</strong>
                        <span>{ "Your own chart" }</span>
                    </AddressLink>
                </li>
            }
            <li>
                <AddressLink to={Route::Patients}>
                    <strong>{ "Patients" }</strong>
                    <span>{ "Search by name, birth date or number" }</span>
                </AddressLink>
            </li>
            <li>
                <AddressLink to={Route::Patients} query={latest}>
                    <strong>{ "Latest changes" }</strong>
                    <span>{ "Patients in the order of their last update" }</span>
                </AddressLink>
            </li>
            <li>
                <AddressLink to={Route::NewPatient}>
                    <strong>{ "New patient" }</strong>
                    <span>{ "Add someone to the register" }</span>
                </AddressLink>
            </li>
            <li>
                <AddressLink to={Route::Launcher}>
                    <strong>{ "App launcher" }</strong>
                    <span>{ "Start a SMART app with a patient" }</span>
                </AddressLink>
            </li>
            <li>
                <AddressLink to={Route::Settings}>
                    <strong>{ "Settings" }</strong>
                    <span>{ "Connect this client to another FHIR server" }</span>
                </AddressLink>
            </li>
        </ul>
    }
}
