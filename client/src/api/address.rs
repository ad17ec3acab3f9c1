//! Which addresses belong to the server: only to those the access token is sent.

/// The part of `link` below `base`, without a slash in front; none for other servers' addresses.
///
/// Relative links are taken as they are, unless they try to leave the base.
pub fn below_base<'a>(base: &str, link: &'a str) -> Option<&'a str> {
    let base = base.trim_end_matches('/');
    let rest = match link.strip_prefix(base) {
        Some(rest) if rest.is_empty() || rest.starts_with(['/', '?']) => rest,
        _ if is_absolute(link) => return None,
        _ => link,
    };
    let rest = rest.strip_prefix('/').unwrap_or(rest);
    let path = rest.split(['?', '#']).next().unwrap_or_default();
    let leaves = path.starts_with('/')
        || path.contains('\\')
        || path.split('/').any(|segment| {
            let segment = segment.to_ascii_lowercase().replace("%2e", ".");
            segment == ".." || segment == "."
        });
    (!leaves).then_some(rest)
}

fn is_absolute(link: &str) -> bool {
    link.starts_with("//")
        || link.split(['/', '?', '#']).next().is_some_and(|scheme| {
            // A colon before any slash ends a scheme; FHIR paths have none there.
            scheme.contains(':')
        })
}

/// Scheme, host and port.
pub fn origin(address: &str) -> &str {
    match address.find("://") {
        None => "",
        Some(scheme_end) => {
            let host_start = scheme_end + "://".len();
            let host_length = address
                .get(host_start..)
                .and_then(|rest| rest.find(['/', '?', '#']));
            match host_length {
                Some(length) => address.get(..host_start + length).unwrap_or(address),
                None => address,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASE: &str = "https://fhir.example/r4";

    #[test]
    fn links_below_the_base_are_followed() {
        for (link, rest) in [
            ("https://fhir.example/r4/Patient?ct=a", "Patient?ct=a"),
            ("https://fhir.example/r4?_getpages=1", "?_getpages=1"),
            ("https://fhir.example/r4", ""),
            ("Patient/1", "Patient/1"),
            ("/Patient/1", "Patient/1"),
            (
                "Patient?url=https://other.example/..",
                "Patient?url=https://other.example/..",
            ),
            ("Patient?a=../..", "Patient?a=../.."),
        ] {
            assert_eq!(below_base(BASE, link), Some(rest), "{link}");
        }
    }

    #[test]
    fn the_token_goes_nowhere_else() {
        for link in [
            "https://evil.example/r4/Patient",
            "https://fhir.example/r4evil/Patient",
            "https://fhir.example.evil.example/r4/Patient",
            "http://fhir.example/r4/Patient",
            "//evil.example/Patient",
            "https://fhir.example/r4//evil.example",
            "https://fhir.example/r4/../admin",
            "Patient/../../admin",
            "Patient/%2e%2e/admin",
            "Patient\\..\\admin",
            "javascript:alert(1)",
            "urn:uuid:1",
        ] {
            assert_eq!(below_base(BASE, link), None, "{link}");
        }
    }

    #[test]
    fn the_origin_is_scheme_host_and_port() {
        assert_eq!(
            origin("http://localhost:8787/r4?x"),
            "http://localhost:8787"
        );
        assert_eq!(origin("https://fhir.example"), "https://fhir.example");
        assert_eq!(origin("Patient/1"), "");
    }
}
