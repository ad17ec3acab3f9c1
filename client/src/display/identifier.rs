//! Identifier. <https://hl7.org/fhir/R4/datatypes.html#Identifier>

use serde_json::Value;

use super::{codeable_concept, list, text};

/// An identifier with what it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Labelled {
    /// `MRN`, `Passport`, or the last part of its system.
    pub label: String,
    /// The number.
    pub value: String,
}

/// An identifier in words; none without a value.
pub fn labelled(identifier: &Value) -> Option<Labelled> {
    let value = text(identifier, "value")?.to_owned();
    let kind = identifier.get("type");
    let label = match type_code(identifier) {
        Some("MR") => "MRN".to_owned(),
        Some("SS") => "Social security".to_owned(),
        Some("DL") => "Driving licence".to_owned(),
        Some("PPN") => "Passport".to_owned(),
        Some("NI") => "National id".to_owned(),
        _ => kind
            .and_then(codeable_concept::words)
            .or_else(|| text(identifier, "system").map(last_part))
            .unwrap_or_else(|| "Identifier".to_owned()),
    };
    Some(Labelled { label, value })
}

/// The number by which a clinic knows its patient: the MRN, else the first that is in use.
pub fn principal(identifiers: &[Value]) -> Option<Labelled> {
    let rank = |identifier: &&Value| match (type_code(identifier), text(identifier, "use")) {
        (_, Some("old")) => 4,
        (Some("MR"), _) => 0,
        (_, Some("usual" | "official")) => 1,
        (None, _) => 2,
        _ => 3,
    };
    identifiers
        .iter()
        .filter(|identifier| text(identifier, "value").is_some())
        .min_by_key(rank)
        .and_then(labelled)
}

fn type_code(identifier: &Value) -> Option<&str> {
    let kind = identifier.get("type")?;
    list(kind, "coding")
        .iter()
        .find_map(|coding| text(coding, "code"))
}

fn last_part(system: &str) -> String {
    let trimmed = system.trim_end_matches('/');
    trimmed
        .rsplit(['/', ':', '#'])
        .next()
        .filter(|part| !part.is_empty())
        .unwrap_or(trimmed)
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn identifiers_are_labelled_by_type_then_system() {
        for (identifier, expected) in [
            (
                json!({"type": {"coding": [{"code": "MR"}]}, "value": "1"}),
                Some("MRN"),
            ),
            (
                json!({"type": {"text": "Starfleet"}, "value": "1"}),
                Some("Starfleet"),
            ),
            (
                json!({"system": "http://clinic.example/mrn/", "value": "1"}),
                Some("mrn"),
            ),
            (
                json!({"system": "urn:oid:1.2.3", "value": "1"}),
                Some("1.2.3"),
            ),
            (json!({"value": "1"}), Some("Identifier")),
            (json!({"system": "x"}), None),
        ] {
            let label = labelled(&identifier).map(|labelled| labelled.label);
            assert_eq!(label.as_deref(), expected, "{identifier}");
        }
    }

    #[test]
    fn the_mrn_is_the_principal_identifier() {
        let identifiers = [
            json!({"use": "old", "type": {"coding": [{"code": "MR"}]}, "value": "old"}),
            json!({"type": {"coding": [{"code": "SS"}]}, "value": "ssn"}),
            json!({"system": "x", "value": "plain"}),
            json!({"type": {"coding": [{"code": "MR"}]}, "value": "mrn"}),
        ];
        for (count, value) in [(1, "old"), (2, "ssn"), (3, "plain"), (4, "mrn")] {
            let principal = principal(identifiers.get(..count).unwrap()).unwrap();
            assert_eq!(principal.value, value);
        }
        assert_eq!(principal(&[]), None);
    }
}
