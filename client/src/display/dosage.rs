//! Dosage: how a medication is taken. <https://hl7.org/fhir/R4/dosage.html>

use serde_json::Value;

use super::{datatype, list, quantity, text};

/// STU3 and R4 name it alike on requests; statements have `dosage`.
pub fn words(resource: &Value) -> Option<String> {
    let instruction = list(resource, "dosageInstruction")
        .iter()
        .chain(list(resource, "dosage"))
        .next()?;
    text(instruction, "text")
        .map(str::to_owned)
        .or_else(|| timing(instruction))
        .or_else(|| {
            (instruction.get("asNeededBoolean") == Some(&Value::Bool(true)))
                .then(|| "as needed".to_owned())
        })
}

/// `1 tablet, 2 × per 1 d`
fn timing(instruction: &Value) -> Option<String> {
    let dose = instruction
        .pointer("/doseAndRate/0/doseQuantity")
        .or_else(|| instruction.get("doseQuantity"))
        .and_then(quantity::words);
    let repeat = instruction.pointer("/timing/repeat").and_then(|repeat| {
        let number = |name: &str| repeat.get(name).and_then(datatype::primitive);
        Some(format!(
            "{} × per {} {}",
            number("frequency")?,
            number("period")?,
            text(repeat, "periodUnit")?
        ))
    });
    match (dose, repeat) {
        (Some(dose), Some(repeat)) => Some(format!("{dose}, {repeat}")),
        (one, other) => one.or(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn instructions_in_words_or_made_of_their_parts() {
        let twice_a_day = json!({"repeat": {"frequency": 2, "period": 1, "periodUnit": "d"}});
        let tablet = json!({"value": 1, "unit": "tablet"});
        for (instruction, expected) in [
            (json!({"text": "at night"}), Some("at night")),
            (
                json!({"timing": twice_a_day, "doseAndRate": [{"doseQuantity": tablet}]}),
                Some("1 tablet, 2 × per 1 d"),
            ),
            (
                json!({"timing": twice_a_day, "doseQuantity": tablet}),
                Some("1 tablet, 2 × per 1 d"),
            ),
            (json!({"timing": twice_a_day}), Some("2 × per 1 d")),
            (json!({"doseQuantity": tablet}), Some("1 tablet")),
            (json!({"asNeededBoolean": true}), Some("as needed")),
            (json!({"asNeededBoolean": false}), None),
            (json!({"timing": {"repeat": {"frequency": 2}}}), None),
        ] {
            for element in ["dosageInstruction", "dosage"] {
                let resource = json!({element: [instruction.clone()]});
                assert_eq!(words(&resource).as_deref(), expected, "{resource}");
            }
        }
        assert_eq!(words(&json!({})), None);
    }
}
