//! Reference. <https://hl7.org/fhir/R4/references.html>

use serde_json::Value;

use super::text;
use crate::api::address::below_base;

/// A resource of this server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// `Patient`.
    pub resource_type: String,
    /// Logical id.
    pub id: String,
}

/// The resource that a literal reference leads to, when it is one of this server's.
pub fn target(base: &str, reference: &str) -> Option<Target> {
    let path = below_base(base, reference)?;
    let mut segments = path.split('/');
    let (resource_type, id) = (segments.next()?, segments.next()?);
    match (segments.next(), segments.next(), segments.next()) {
        (None, ..) | (Some("_history"), Some(_), None) => {}
        _ => return None,
    }
    (is_type(resource_type) && is_id(id)).then(|| Target {
        resource_type: resource_type.to_owned(),
        id: id.to_owned(),
    })
}

/// A reference in words: its display, its target or its identifier.
pub fn words(reference: &Value) -> Option<String> {
    text(reference, "display")
        .or_else(|| text(reference, "reference"))
        .or_else(|| reference.pointer("/identifier/value")?.as_str())
        .map(str::to_owned)
}

/// A resource type name: letters, the first a capital.
pub fn is_type(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_uppercase())
        && name.bytes().all(|byte| byte.is_ascii_alphabetic())
}

/// A logical id. <https://hl7.org/fhir/R4/datatypes.html#id>
pub fn is_id(id: &str) -> bool {
    (1..=64).contains(&id.len())
        && id
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.'))
        && id != "."
        && id != ".."
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const BASE: &str = "https://fhir.example/r4";

    #[test]
    fn references_to_this_server_have_a_target() {
        for reference in [
            "Patient/p-1",
            "https://fhir.example/r4/Patient/p-1",
            "Patient/p-1/_history/3",
        ] {
            let target = target(BASE, reference).unwrap();
            assert_eq!(
                (target.resource_type.as_str(), target.id.as_str()),
                ("Patient", "p-1")
            );
        }
    }

    #[test]
    fn everything_else_has_none() {
        for reference in [
            "#contained",
            "urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0",
            "https://other.example/Patient/1",
            "Patient",
            "Patient/",
            "patient/1",
            "Patient/1/x",
            "Patient/../admin",
            "Patient?identifier=1",
            "Patient/1/_history/2/3",
            "javascript:alert(1)",
            "",
        ] {
            assert_eq!(target(BASE, reference), None, "{reference}");
        }
    }

    #[test]
    fn words_prefer_the_display() {
        for (reference, expected) in [
            (
                json!({"display": "Dr. McCoy", "reference": "Practitioner/1"}),
                Some("Dr. McCoy"),
            ),
            (
                json!({"reference": "Practitioner/1"}),
                Some("Practitioner/1"),
            ),
            (json!({"identifier": {"value": "X-1"}}), Some("X-1")),
            (json!({}), None),
        ] {
            assert_eq!(words(&reference).as_deref(), expected, "{reference}");
        }
    }
}
