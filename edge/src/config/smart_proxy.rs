//! The SMART on FHIR proxy and the apps that may use it.

use serde::Deserialize;

/// The proxy's settings.
#[derive(Debug)]
pub(crate) struct SmartProxy {
    /// `SMART_PROXY`, default `off`: whether `/AadSmartOnFhirProxy/` answers.
    pub(crate) enabled: bool,
    /// `SMART_CLIENTS`, default none: the apps and their redirect URIs, as JSON.
    pub(crate) clients: Vec<SmartClient>,
}

/// An app that may use the proxy.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct SmartClient {
    /// Its id at the identity provider.
    pub(crate) client_id: String,
    /// Where it may be sent back to. Compared to the letter, but for the port of a loopback
    /// address. <https://www.rfc-editor.org/rfc/rfc8252#section-7.3>
    pub(crate) redirect_uris: Vec<String>,
}

impl SmartProxy {
    pub(super) fn read(get: &dyn Fn(&str) -> Option<String>) -> Result<Self, String> {
        let enabled = super::switch(get, "SMART_PROXY")?;
        let clients = get("SMART_CLIENTS").unwrap_or_else(|| "[]".into());
        let clients: Vec<SmartClient> = serde_json::from_str(&clients).map_err(|error| {
            format!("SMART_CLIENTS is not a JSON array of clients with redirectUris: {error}")
        })?;
        for uri in clients.iter().flat_map(|client| &client.redirect_uris) {
            if !is_safe_redirect(uri) {
                return Err(format!(
                    "SMART_CLIENTS holds the redirect URI `{uri}`; it must be https, or http on a \
                     loopback address, without user and fragment"
                ));
            }
        }
        Ok(Self { enabled, clients })
    }

    /// Whether `client_id` may be sent back to `redirect_uri`.
    pub(crate) fn allows(&self, client_id: &str, redirect_uri: &str) -> bool {
        let client = self
            .clients
            .iter()
            .find(|client| client.client_id == client_id);
        is_safe_redirect(redirect_uri)
            && client.is_some_and(|client| {
                let asked = without_loopback_port(redirect_uri);
                let mut registered = client.redirect_uris.iter();
                registered.any(|uri| without_loopback_port(uri) == asked)
            })
    }
}

const LOOPBACK: [&str; 3] = ["http://localhost", "http://127.0.0.1", "http://[::1]"];

/// Whether a browser may be sent there at all: nothing that runs code, hides the host or could be
/// read on the way.
fn is_safe_redirect(uri: &str) -> bool {
    let plain = uri
        .bytes()
        .all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    let authority = uri
        .split_once("://")
        .map(|(_, rest)| rest.split(['/', '?']).next());
    let authority = authority.flatten().unwrap_or_default();
    let is_loopback = LOOPBACK.iter().any(|start| {
        let rest = uri.strip_prefix(start);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with([':', '/', '?']))
    });
    plain
        && (uri.starts_with("https://") || is_loopback)
        && !authority.is_empty()
        && !authority.contains(['@', '%'])
        && !uri.contains('#')
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
        SmartProxy::read(&|name| (name == "SMART_CLIENTS").then(|| clients.clone()))
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
        let broken = SmartProxy::read(&|name| (name == "SMART_CLIENTS").then(|| "{}".into()));
        assert!(broken.unwrap_err().contains("JSON array"));
    }
}
