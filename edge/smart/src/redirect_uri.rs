//! Where the SMART on FHIR proxy may send a browser, and the reply URL that stands for it at the
//! identity provider. <https://www.rfc-editor.org/rfc/rfc9700#section-4.1>

use crate::base64url::encode;

/// Begins of addresses of this machine, which need no https.
/// <https://www.rfc-editor.org/rfc/rfc8252#section-7.3>
pub const LOOPBACK: [&str; 3] = ["http://localhost", "http://127.0.0.1", "http://[::1]"];

/// The proxy's path below the service base URL.
pub const PROXY_PATH: &str = "AadSmartOnFhirProxy";

/// Whether a browser may be sent there at all: nothing that runs code, hides the host or could be
/// read on the way.
pub fn is_safe(uri: &str) -> bool {
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

/// The proxy's callback with an app's redirect URI in it: what is registered at the provider.
pub fn callback(base: &str, redirect_uri: &str) -> String {
    let target = encode(redirect_uri.as_bytes());
    format!("{base}/{PROXY_PATH}/callback/{target}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_callback_holds_the_app_s_address_without_padding() {
        assert_eq!(
            callback("https://fhir.example", "https://app.example/cb"),
            "https://fhir.example/AadSmartOnFhirProxy/callback/aHR0cHM6Ly9hcHAuZXhhbXBsZS9jYg"
        );
    }

    #[test]
    fn https_and_this_machine_are_safe() {
        for uri in [
            "https://app.example/cb",
            "https://app.example/cb?a=b",
            "http://localhost:3000/cb",
            "http://127.0.0.1",
            "http://[::1]:1/",
        ] {
            assert!(is_safe(uri), "{uri}");
        }
    }

    #[test]
    fn what_runs_code_hides_the_host_or_can_be_read_on_the_way_is_not() {
        for uri in [
            "",
            "app.example/cb",
            "http://app.example/cb",
            "http://localhost.evil.example/",
            "https://",
            "https:///cb",
            "https://app.example/#cb",
            "https://user@app.example/",
            "https://app.example\\@evil.example/",
            "https://app .example/",
            "javascript:alert(1)",
            "data:text/html,x",
        ] {
            assert!(!is_safe(uri), "{uri}");
        }
    }
}
