//! Shown in place of a page that only signed-in people see; the page follows by itself.

use yew::prelude::*;

use crate::components::page_heading::PageHeading;
use crate::components::sign_in_panel::SignInPanel;
use crate::desk::Desk;

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct SignInPageProps {
    pub(crate) desk: Desk,
}

#[component]
pub(crate) fn SignInPage(props: &SignInPageProps) -> Html {
    html! {
        <div class="narrow">
            <PageHeading title="Sign in to see this page" />
            <p>{ "You come back to this page after signing in." }</p>
            <SignInPanel
                sign_in={props.desk.sign_in.clone()}
                accounts={props.desk.sign_in.configuration().demo_accounts}
            />
        </div>
    }
}
