//! Observation: what was measured and what came out.
//! <https://hl7.org/fhir/R4/observation.html>

use serde_json::Value;

use super::{codeable_concept, datatype, list, quantity, text};

const LOINC: &str = "http://loinc.org";
const SYSTOLIC: &str = "8480-6";
const DIASTOLIC: &str = "8462-4";

/// What was measured.
pub fn title(observation: &Value) -> String {
    observation
        .get("code")
        .and_then(codeable_concept::words)
        .unwrap_or_else(|| "Observation".to_owned())
}

/// When it was measured, as written.
pub fn date(observation: &Value) -> Option<&str> {
    datatype::choice_date(observation, "effective").or_else(|| text(observation, "issued"))
}

/// What came out: the value, the components' values, or why there is none.
pub fn result(observation: &Value) -> Option<String> {
    datatype::choice_words(observation, "value")
        .or_else(|| blood_pressure(observation))
        .or_else(|| components(observation))
        .or_else(|| {
            let reason = observation.get("dataAbsentReason")?;
            Some(format!("No result ({})", codeable_concept::words(reason)?))
        })
}

/// `120 / 80 mmHg`, as everyone writes it.
fn blood_pressure(observation: &Value) -> Option<String> {
    let value = |code: &str| {
        list(observation, "component")
            .iter()
            .find(|component| {
                component
                    .get("code")
                    .and_then(|concept| codeable_concept::code_in(concept, LOINC))
                    == Some(code)
            })
            .and_then(|component| component.get("valueQuantity"))
    };
    let (systolic, diastolic) = (value(SYSTOLIC)?, value(DIASTOLIC)?);
    let number = |quantity: &Value| quantity.get("value").and_then(quantity::readable_number);
    let unit = quantity::unit(systolic).map_or_else(String::new, |unit| format!(" {unit}"));
    Some(format!(
        "{} / {}{unit}",
        number(systolic)?,
        number(diastolic)?
    ))
}

fn components(observation: &Value) -> Option<String> {
    let parts: Vec<String> = list(observation, "component")
        .iter()
        .filter_map(|component| {
            let value = datatype::choice_words(component, "value")?;
            Some(
                match component.get("code").and_then(codeable_concept::words) {
                    Some(label) => format!("{label}: {value}"),
                    None => value,
                },
            )
        })
        .collect();
    (!parts.is_empty()).then(|| parts.join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn component(code: &str, label: &str, value: f64) -> Value {
        json!({"code": {"coding": [{"system": LOINC, "code": code, "display": label}]},
               "valueQuantity": {"value": value, "unit": "mm[Hg]"}})
    }

    #[test]
    fn results_of_every_kind() {
        for (observation, expected) in [
            (
                json!({"valueQuantity": {"value": 72, "unit": "/min"}}),
                Some("72 per min"),
            ),
            (
                json!({"component": [component(SYSTOLIC, "Systolic", 120.0),
                                     component(DIASTOLIC, "Diastolic", 80.5)]}),
                Some("120.0 / 80.5 mmHg"),
            ),
            (
                json!({"component": [component("1", "Left", 1.0), component("2", "Right", 2.0)]}),
                Some("Left: 1.0 mmHg; Right: 2.0 mmHg"),
            ),
            (
                json!({"component": [{"valueString": "only"}]}),
                Some("only"),
            ),
            (
                json!({"dataAbsentReason": {"text": "refused"}}),
                Some("No result (refused)"),
            ),
            (json!({"component": []}), None),
            (json!({}), None),
        ] {
            assert_eq!(result(&observation).as_deref(), expected, "{observation}");
        }
    }

    #[test]
    fn the_date_of_issue_serves_when_there_is_no_other() {
        assert_eq!(
            date(&json!({"effectiveDateTime": "2019", "issued": "2020"})),
            Some("2019")
        );
        assert_eq!(date(&json!({"issued": "2020"})), Some("2020"));
        assert_eq!(title(&json!({})), "Observation");
    }
}
