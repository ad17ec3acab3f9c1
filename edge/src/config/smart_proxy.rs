//! The SMART on FHIR proxy and the apps and services that may use it.

use crate::auth::{ClientKeys, Roles};
use serde::Deserialize;
use serde_json::Value;
use smart::redirect_uri::{LOOPBACK, is_safe};
use smart::scope::{Scope, ScopeContext, parse_scopes};
use std::collections::HashMap;
use std::fmt;

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

/// A client as the operator writes it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Registration {
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
    fn check(self, roles: &Roles) -> Result<SmartClient, String> {
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
mod tests {
    use super::*;

    fn proxy(uris: &[&str]) -> Result<SmartProxy, String> {
        let clients = serde_json::json!([{ "clientId": "app", "redirectUris": uris }]).to_string();
        read(&clients)
    }

    fn read(clients: &str) -> Result<SmartProxy, String> {
        let get = |name: &str| (name == "SMART_CLIENTS").then(|| clients.to_owned());
        SmartProxy::read(&get, &Roles::read(None)?)
    }

    #[test]
    fn only_registered_addresses_are_redirected_to() {
        let proxy = proxy(&["https://app.example/cb", "http://localhost:3000/cb?x=1"]).unwrap();
        let allowed = [
            "https://app.example/cb",
            "http://localhost:3000/cb?x=1",
            "http://localhost:9/cb?x=1",
            "http://localhost/cb?x=1",
        ];
        for uri in allowed {
            assert!(proxy.allows("app", uri), "{uri}");
        }
        for uri in [
            "",
            "https://app.example/cb/",
            "https://app.example/cb?x",
            "https://app.example/CB",
            "https://APP.example/cb",
            "http://app.example/cb",
            "https://app.example:443/cb",
            "https://app.example:444/cb",
            "https://app.example.evil/cb",
            "https://evil/app.example/cb",
            "https://app.example@evil/cb",
            "https://user@app.example/cb",
            "https://app.example/cb#x",
            "https://app.example/cb/../x",
            "https://app.example/%63b",
            "https://app.example\\/cb",
            "https:/app.example/cb",
            "https:app.example/cb",
            "//app.example/cb",
            "/cb",
            "javascript:alert(1)",
            "data:text/html,x",
            "https://app.example/cb\r\nx: y",
            "https://app.example/cb ",
            " https://app.example/cb",
            "https://app.example/cb\u{0}",
            "https://xn--pp-cja.example/cb",
            "https://\u{430}pp.example/cb",
            "http://localhost:3000/cb",
            "http://localhost:3000/cb?x=2",
            "https://localhost:3000/cb?x=1",
            "http://localhost:3000@evil/cb?x=1",
            "http://localhost.evil:3000/cb?x=1",
            "http://127.0.0.1:3000/cb?x=1",
            "http://localhost:3000evil/cb?x=1",
            "ftp://app.example/cb",
            "custom:cb",
        ] {
            assert!(!proxy.allows("app", uri), "{uri}");
        }
        assert!(!proxy.allows("other", "https://app.example/cb"));
        assert!(!proxy.allows("", "https://app.example/cb"));
    }

    #[test]
    fn unsafe_registrations_are_refused_at_the_start() {
        for uri in [
            "http://app.example/cb",
            "javascript:x",
            "https://a@b/",
            "https://a/#x",
            "https://",
        ] {
            assert!(proxy(&[uri]).unwrap_err().contains("redirect URI"), "{uri}");
        }
        assert!(read("{}").unwrap_err().contains("JSON array"));
    }

    #[test]
    fn a_backend_service_needs_keys_roles_and_system_scopes() {
        let key = r#"{"keys":[{"kty":"RSA","kid":"1","n":"n","e":"AQAB"}]}"#;
        let right = format!(
            r#"[{{"clientId":"a","jwks":{key},"roles":["globalReader"],"scope":"system/*.rs"}},
                {{"clientId":"b","jwksUri":"https://b.example/jwks","redirectUris":[]}}]"#
        );
        let proxy = read(&right).unwrap();
        assert!(proxy.has_keys() && proxy.client("a").unwrap().service.is_some());
        assert!(proxy.client("b").unwrap().service.is_none());
        for (members, expected) in [
            (
                r#""roles":["globalReader"],"scope":"system/*.rs""#.to_owned(),
                "needs roles",
            ),
            (
                format!(r#""jwks":{key},"roles":["globalReader"]"#),
                "needs roles",
            ),
            (
                format!(r#""jwks":{key},"scope":"system/*.rs""#),
                "needs roles",
            ),
            (
                format!(r#""jwks":{key},"roles":["king"],"scope":"system/*.rs""#),
                "`king`",
            ),
            (
                format!(r#""jwks":{key},"roles":["globalReader"],"scope":"user/*.rs""#),
                "system scopes",
            ),
            (
                format!(r#""jwks":{key},"roles":["globalReader"],"scope":"openid""#),
                "system scopes",
            ),
            (
                format!(r#""jwks":{key},"roles":["globalReader"],"scope":"system/*.x""#),
                "must end in",
            ),
            (format!(r#""jwks":{key},"jwksUri":"https://a""#), "both"),
            (r#""jwks":{"keys":[]}"#.to_owned(), "no signature key"),
            (
                r#""jwksUri":"http://a.example/""#.to_owned(),
                "must be https",
            ),
            (r#""colour":"red""#.to_owned(), "colour"),
        ] {
            let message = read(&format!(r#"[{{"clientId":"a",{members}}}]"#)).unwrap_err();
            assert!(message.contains(expected), "{members}: {message}");
        }
        let twice = r#"[{"clientId":"a"},{"clientId":"a"}]"#;
        assert!(read(twice).unwrap_err().contains("is registered twice"));
    }

    #[test]
    fn only_an_issuer_in_every_answer_is_always_there() {
        let with =
            r#"{"clientId":"a","redirectUris":["https://a/"],"authorizationResponseIss":true}"#;
        let without = r#"{"clientId":"b","redirectUris":["https://b/"]}"#;
        let service = r#"{"clientId":"c","introspect":true}"#;
        for (clients, expected) in [
            (vec![], false),
            (vec![service], false),
            (vec![with], true),
            (vec![with, service], true),
            (vec![with, without], false),
        ] {
            let proxy = read(&format!("[{}]", clients.join(","))).unwrap();
            assert_eq!(proxy.always_answers_with_issuer(), expected, "{clients:?}");
        }
    }

    #[test]
    fn a_ceiling_is_of_scopes_for_resources() {
        let ceiling = |scopes: &str| {
            let clients = serde_json::json!([{ "clientId": "a", "scopeCeiling": scopes }]);
            read(&clients.to_string())
        };
        for right in ["patient/*.rs", "patient/*.cruds user/Practitioner.read"] {
            let proxy = ceiling(right).unwrap();
            let client = proxy.client("a").unwrap();
            assert_eq!(client.scope_ceiling.as_deref(), Some(right));
        }
        for (wrong, expected) in [
            ("", "empty"),
            (" ", "empty"),
            ("openid patient/*.rs", "`openid`"),
            ("patient/*.rs system/*.rs", "`system/*.rs`"),
            ("user_impersonation", "`user_impersonation`"),
            ("patient/*.sr", "must end in"),
        ] {
            let message = ceiling(wrong).unwrap_err();
            assert!(message.contains(expected), "{wrong}: {message}");
        }
    }

    #[test]
    fn unsigned_launches_are_taken_unless_switched_off() {
        let takes = |value: Option<&str>| {
            let get = |name: &str| {
                let value = value.filter(|_| name == "SMART_UNSIGNED_LAUNCH");
                value.map(ToOwned::to_owned)
            };
            let proxy = SmartProxy::read(&get, &Roles::read(None)?)?;
            Ok::<_, String>(proxy.takes_unsigned_launches)
        };
        assert_eq!(takes(None), Ok(true));
        assert_eq!(takes(Some("on")), Ok(true));
        assert_eq!(takes(Some("off")), Ok(false));
        assert!(
            takes(Some("no"))
                .unwrap_err()
                .contains("SMART_UNSIGNED_LAUNCH")
        );
    }

    #[test]
    fn secrets_are_not_shown() {
        let get = |value: &'static str| {
            move |name: &str| (name == "SMART_CLIENT_SECRETS").then(|| value.to_owned())
        };
        let roles = Roles::read(None).unwrap();
        let proxy = SmartProxy::read(&get(r#"{"a":"hush"}"#), &roles).unwrap();
        assert_eq!(proxy.secret("a"), Some("hush"));
        assert!(!format!("{proxy:?}").contains("hush"));
        let broken = SmartProxy::read(&get(r#"{"a":"hush"#), &roles).unwrap_err();
        assert!(!broken.contains("hush"), "{broken}");
    }
}
