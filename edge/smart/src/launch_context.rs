//! The launch context: which patient and encounter an EHR had open when it launched an app.
//! <https://hl7.org/fhir/smart-app-launch/scopes-and-launch-context.html#launch-context-data>

use crate::base64url::decode;
use serde_json::{Map, Value};

/// The fields that a token response tells the app.
pub const FIELDS: [&str; 5] = [
    "patient",
    "encounter",
    "practitioner",
    "need_patient_banner",
    "smart_style_url",
];

/// Reads the `launch` parameter: base64 of a JSON object; absent is an empty context.
pub fn parse(launch: Option<&str>) -> Option<Map<String, Value>> {
    let Some(launch) = launch.filter(|launch| !launch.is_empty()) else {
        return Some(Map::new());
    };
    serde_json::from_slice(&decode(launch)?).ok()
}

/// The fields of a context that an app is told; whatever else an EHR put there stays behind.
///
/// # Errors
/// The field whose value no app could use, and what would be right.
pub fn told(context: &Map<String, Value>) -> Result<Map<String, Value>, String> {
    let mut told = Map::new();
    for name in FIELDS {
        let Some(value) = context.get(name).filter(|value| !value.is_null()) else {
            continue;
        };
        let (is_right, right) = match name {
            "need_patient_banner" => (value.is_boolean(), "true or false"),
            "smart_style_url" => (is_style_address(value), "an https address"),
            _ => (is_id(value), "the id of a resource"),
        };
        if !is_right {
            return Err(format!("`{name}` must be {right}"));
        }
        told.insert(name.to_owned(), value.clone());
    }
    Ok(told)
}

/// The patient of a launch context, given as the JSON of what an app was told.
pub fn patient(context: &str) -> Option<String> {
    let context: Map<String, Value> = serde_json::from_str(context).ok()?;
    Some(context.get("patient")?.as_str()?.to_owned())
}

/// <https://hl7.org/fhir/R4/datatypes.html#id>
fn is_id(value: &Value) -> bool {
    let letter = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.');
    let id = value.as_str().unwrap_or_default();
    (1..=64).contains(&id.len()) && id.chars().all(letter)
}

/// Secure, or of this machine, which developers have.
fn is_style_address(value: &Value) -> bool {
    value.as_str().is_some_and(crate::redirect_uri::is_safe)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worked_vectors_hold() {
        let context = parse(Some("eyJwYXRpZW50IjoicDEifQ")).unwrap();
        assert_eq!(context["patient"], "p1");
    }

    #[test]
    fn padding_alphabet_and_white_space_of_others_are_taken() {
        for launch in [
            "eyJwYXRpZW50IjoicDEifQ==",
            "ew0KICJwYXRpZW50IjogInAxIg0KfQ==",
            "e30",
            "e30=",
        ] {
            assert!(parse(Some(launch)).is_some(), "{launch}");
        }
        assert_eq!(parse(None), Some(Map::new()));
    }

    #[test]
    fn what_is_no_object_is_no_context() {
        for launch in ["W10", "MQ", "bnVsbA", "!!", "eyJ", "IiI"] {
            assert_eq!(parse(Some(launch)), None, "{launch}");
        }
    }

    #[test]
    fn only_known_fields_are_told() {
        let context =
            serde_json::json!({"patient": "1", "code": "x", "need_patient_banner": false});
        let told = told(context.as_object().unwrap()).unwrap();
        assert_eq!(
            Vec::from_iter(told.keys()),
            ["patient", "need_patient_banner"]
        );
    }

    #[test]
    fn values_that_no_app_could_use_are_refused() {
        let told = |name: &str, value: Value| told(&Map::from_iter([(name.to_owned(), value)]));
        for (name, value) in [
            ("patient", serde_json::json!(["x"])),
            ("patient", serde_json::json!("")),
            ("patient", serde_json::json!("Patient/1")),
            ("encounter", serde_json::json!(1)),
            ("practitioner", serde_json::json!("a b")),
            ("need_patient_banner", serde_json::json!("yes")),
            ("smart_style_url", serde_json::json!("javascript:x")),
            (
                "smart_style_url",
                serde_json::json!("http://ehr.example/style.json"),
            ),
        ] {
            assert!(
                told(name, value.clone()).unwrap_err().contains(name),
                "{value}"
            );
        }
        assert_eq!(told("patient", Value::Null), Ok(Map::new()));
        for style in [
            "https://ehr.example/style.json",
            "http://localhost:1/s.json",
        ] {
            assert!(told("smart_style_url", style.into()).is_ok());
        }
    }
}
