//! The versions of a resource.

use yew::prelude::*;

use crate::api::bundle::Change;
use crate::components::address_link::AddressLink;
use crate::components::failure_notice::FailureNotice;
use crate::components::loaded::{Loaded, use_asked};
use crate::components::skeleton::Skeleton;
use crate::desk::Desk;
use crate::display::date_time::date_time;
use crate::route::Route;

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct VersionListProps {
    pub(crate) desk: Desk,
    pub(crate) resource_type: AttrValue,
    pub(crate) id: AttrValue,
    /// The version that is shown.
    #[prop_or_default]
    pub(crate) shown: Option<AttrValue>,
}

#[component]
pub(crate) fn VersionList(props: &VersionListProps) -> Html {
    let fhir = props.desk.fhir.clone();
    let asked = use_asked(
        (props.resource_type.clone(), props.id.clone()),
        move |(resource_type, id)| {
            let fhir = fhir.clone();
            async move { fhir.history(&resource_type, &id).await }
        },
    );
    let versions = match asked.loaded {
        Loaded::Loading(_) => return html! { <Skeleton words="Loading the history…" lines=3 /> },
        Loaded::Failed(failure) => {
            return html! {
                <FailureNotice desk={props.desk.clone()} {failure} again={asked.again} />
            };
        }
        Loaded::Ready(versions) => versions,
    };
    html! {
        <ol class="versions" reversed=true>
            for version in versions.iter() {
                <li key={version.id.clone()}>
                    if version.change == Change::Deleted {
                        <span>{ format!("Version {}", version.id) }</span>
                    } else {
                        <AddressLink
                            to={Route::Resource {
                                resource_type: props.resource_type.to_string(),
                                id: props.id.to_string(),
                            }}
                            query={vec![("version".to_owned(), version.id.clone())]}
                            current={props.shown.as_deref() == Some(version.id.as_str())}
                        >
                            { format!("Version {}", version.id) }
                        </AddressLink>
                    }
                    <span class="status">
                        { match version.change {
                            Change::Created => "created",
                            Change::Updated => "updated",
                            Change::Deleted => "deleted",
                        } }
                    </span>
                    <span class="hint">{ date_time(&version.changed) }</span>
                </li>
            }
        </ol>
    }
}
