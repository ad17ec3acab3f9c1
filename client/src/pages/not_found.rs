//! An address that no page has.

use yew::prelude::*;

use crate::components::address_link::AddressLink;
use crate::components::page_heading::PageHeading;
use crate::route::Route;

#[component]
pub(crate) fn NotFoundPage() -> Html {
    html! {
        <div class="narrow">
            <PageHeading title="No such page" />
            <p>{ "There is no page at this address. It may be mistyped, or from another \
                  version." }</p>
            <div class="actions">
                <AddressLink to={Route::Patients} class="button button-primary">
                    { "Go to the patients" }
                </AddressLink>
                <AddressLink to={Route::Welcome} class="button">{ "Start page" }</AddressLink>
            </div>
        </div>
    }
}
