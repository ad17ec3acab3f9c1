//! CodeableConcept and Coding. <https://hl7.org/fhir/R4/datatypes.html#CodeableConcept>

use serde_json::Value;

use super::{list, text};

/// A concept in words: its text, a coding's display, or at worst a bare code.
pub fn words(concept: &Value) -> Option<String> {
    if let Value::String(code) = concept {
        return (!code.trim().is_empty()).then(|| code.trim().to_owned());
    }
    let codings = list(concept, "coding");
    let display = codings
        .iter()
        .find(|coding| coding.get("userSelected") == Some(&Value::Bool(true)))
        .and_then(|coding| text(coding, "display"))
        .or_else(|| codings.iter().find_map(|coding| text(coding, "display")));
    text(concept, "text")
        .or(display)
        .or_else(|| codings.iter().find_map(|coding| text(coding, "code")))
        .map(str::to_owned)
}

/// A bare Coding in words.
pub fn coding(coding: &Value) -> Option<String> {
    text(coding, "display")
        .or_else(|| text(coding, "code"))
        .map(str::to_owned)
}

/// A status element in words: a code in one release is a concept in the other
/// (`clinicalStatus`), and codes are written `entered-in-error`.
pub fn status(value: &Value) -> Option<String> {
    let words = match value {
        Value::String(code) => code.clone(),
        concept => list(concept, "coding")
            .iter()
            .find_map(|coding| text(coding, "code"))
            .map(str::to_owned)
            .or_else(|| words(concept))?,
    };
    let words = words.trim().replace('-', " ");
    (!words.is_empty()).then_some(words)
}

/// The code of a concept in one code system.
pub fn code_in<'a>(concept: &'a Value, system: &str) -> Option<&'a str> {
    list(concept, "coding")
        .iter()
        .find(|coding| text(coding, "system") == Some(system))
        .and_then(|coding| text(coding, "code"))
}

/// `System code` pairs for the small print.
pub fn codes(concept: &Value) -> Vec<String> {
    list(concept, "coding")
        .iter()
        .filter_map(|coding| {
            let code = text(coding, "code")?;
            Some(match text(coding, "system").and_then(system_name) {
                Some(system) => format!("{system} {code}"),
                None => code.to_owned(),
            })
        })
        .collect()
}

/// The usual name of a code system. <https://hl7.org/fhir/R4/terminologies-systems.html>
fn system_name(system: &str) -> Option<&'static str> {
    Some(match system {
        "http://snomed.info/sct" => "SNOMED CT",
        "http://loinc.org" => "LOINC",
        "http://www.nlm.nih.gov/research/umls/rxnorm" => "RxNorm",
        "http://unitsofmeasure.org" => "UCUM",
        "http://hl7.org/fhir/sid/cvx" => "CVX",
        "http://hl7.org/fhir/sid/icd-10" | "http://hl7.org/fhir/sid/icd-10-cm" => "ICD-10",
        "http://hl7.org/fhir/sid/ndc" => "NDC",
        "http://www.ama-assn.org/go/cpt" => "CPT",
        "http://www.whocc.no/atc" => "ATC",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn text_comes_before_display_and_display_before_code() {
        for (concept, expected) in [
            (
                json!({"text": "Flu", "coding": [{"display": "Influenza"}]}),
                Some("Flu"),
            ),
            (
                json!({"coding": [{"code": "6142004"}, {"display": "Influenza"}]}),
                Some("Influenza"),
            ),
            (
                json!({"coding": [{"display": "A"}, {"display": "B", "userSelected": true}]}),
                Some("B"),
            ),
            (json!({"coding": [{"code": "6142004"}]}), Some("6142004")),
            (
                json!({"text": " ", "coding": [{"display": ""}, {"code": "x"}]}),
                Some("x"),
            ),
            (json!("bare"), Some("bare")),
            (json!(""), None),
            (json!({"coding": []}), None),
            (json!({}), None),
            (json!(null), None),
        ] {
            assert_eq!(words(&concept).as_deref(), expected, "{concept}");
        }
    }

    #[test]
    fn a_status_is_a_code_in_stu3_and_a_concept_in_r4() {
        for (value, expected) in [
            (json!("active"), Some("active")),
            (json!("entered-in-error"), Some("entered in error")),
            (
                json!({"coding": [{"code": "resolved", "display": "Resolved"}]}),
                Some("resolved"),
            ),
            (json!({"text": "gone"}), Some("gone")),
            (json!({}), None),
            (json!(null), None),
        ] {
            assert_eq!(status(&value).as_deref(), expected, "{value}");
        }
    }

    #[test]
    fn codes_are_told_with_their_system_s_usual_name() {
        let concept = json!({"coding": [
            {"system": "http://loinc.org", "code": "8867-4"},
            {"system": "urn:local", "code": "HR"},
            {"display": "no code"}
        ]});
        assert_eq!(codes(&concept), ["LOINC 8867-4", "HR"]);
        assert_eq!(code_in(&concept, "http://loinc.org"), Some("8867-4"));
        assert_eq!(code_in(&concept, "http://snomed.info/sct"), None);
    }

    #[test]
    fn a_coding_without_a_display_shows_its_code() {
        assert_eq!(coding(&json!({"code": "AMB"})).as_deref(), Some("AMB"));
        assert_eq!(
            coding(&json!({"code": "AMB", "display": "ambulatory"})).as_deref(),
            Some("ambulatory")
        );
    }
}
