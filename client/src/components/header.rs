//! The bar above every page.

use yew::prelude::*;

use crate::components::address_link::AddressLink;
use crate::components::person_menu::PersonMenu;
use crate::components::plain_header::PlainHeader;
use crate::components::theme_switch::ThemeSwitch;
use crate::desk::Desk;
use crate::route::Route;

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct HeaderProps {
    pub(crate) desk: Desk,
    pub(crate) route: Route,
}

#[component]
pub(crate) fn Header(props: &HeaderProps) -> Html {
    let in_patients = matches!(
        props.route,
        Route::Patients | Route::Patient { .. } | Route::Resource { .. }
    );
    if props.route == Route::LaunchContext {
        return html! { <PlainHeader title="FHIR Edge" /> };
    }
    html! {
        <header class="app-header">
            <AddressLink to={Route::Welcome} class="brand">
                <img src="/app/icons/mark.svg" width="24" height="24" alt="" />
                <span>{ "FHIR Edge" }</span>
            </AddressLink>
            <nav class="app-nav" aria-label="Main">
                <AddressLink to={Route::Patients} current={in_patients}>{ "Patients" }</AddressLink>
                <AddressLink to={Route::NewPatient} current={props.route == Route::NewPatient}>
                    { "New patient" }
                </AddressLink>
                <AddressLink to={Route::Launcher} current={props.route == Route::Launcher}>
                    { "App launcher" }
                </AddressLink>
                <AddressLink to={Route::Settings} current={props.route == Route::Settings}>
                    { "Settings" }
                </AddressLink>
            </nav>
            <div class="app-tools">
                <ThemeSwitch />
                <PersonMenu desk={props.desk.clone()} />
            </div>
        </header>
    }
}
