//! A client as the operator writes it in `SMART_CLIENTS`, and what is checked of it at the start.
//! <https://www.rfc-editor.org/rfc/rfc7591#section-2>

use super::client_keys::ClientKeys;
use super::{Roles, Service, SmartClient};
use serde::Deserialize;
use serde_json::Value;
use smart::redirect_uri::is_safe;
use smart::scope::{Scope, ScopeContext, parse_scopes};

/// A client as the operator writes it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Registration {
    client_id: String,
    name: Option<String>,
    #[serde(default)]
    redirect_uris: Vec<String>,
    jwks: Option<Value>,
    jwks_uri: Option<String>,
    #[serde(default)]
    roles: Vec<String>,
    scope: Option<String>,
    scope_ceiling: Option<String>,
    #[serde(default)]
    authorization_response_iss: bool,
    #[serde(default)]
    require_pushed_authorization_requests: bool,
    #[serde(default)]
    introspect: bool,
    #[serde(default)]
    dpop_bound_access_tokens: bool,
}

impl Registration {
    /// The client, once what the operator wrote is found right.
    ///
    /// # Errors
    /// What is wrong, with the client that it is about.
    pub(super) fn check(self, roles: &Roles) -> Result<SmartClient, String> {
        let id = &self.client_id;
        for uri in &self.redirect_uris {
            if !is_safe(uri) {
                return Err(format!(
                    "SMART_CLIENTS holds the redirect URI `{uri}`; it must be https, or http on a \
                     loopback address, without user and fragment"
                ));
            }
        }
        let keys = match (self.jwks, self.jwks_uri) {
            (None, None) => None,
            (Some(set), None) => {
                let keys = ClientKeys::registered(&set);
                Some(
                    keys.map_err(|problem| format!("SMART_CLIENTS: the jwks of `{id}` {problem}"))?,
                )
            }
            (None, Some(address)) if is_safe(&address) => Some(ClientKeys::At(address)),
            (None, Some(_)) => {
                return Err(format!(
                    "SMART_CLIENTS: the jwksUri of `{id}` must be https, or http on a loopback address"
                ));
            }
            (Some(_), Some(_)) => {
                return Err(format!(
                    "SMART_CLIENTS: `{id}` has both jwks and jwksUri; give one"
                ));
            }
        };
        let service = match (self.scope, self.roles.as_slice()) {
            (None, []) => None,
            (Some(scope), [_, ..]) if keys.is_some() => Some(Service {
                scope: system_scopes(id, scope)?,
                roles: self.roles,
            }),
            _ => {
                return Err(format!(
                    "SMART_CLIENTS: the backend service `{id}` needs roles, scope, and jwks or jwksUri"
                ));
            }
        };
        let mut named = service.iter().flat_map(|service| &service.roles);
        if let Some(unknown) = named.find(|name| !roles.is_defined(name)) {
            return Err(format!(
                "SMART_CLIENTS: `{id}` has the role `{unknown}`, which is neither built in nor in ROLES"
            ));
        }
        if let Some(ceiling) = &self.scope_ceiling {
            check_ceiling(id, ceiling)?;
        }
        Ok(SmartClient {
            client_id: self.client_id,
            name: self.name,
            redirect_uris: self.redirect_uris,
            keys,
            service,
            scope_ceiling: self.scope_ceiling,
            answers_with_issuer: self.authorization_response_iss,
            must_push: self.require_pushed_authorization_requests,
            introspects: self.introspect,
            binds_tokens: self.dpop_bound_access_tokens,
        })
    }
}

/// Scopes for resources, all of the context `system`.
fn system_scopes(id: &str, scope: String) -> Result<String, String> {
    let scopes = parse_scopes(&scope)
        .map_err(|problem| format!("SMART_CLIENTS: the scope of `{id}`: {problem}"))?;
    let are_of_systems = scopes
        .iter()
        .all(|scope| scope.context == ScopeContext::System);
    if scopes.is_empty() || !are_of_systems {
        return Err(format!(
            "SMART_CLIENTS: the scope of `{id}` must be of system scopes, such as `system/*.rs`"
        ));
    }
    Ok(scope)
}

/// Scopes for resources, none of them of the context `system`.
fn check_ceiling(id: &str, ceiling: &str) -> Result<(), String> {
    let wrong = |problem: &str| format!("SMART_CLIENTS: the scopeCeiling of `{id}`: {problem}");
    let mut tokens = ceiling.split_ascii_whitespace().peekable();
    tokens.peek().ok_or_else(|| wrong("it is empty"))?;
    for token in tokens {
        let scopes = parse_scopes(token).map_err(|problem| wrong(&problem.to_string()))?;
        let of_person = |scope: &Scope| scope.context != ScopeContext::System;
        if !scopes.first().is_some_and(of_person) {
            return Err(wrong(&format!(
                "`{token}` must be a `patient/` or `user/` scope, such as `patient/*.rs`"
            )));
        }
    }
    Ok(())
}
