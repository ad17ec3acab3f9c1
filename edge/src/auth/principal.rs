//! A caller whose token was verified.

use super::claims::Claims;
use super::roles::{DataActions, Roles};

/// Who is calling.
#[derive(Debug)]
pub(crate) struct Principal {
    /// The id at the provider; not a name.
    pub(crate) object_id: String,
    /// The roles that the token names, for a refusal that tells why.
    pub(super) roles: Vec<String>,
    /// What those roles permit together.
    pub(super) actions: DataActions,
    /// The patient whose compartment confines a SMART user.
    pub(super) patient: Option<String>,
}

impl Principal {
    pub(super) fn new(claims: &Claims, roles: &Roles) -> Self {
        Self {
            object_id: claims.object_id.clone(),
            actions: roles.permitted(&claims.roles),
            roles: claims.roles.clone(),
            patient: claims.fhir_user.as_deref().and_then(patient),
        }
    }
}

/// The id in a `fhirUser` that is a Patient: `Patient/1` or `https://.../Patient/1`.
fn patient(fhir_user: &str) -> Option<String> {
    let (rest, id) = fhir_user.rsplit_once('/')?;
    let named = rest == "Patient" || rest.ends_with("/Patient");
    (named && fhir::types::is_id(id)).then(|| id.to_owned())
}
