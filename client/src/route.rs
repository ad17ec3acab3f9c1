//! Every page's address.

use yew_router::Routable;

/// A page.
#[derive(Clone, Debug, PartialEq, Eq, Routable)]
pub(crate) enum Route {
    #[at("/app/")]
    Welcome,
    #[at("/app/patients")]
    Patients,
    #[at("/app/patients/new")]
    NewPatient,
    #[at("/app/patients/:id")]
    Patient { id: String },
    #[at("/app/resource/:resource_type/:id")]
    Resource { resource_type: String, id: String },
    #[at("/app/launcher")]
    Launcher,
    #[at("/app/launch-context")]
    LaunchContext,
    #[at("/app/settings")]
    Settings,
    #[not_found]
    #[at("/app/404")]
    NotFound,
}

/// The query part of an address.
pub(crate) type Query = Vec<(String, String)>;

impl Route {
    /// The page of a resource: patients have one of their own.
    pub(crate) fn of_resource(resource_type: &str, id: &str) -> Self {
        if resource_type == "Patient" {
            Self::Patient { id: id.to_owned() }
        } else {
            Self::Resource {
                resource_type: resource_type.to_owned(),
                id: id.to_owned(),
            }
        }
    }

    /// True for pages that show what the server holds.
    pub(crate) fn needs_sign_in(&self) -> bool {
        match self {
            Self::Patients
            | Self::NewPatient
            | Self::Patient { .. }
            | Self::Resource { .. }
            | Self::Launcher => true,
            Self::Welcome | Self::LaunchContext | Self::Settings | Self::NotFound => false,
        }
    }

    /// True for pages that look for a session at the provider before they show.
    pub(crate) fn looks_for_sign_in(&self) -> bool {
        self.needs_sign_in() || *self == Self::LaunchContext
    }
}
