//! The SMART on FHIR proxy and the apps and services that may use it.

mod client_keys;
mod registration;

use super::Roles;
use registration::Registration;
use smart::redirect_uri::{LOOPBACK, is_safe};
use std::collections::HashMap;
use std::fmt;

pub(crate) use client_keys::ClientKeys;

/// The proxy's settings.
#[derive(Debug)]
pub(crate) struct SmartProxy {
    /// `SMART_PROXY`, default `off`: whether `/AadSmartOnFhirProxy/` answers.
    pub(crate) enabled: bool,
    /// `SMART_UNSIGNED_LAUNCH`, default `on`: whether an app may be launched by what anybody can
    /// write, as in the reference, and not only by a handle of this server.
    pub(crate) takes_unsigned_launches: bool,
    /// `SMART_CLIENTS`, default none: the apps and services, as JSON.
    pub(crate) clients: Vec<SmartClient>,
    /// `SMART_CLIENT_SECRETS`, default none: the secrets by which the proxy authenticates clients
    /// with keys to the identity provider, as a JSON object by client id. Keep it as a secret.
    secrets: Secrets,
}

/// An app or a backend service that may use the proxy.
#[derive(Debug)]
pub(crate) struct SmartClient {
    /// Its id at the identity provider.
    pub(crate) client_id: String,
    /// What people know it by.
    name: Option<String>,
    /// Where it may be sent back to. Compared to the letter, but for the port of a loopback
    /// address. <https://www.rfc-editor.org/rfc/rfc8252#section-7.3>
    pub(crate) redirect_uris: Vec<String>,
    /// By what it proves that it is itself; without keys the identity provider asks for a secret,
    /// or nobody does.
    pub(crate) keys: Option<ClientKeys>,
    /// What it may do by itself, as a backend service.
    pub(crate) service: Option<Service>,
    /// The most that people can grant it, as scopes for resources; without it, whatever they grant.
    pub(crate) scope_ceiling: Option<String>,
    /// Whether answers that the browser brings it name the issuer. fhirclient.js stumbles over it.
    /// <https://www.rfc-editor.org/rfc/rfc9207>
    pub(crate) answers_with_issuer: bool,
    /// Whether it must push its requests for codes. <https://www.rfc-editor.org/rfc/rfc9126#section-6>
    pub(crate) must_push: bool,
    /// Whether it may ask about every token, as a resource server does.
    pub(crate) introspects: bool,
    /// Whether it gets tokens only when they are bound to a key.
    /// <https://www.rfc-editor.org/rfc/rfc9449#section-5.2>
    pub(crate) binds_tokens: bool,
}

/// What a backend service may do.
#[derive(Debug)]
pub(crate) struct Service {
    pub(crate) roles: Vec<String>,
    /// The most that it is granted, all of the context `system`.
    pub(crate) scope: String,
}

/// Never shown in a log.
struct Secrets(HashMap<String, String>);

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} secrets", self.0.len())
    }
}

impl SmartProxy {
    pub(super) fn read(
        get: &dyn Fn(&str) -> Option<String>,
        roles: &Roles,
    ) -> Result<Self, String> {
        let enabled = super::switch(get, "SMART_PROXY")?;
        let takes_unsigned_launches = super::switch(
            &|name| Some(get(name).unwrap_or_else(|| "on".into())),
            "SMART_UNSIGNED_LAUNCH",
        )?;
        let clients = get("SMART_CLIENTS").unwrap_or_else(|| "[]".into());
        let clients: Vec<Registration> = serde_json::from_str(&clients).map_err(|error| {
            format!("SMART_CLIENTS is not a JSON array of clients with redirectUris: {error}")
        })?;
        let clients = clients.into_iter().map(|client| client.check(roles));
        let clients: Vec<SmartClient> = clients.collect::<Result<_, _>>()?;
        for (at, client) in clients.iter().enumerate() {
            let mut others = clients.iter().take(at);
            if others.any(|other| other.client_id == client.client_id) {
                let id = &client.client_id;
                return Err(format!("SMART_CLIENTS: `{id}` is registered twice"));
            }
        }
        let secrets = get("SMART_CLIENT_SECRETS").unwrap_or_else(|| "{}".into());
        // What is wrong is not repeated: it may be a secret.
        let secrets = serde_json::from_str(&secrets).map_err(|_| {
            "SMART_CLIENT_SECRETS is not a JSON object of secrets by client id".to_owned()
        })?;
        Ok(Self {
            enabled,
            takes_unsigned_launches,
            clients,
            secrets: Secrets(secrets),
        })
    }

    /// The client of that id.
    pub(crate) fn client(&self, client_id: &str) -> Option<&SmartClient> {
        let mut clients = self.clients.iter();
        clients.find(|client| client.client_id == client_id)
    }

    /// What people know a client by, if the operator says so.
    pub(crate) fn name(&self, client_id: &str) -> Option<&str> {
        self.client(client_id)?.name.as_deref()
    }

    /// The secret by which the proxy speaks for a client with keys.
    pub(crate) fn secret(&self, client_id: &str) -> Option<&str> {
        self.secrets.0.get(client_id).map(String::as_str)
    }

    /// Whether any client proves itself by keys.
    pub(crate) fn has_keys(&self) -> bool {
        self.clients.iter().any(|client| client.keys.is_some())
    }

    /// Whether the issuer stands in the answer to every app, so that an app may insist on it.
    pub(crate) fn always_answers_with_issuer(&self) -> bool {
        let mut apps = self
            .clients
            .iter()
            .filter(|client| !client.redirect_uris.is_empty())
            .peekable();
        apps.peek().is_some() && apps.all(|client| client.answers_with_issuer)
    }

    /// Whether any client with keys may ask about every token.
    pub(crate) fn has_introspectors_with_keys(&self) -> bool {
        let mut clients = self.clients.iter();
        clients.any(|client| client.keys.is_some() && client.introspects)
    }

    /// Whether `client_id` may be sent back to `redirect_uri`.
    pub(crate) fn allows(&self, client_id: &str, redirect_uri: &str) -> bool {
        let client = self.client(client_id);
        is_safe(redirect_uri)
            && client.is_some_and(|client| {
                let asked = without_loopback_port(redirect_uri);
                let mut registered = client.redirect_uris.iter();
                registered.any(|uri| without_loopback_port(uri) == asked)
            })
    }
}

/// A loopback address without its port, which an app on a desktop cannot choose.
fn without_loopback_port(uri: &str) -> String {
    for start in LOOPBACK {
        if let Some(rest) = uri.strip_prefix(start)
            && let Some(port) = rest.strip_prefix(':')
        {
            let rest = port.trim_start_matches(|c: char| c.is_ascii_digit());
            return format!("{start}{rest}");
        }
    }
    uri.to_owned()
}

#[cfg(test)]
mod tests;
