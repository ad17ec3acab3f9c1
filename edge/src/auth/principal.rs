//! A caller whose token was verified.

use super::claims::Claims;
use super::roles::{DataActions, Roles};
use super::service_token::ServiceToken;
use super::smart_user::SmartUser;
use sha2::{Digest, Sha256};
use smart::launch_context::encode;
use std::cell::Cell;

/// For how long, in milliseconds, a token that was not revoked is believed to be so still.
const BELIEVED: i64 = 60 * 1000;

/// Who is calling.
#[derive(Debug)]
pub(crate) struct Principal {
    /// The id at the provider; not a name.
    pub(crate) object_id: String,
    /// The roles that the token names, for a refusal that tells why.
    pub(super) roles: Vec<String>,
    /// What those roles permit together.
    pub(super) actions: DataActions,
    /// What narrows a SMART user or a backend service; `None` for everybody else.
    pub(super) smart: Option<SmartUser>,
    token_id: String,
    /// When it was last asked whether the token is revoked.
    asked: Cell<Option<i64>>,
}

impl Principal {
    pub(super) fn new(claims: &Claims, roles: &Roles, token: &str) -> Self {
        let actions = roles.permitted(&claims.roles);
        let is_smart = actions.has_any(DataActions::of("smart"));
        Self {
            object_id: claims.object_id.clone(),
            actions,
            roles: claims.roles.clone(),
            smart: is_smart.then(|| SmartUser::new(&claims.scopes, claims.fhir_user.as_deref())),
            token_id: token_id(token),
            asked: Cell::default(),
        }
    }

    /// A backend service: what the operator's roles permit, narrowed by the token's scopes.
    pub(super) fn of_service(
        service: &ServiceToken,
        roles: &[String],
        definitions: &Roles,
        token: &str,
    ) -> Self {
        Self {
            object_id: service.client_id.clone(),
            actions: definitions.permitted(roles),
            roles: roles.to_vec(),
            smart: Some(SmartUser::new(&service.scope, None)),
            token_id: token_id(token),
            asked: Cell::default(),
        }
    }

    /// By what the store knows the token.
    pub(crate) fn token_id(&self) -> &str {
        &self.token_id
    }

    /// Whether it is to be asked (again) at `now` if the token is revoked.
    pub(crate) fn may_be_revoked(&self, now: i64) -> bool {
        self.asked.get().is_none_or(|asked| now - asked >= BELIEVED)
    }

    /// It was asked at `now`, and the token is not revoked.
    pub(crate) fn is_not_revoked(&self, now: i64) {
        self.asked.set(Some(now));
    }
}

/// By what a token is known without being kept. The signature of a JWT does not count: some
/// algorithms have several that are right.
pub(crate) fn token_id(token: &str) -> String {
    let signed = token.rsplit_once('.').map_or(token, |(signed, _)| signed);
    encode(&Sha256::digest(signed))
}
