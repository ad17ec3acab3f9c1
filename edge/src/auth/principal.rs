//! A caller whose token was verified.

use super::claims::Claims;
use super::roles::{DataActions, Roles};
use super::smart_user::SmartUser;

/// Who is calling.
#[derive(Debug)]
pub(crate) struct Principal {
    /// The id at the provider; not a name.
    pub(crate) object_id: String,
    /// The roles that the token names, for a refusal that tells why.
    pub(super) roles: Vec<String>,
    /// What those roles permit together.
    pub(super) actions: DataActions,
    /// What narrows a SMART user; `None` for everybody else.
    pub(super) smart: Option<SmartUser>,
}

impl Principal {
    pub(super) fn new(claims: &Claims, roles: &Roles) -> Self {
        let actions = roles.permitted(&claims.roles);
        let is_smart = actions.has_any(DataActions::of("smart"));
        Self {
            object_id: claims.object_id.clone(),
            actions,
            roles: claims.roles.clone(),
            smart: is_smart.then(|| SmartUser::new(&claims.scopes, claims.fhir_user.as_deref())),
        }
    }
}
