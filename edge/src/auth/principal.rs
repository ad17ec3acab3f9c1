//! A caller whose token was verified.

use super::claims::Claims;
use super::narrowing::{Bearer, Launched, Narrowing, Stated};
use super::service_token::ServiceToken;
use super::session;
use crate::config::{DataActions, Roles};
use sha2::{Digest, Sha256};
use smart::base64url::encode;
use std::cell::Cell;

/// For how long, in milliseconds, a token that was not revoked is believed to be so still.
const BELIEVED: i64 = 60 * 1000;

/// Who is calling.
#[derive(Debug)]
pub(crate) struct Principal {
    identity: Identity,
    /// The roles that the token names, for a refusal that tells why.
    pub(super) roles: Vec<String>,
    /// What those roles permit together.
    pub(super) actions: DataActions,
    /// What narrows the role; `None` when nothing does.
    pub(super) narrowing: Option<Narrowing>,
    /// When it was last asked whether the token is revoked.
    asked: Cell<i64>,
}

/// Whose a verified token is, and by what the store knows both.
#[derive(Clone, Debug)]
pub(crate) struct Identity {
    /// The id at the provider; not a name.
    pub(crate) object_id: String,
    /// The same together with the provider, since ids of two providers may be the same.
    pub(crate) person: String,
    /// The provider's session that it is of, as the store knows it.
    pub(crate) session: Option<String>,
    /// By what the store knows the token.
    pub(crate) token_id: String,
    /// When the token was issued, in milliseconds since 1970.
    pub(crate) issued: Option<i64>,
}

impl Identity {
    pub(super) fn new(issuer: &str, object_id: &str, token: &str, issued: Option<i64>) -> Self {
        Self {
            object_id: object_id.to_owned(),
            person: session::person(issuer, object_id),
            session: None,
            token_id: token_id(token),
            issued: issued.map(|seconds| seconds.saturating_mul(1000)),
        }
    }
}

impl Principal {
    /// The bearer of an identity provider's token, as known at `now`.
    pub(super) fn new(
        claims: &Claims,
        identity: Identity,
        (roles, base_url): (&Roles, &str),
        launched: Option<&Launched>,
        now: i64,
    ) -> Self {
        let actions = roles.permitted(&claims.roles);
        let stated = Stated {
            bearer: if claims.is_service {
                Bearer::Service
            } else {
                Bearer::Person
            },
            scopes: &claims.scopes,
            fhir_user: claims.fhir_user.as_deref(),
            base_url,
            is_smart_user: actions.has_any(DataActions::of("smart")),
            launched,
        };
        Self {
            identity,
            actions,
            roles: claims.roles.clone(),
            narrowing: Narrowing::of(&stated),
            asked: Cell::new(now),
        }
    }

    /// A backend service: what the operator's roles permit, narrowed by the token's scopes.
    pub(super) fn of_service(
        service: &ServiceToken,
        identity: Identity,
        roles: &[String],
        (definitions, base_url): (&Roles, &str),
        now: i64,
    ) -> Self {
        Self {
            identity,
            actions: definitions.permitted(roles),
            roles: roles.to_vec(),
            narrowing: Narrowing::of(&Stated {
                bearer: Bearer::Service,
                scopes: &service.scope,
                fhir_user: None,
                base_url,
                is_smart_user: false,
                launched: None,
            }),
            asked: Cell::new(now),
        }
    }

    /// Somebody whose token names one built-in role and no scopes.
    #[cfg(test)]
    pub(crate) fn of_role(role: &str) -> Self {
        let roles = Roles::read(None).expect("the built-in roles");
        let names = [role.to_owned()];
        Self {
            identity: Identity::new("https://idp.example", "somebody", "token", None),
            actions: roles.permitted(&names),
            roles: names.to_vec(),
            narrowing: None,
            asked: Cell::new(0),
        }
    }

    /// Whose the token is.
    pub(crate) fn identity(&self) -> &Identity {
        &self.identity
    }

    /// Whether it is to be asked again at `now` if the token is revoked.
    pub(crate) fn may_be_revoked(&self, now: i64) -> bool {
        now - self.asked.get() >= BELIEVED
    }

    /// It was asked at `now`, and the token is not revoked.
    pub(crate) fn is_not_revoked(&self, now: i64) {
        self.asked.set(now);
    }
}

/// By what a token is known without being kept. The signature of a JWT does not count: some
/// algorithms have several that are right.
pub(crate) fn token_id(token: &str) -> String {
    let signed = token.rsplit_once('.').map_or(token, |(signed, _)| signed);
    encode(&Sha256::digest(signed))
}
