//! What every page is given: who is signed in, and the clients that act for that person.

use std::rc::Rc;

use yew::AttrValue;

use crate::api::fhir_client::FhirClient;
use crate::auth::connection::Connections;
use crate::auth::session::Person;
use crate::auth::sign_in::SignIn;

/// A cheap handle; clones share everything.
#[derive(Clone, PartialEq)]
pub(crate) struct Desk {
    pub(crate) sign_in: SignIn,
    pub(crate) fhir: FhirClient,
    pub(crate) connections: Rc<Connections>,
    pub(crate) person: Person,
}

impl Desk {
    /// The server's base, which references are relative to.
    pub(crate) fn base(&self) -> AttrValue {
        AttrValue::from(self.sign_in.configuration().fhir_base.clone())
    }
}
