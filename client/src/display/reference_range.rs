//! Where a result lies against what is normal: the laboratory's own flag first, then its range.
//! <https://hl7.org/fhir/R4/observation.html#interpretation>

use serde_json::Value;

use super::{list, quantity, text};

/// An abnormal result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flag {
    /// Below the range.
    Low,
    /// Above the range.
    High,
    /// Far outside: act now.
    Critical,
    /// Not normal in a way that has no direction.
    Abnormal,
}

impl Flag {
    /// The word shown beside the value, since colour alone is not accessible.
    pub fn words(self) -> &'static str {
        match self {
            Self::Low => "Low",
            Self::High => "High",
            Self::Critical => "Critical",
            Self::Abnormal => "Abnormal",
        }
    }
}

/// The flag of an Observation or of one of its components.
pub fn flag(observation: &Value) -> Option<Flag> {
    let codes: Vec<&str> = list(observation, "interpretation")
        .iter()
        .flat_map(|concept| list(concept, "coding"))
        .filter_map(|coding| text(coding, "code"))
        .collect();
    if let Some(flag) = codes.iter().find_map(|code| of_code(code)) {
        return Some(flag);
    }
    // A laboratory that says "normal" knows better than its printed range.
    if !codes.is_empty() {
        return None;
    }
    let value = observation.get("valueQuantity")?;
    let number = quantity::number(value)?;
    let range = applicable(observation)?;
    let bound = |name: &str| {
        let bound = range.get(name)?;
        // A bound in another unit says nothing about this value.
        (quantity::unit(bound) == quantity::unit(value) || quantity::unit(bound).is_none())
            .then(|| quantity::number(bound))
            .flatten()
    };
    if bound("low").is_some_and(|low| number < low) {
        Some(Flag::Low)
    } else if bound("high").is_some_and(|high| number > high) {
        Some(Flag::High)
    } else {
        None
    }
}

/// The normal range in words.
pub fn words(observation: &Value) -> Option<String> {
    let range = applicable(observation)?;
    quantity::range(range).or_else(|| text(range, "text").map(str::to_owned))
}

/// The normal range among several: the one without a type or with the type `normal`.
fn applicable(observation: &Value) -> Option<&Value> {
    let ranges = list(observation, "referenceRange");
    let is_normal = |range: &&Value| {
        range
            .pointer("/type/coding/0/code")
            .and_then(Value::as_str)
            .is_none_or(|code| code == "normal")
    };
    ranges.iter().find(is_normal)
}

/// <https://terminology.hl7.org/CodeSystem-v3-ObservationInterpretation.html>
fn of_code(code: &str) -> Option<Flag> {
    Some(match code {
        "L" | "LU" => Flag::Low,
        "H" | "HU" => Flag::High,
        "LL" | "HH" | "AA" | "L*" | "H*" | "<" | ">" => Flag::Critical,
        "A" | "POS" | "R" | "DET" => Flag::Abnormal,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn against(value: f64) -> Value {
        json!({
            "valueQuantity": {"value": value, "unit": "mmol/l"},
            "referenceRange": [{"low": {"value": 3.5, "unit": "mmol/l"},
                                "high": {"value": 5.1, "unit": "mmol/l"}}]
        })
    }

    fn interpreted(code: &str) -> Value {
        json!({"interpretation": [{"coding": [{"code": code}]}]})
    }

    #[test]
    fn values_are_compared_with_their_range() {
        for (value, expected) in [
            (3.4, Some(Flag::Low)),
            (3.5, None),
            (4.0, None),
            (5.1, None),
            (5.2, Some(Flag::High)),
        ] {
            assert_eq!(flag(&against(value)), expected, "{value}");
        }
    }

    #[test]
    fn the_laboratory_s_own_flag_wins() {
        let mut high_but_normal = against(9.0);
        high_but_normal["interpretation"] = json!([{"coding": [{"code": "N"}]}]);
        assert_eq!(flag(&high_but_normal), None);
        for (code, expected) in [
            ("H", Some(Flag::High)),
            ("L", Some(Flag::Low)),
            ("HH", Some(Flag::Critical)),
            ("A", Some(Flag::Abnormal)),
            ("N", None),
        ] {
            assert_eq!(flag(&interpreted(code)), expected, "{code}");
        }
    }

    #[test]
    fn stu3_has_one_interpretation_and_not_a_list() {
        let observation = json!({"interpretation": {"coding": [{"code": "H"}]}});
        assert_eq!(flag(&observation), Some(Flag::High));
    }

    #[test]
    fn a_range_in_another_unit_flags_nothing() {
        let mut observation = against(9.0);
        observation["valueQuantity"]["unit"] = json!("mg/dL");
        assert_eq!(flag(&observation), None);
    }

    #[test]
    fn only_the_normal_range_counts() {
        let observation = json!({
            "valueQuantity": {"value": 9},
            "referenceRange": [
                {"type": {"coding": [{"code": "therapeutic"}]}, "high": {"value": 5}},
                {"type": {"coding": [{"code": "normal"}]}, "high": {"value": 10}}
            ]
        });
        assert_eq!(flag(&observation), None);
        assert_eq!(words(&observation).as_deref(), Some("≤ 10"));
    }

    #[test]
    fn ranges_have_words() {
        assert_eq!(words(&against(4.0)).as_deref(), Some("3.5 – 5.1 mmol/l"));
        let text_only = json!({"referenceRange": [{"text": "negative"}]});
        assert_eq!(words(&text_only).as_deref(), Some("negative"));
        assert_eq!(words(&json!({})), None);
    }
}
