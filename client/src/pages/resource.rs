//! Any resource by type and id, now or in an earlier version.

use serde_json::Value;
use yew::prelude::*;
use yew_router::prelude::*;

use crate::api::failure::FhirFailure;
use crate::components::address_link::AddressLink;
use crate::components::failure_notice::FailureNotice;
use crate::components::loaded::{Loaded, use_asked};
use crate::components::page_heading::PageHeading;
use crate::components::resource_view::ResourceView;
use crate::components::skeleton::Skeleton;
use crate::components::version_list::VersionList;
use crate::desk::Desk;
use crate::display::date_time::date_time;
use crate::display::reference::{is_id, is_type, target};
use crate::display::title::title;
use crate::display::{readable, text};
use crate::pages::not_found::NotFoundPage;
use crate::route::Route;

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct ResourcePageProps {
    pub(crate) desk: Desk,
    pub(crate) resource_type: String,
    pub(crate) id: String,
}

#[component]
pub(crate) fn ResourcePage(props: &ResourcePageProps) -> Html {
    if is_type(&props.resource_type) && is_id(&props.id) {
        html! { <KnownResourcePage ..props.clone() /> }
    } else {
        html! { <NotFoundPage /> }
    }
}

#[component]
fn KnownResourcePage(props: &ResourcePageProps) -> Html {
    let location = use_location();
    let version = location
        .map(|location| smart::form::decode(location.query_str()))
        .and_then(|pairs| smart::form::first(&pairs, "version").map(str::to_owned))
        .filter(|version| is_id(version));
    let instance = format!("{}/{}", props.resource_type, props.id);
    let address = match &version {
        Some(version) => format!("{instance}/_history/{version}"),
        None => instance.clone(),
    };
    let fhir = props.desk.fhir.clone();
    let asked = use_asked(address, move |address| {
        let fhir = fhir.clone();
        async move { fhir.read(&address).await }
    });
    let kind = readable::label(&props.resource_type);
    let heading = |title: String| html! { <PageHeading title={title} /> };
    match asked.loaded {
        Loaded::Loading(_) => html! {
            <>{ heading(kind) }<Skeleton /></>
        },
        Loaded::Failed(failure) => {
            let was_deleted = matches!(failure, FhirFailure::Refused { status: 410, .. });
            html! {
                <>
                    { heading(kind) }
                    <p class="hint"><code>{ instance }</code></p>
                    <FailureNotice desk={props.desk.clone()} {failure} again={asked.again}>
                        <AddressLink to={Route::Patients} class="button">
                            { "Go to the patients" }
                        </AddressLink>
                    </FailureNotice>
                    if was_deleted {
                        <section class="card" aria-labelledby="history">
                            <h2 id="history">{ "History" }</h2>
                            <VersionList
                                desk={props.desk.clone()}
                                resource_type={props.resource_type.clone()}
                                id={props.id.clone()}
                            />
                        </section>
                    }
                </>
            }
        }
        Loaded::Ready(resource) => {
            let patient = ["subject", "patient", "beneficiary"]
                .iter()
                .find_map(|name| {
                    let reference = text(resource.get(name)?, "reference")?;
                    target(&props.desk.base(), reference)
                        .filter(|target| target.resource_type == "Patient")
                });
            html! {
                <>
                    { heading(title(&resource)) }
                    <p class="hint resource-line">
                        <span>{ kind }</span>
                        <code>{ instance }</code>
                        if let Some(version) = &version {
                            <span class="status">{ format!("version {version}") }</span>
                            <AddressLink
                                to={Route::of_resource(&props.resource_type, &props.id)}
                            >
                                { "Current version" }
                            </AddressLink>
                        }
                        if let Some(changed) = resource
                            .pointer("/meta/lastUpdated")
                            .and_then(Value::as_str)
                        {
                            <span>{ format!("updated {}", date_time(changed)) }</span>
                        }
                        if let Some(patient) = patient {
                            <AddressLink to={Route::Patient { id: patient.id }}>
                                { "To the patient" }
                            </AddressLink>
                        }
                    </p>
                    <section class="card"><ResourceView desk={props.desk.clone()} {resource} /></section>
                </>
            }
        }
    }
}
