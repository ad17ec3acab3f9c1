//! RESTful addresses as fullUrls and references write them: `[root/]Type/id[/_history/version]`.
//! <https://hl7.org/fhir/R4/references.html#literal>

use crate::definitions::Definitions;

/// What stands between an address and a version of it.
const HISTORY: &str = "/_history/";

/// The parts of an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Address<'a> {
    /// What stands before the type, without the slash; `None` in a relative address.
    pub(super) root: Option<&'a str>,
    pub(super) resource_type: &'a str,
    /// `Type/id`
    pub(super) relative: &'a str,
}

impl<'a> Address<'a> {
    /// Reads an address without its version; `None` when the text is anything else.
    pub(super) fn parse(definitions: &'static Definitions, text: &'a str) -> Option<Self> {
        let (start, id) = text.rsplit_once('/')?;
        let (root, resource_type) = match start.rsplit_once('/') {
            Some((root, resource_type)) => (Some(root), resource_type),
            None => (None, start),
        };
        let is_address = definitions.resource(resource_type).is_some()
            && crate::types::is_id(id)
            && root.is_none_or(is_web);
        let relative = root.map_or(text, |root| text.get(root.len() + 1..).unwrap_or_default());
        is_address.then_some(Self {
            root,
            resource_type,
            relative,
        })
    }
}

fn is_web(text: &str) -> bool {
    text.starts_with("http://") || text.starts_with("https://")
}

/// Whether a text names a scheme and so needs nothing to be resolved against (RFC 3986).
pub(super) fn is_absolute(text: &str) -> bool {
    let Some((scheme, _)) = text.split_once(':') else {
        return false;
    };
    scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'))
}

/// A URL and the version that it names. A URN is one word and has none.
pub(super) fn split_version(text: &str) -> (&str, Option<&str>) {
    match text.split_once(HISTORY) {
        Some((url, version)) if !text.starts_with("urn:") => (url, Some(version)),
        _ => (text, None),
    }
}

/// The address of a version.
pub(super) fn versioned(url: &str, version: &str) -> String {
    format!("{url}{HISTORY}{version}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Release;

    #[test]
    fn addresses_have_a_root_a_type_and_an_id() {
        let parse = |text| {
            let address = Address::parse(Definitions::of(Release::R4), text)?;
            Some((address.root, address.resource_type, address.relative))
        };
        for (text, expected) in [
            ("Patient/1", Some((None, "Patient", "Patient/1"))),
            (
                "http://a.example/Patient/1",
                Some((Some("http://a.example"), "Patient", "Patient/1")),
            ),
            (
                "https://a.example:8443/x/y/Patient/a-1.b",
                Some((
                    Some("https://a.example:8443/x/y"),
                    "Patient",
                    "Patient/a-1.b",
                )),
            ),
            ("ftp://a.example/Patient/1", None),
            ("fhir/Patient/1", None),
            ("http://a.example/Person s/1", None),
            ("http://a.example/Patient/", None),
            ("http://a.example/Patient/1#x", None),
            ("http://a.example/patient/1", None),
            ("Patient", None),
            ("urn:uuid:Patient/1", None),
            ("", None),
        ] {
            assert_eq!(parse(text), expected, "{text}");
        }
    }

    #[test]
    fn a_scheme_makes_a_reference_absolute() {
        for (text, expected) in [
            ("http://a.example/Patient/1", true),
            ("urn:uuid:1", true),
            ("mailto:a@b.example", true),
            ("Patient/1", false),
            ("Patient/1:2", false),
            ("/Patient/1", false),
            ("1:2", false),
            ("", false),
        ] {
            assert_eq!(is_absolute(text), expected, "{text}");
        }
    }

    #[test]
    fn a_urn_has_no_version() {
        assert_eq!(
            split_version("http://a.example/Patient/1/_history/2"),
            ("http://a.example/Patient/1", Some("2"))
        );
        assert_eq!(split_version("Patient/1"), ("Patient/1", None));
        assert_eq!(
            split_version("urn:x/_history/2"),
            ("urn:x/_history/2", None)
        );
    }
}
