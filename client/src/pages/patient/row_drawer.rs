//! The opened row: its resource as it is now, over the chart.

use yew::prelude::*;

use crate::components::address_link::AddressLink;
use crate::components::drawer::Drawer;
use crate::components::failure_notice::FailureNotice;
use crate::components::loaded::{Loaded, use_asked};
use crate::components::resource_view::ResourceView;
use crate::components::skeleton::Skeleton;
use crate::desk::Desk;
use crate::display::readable;
use crate::display::reference::Target;
use crate::display::title::title;
use crate::route::Route;

#[derive(Clone, PartialEq, Properties)]
pub(super) struct RowDrawerProps {
    pub(super) desk: Desk,
    pub(super) target: Target,
    pub(super) onclose: Callback<()>,
}

#[component]
pub(super) fn RowDrawer(props: &RowDrawerProps) -> Html {
    let fhir = props.desk.fhir.clone();
    let Target { resource_type, id } = &props.target;
    let instance = format!("{resource_type}/{id}");
    let asked = use_asked(instance.clone(), move |instance| {
        let fhir = fhir.clone();
        async move { fhir.read(&instance).await }
    });
    let name = match &asked.loaded {
        Loaded::Ready(resource) => title(resource),
        Loaded::Loading(_) | Loaded::Failed(_) => readable::label(resource_type),
    };
    html! {
        <Drawer title={name} onclose={props.onclose.clone()}>
            <p class="hint resource-line">
                <code>{ &instance }</code>
                <AddressLink to={Route::of_resource(resource_type, id)}>
                    { "Open as a page" }
                </AddressLink>
            </p>
            { match asked.loaded {
                Loaded::Loading(_) => html! { <Skeleton lines=6 /> },
                Loaded::Failed(failure) => html! {
                    <FailureNotice desk={props.desk.clone()} {failure} again={asked.again} />
                },
                Loaded::Ready(resource) => html! {
                    <ResourceView desk={props.desk.clone()} {resource} />
                },
            } }
        </Drawer>
    }
}
