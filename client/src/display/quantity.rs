//! Quantity, Range and Ratio. Numbers keep the digits they were written with, unless those are
//! a machine's: nobody measures a weight to ten places. The JSON has them all.
//! <https://hl7.org/fhir/R4/datatypes.html#Quantity>

use serde_json::Value;

use super::text;

/// `≥ 5.40 mmol/l`
pub fn words(quantity: &Value) -> Option<String> {
    let number = readable_number(quantity.get("value")?)?;
    let comparator = match text(quantity, "comparator") {
        Some("<") => "< ",
        Some("<=") => "≤ ",
        Some(">") => "> ",
        Some(">=") => "≥ ",
        _ => "",
    };
    Some(match unit(quantity) {
        Some("%") => format!("{comparator}{number}%"),
        Some(unit) => format!("{comparator}{number} {unit}"),
        None => format!("{comparator}{number}"),
    })
}

/// More digits than this after the point are a computer's.
const MEASURED_DECIMALS: usize = 4;
const SIGNIFICANT_DIGITS: i32 = 3;

/// A number as written; one with a tail of digits is cut to hundredths, or to three significant
/// digits when it is small.
pub fn readable_number(value: &Value) -> Option<String> {
    let written = match value {
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.clone(),
        _ => return None,
    };
    let decimals = written.split_once('.').map_or(0, |(_, tail)| tail.len());
    let is_plain = written
        .bytes()
        .all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-'));
    match written.parse::<f64>() {
        Ok(number) if is_plain && decimals > MEASURED_DECIMALS && number != 0.0 => {
            let magnitude = number.abs().log10().floor() as i32;
            let digits = (SIGNIFICANT_DIGITS - 1 - magnitude).clamp(2, 12);
            Some(format!("{number:.*}", usize::try_from(digits).unwrap_or(2)))
        }
        _ => Some(written),
    }
}

/// The unit as people write it: the label, else the UCUM code without its braces.
pub fn unit(quantity: &Value) -> Option<&str> {
    let unit = text(quantity, "unit").or_else(|| text(quantity, "code"))?;
    match unit {
        "1" | "{score}" | "{count}" => None,
        "mm[Hg]" => Some("mmHg"),
        "Cel" => Some("°C"),
        "[degF]" => Some("°F"),
        "/min" => Some("per min"),
        "[lb_av]" => Some("lb"),
        "[in_i]" => Some("in"),
        unit => Some(
            unit.strip_prefix('{')
                .and_then(|inner| inner.strip_suffix('}'))
                .unwrap_or(unit),
        ),
    }
}

/// The number itself, for charts and comparisons.
pub fn number(quantity: &Value) -> Option<f64> {
    let number = quantity.get("value")?.as_f64()?;
    number.is_finite().then_some(number)
}

/// `3.5 – 5.1 mmol/l`, or open at one end.
pub fn range(range: &Value) -> Option<String> {
    let bound = |name| range.get(name).and_then(words);
    match (bound("low"), bound("high")) {
        (Some(low), Some(high)) => {
            // The unit once, when both have the same.
            let same = unit(range.get("low")?) == unit(range.get("high")?);
            let low = match range.pointer("/low/value") {
                Some(value) if same => readable_number(value).unwrap_or(low),
                _ => low,
            };
            Some(format!("{low} – {high}"))
        }
        (Some(low), None) => Some(format!("≥ {low}")),
        (None, Some(high)) => Some(format!("≤ {high}")),
        (None, None) => None,
    }
}

/// `1 : 128`
pub fn ratio(ratio: &Value) -> Option<String> {
    let part = |name| ratio.get(name).and_then(words);
    Some(format!("{} : {}", part("numerator")?, part("denominator")?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn parsed(json: &str) -> Value {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn quantities_keep_their_digits() {
        for (json, expected) in [
            (r#"{"value": 5.40, "unit": "mmol/l"}"#, Some("5.40 mmol/l")),
            (r#"{"value": 72, "code": "/min"}"#, Some("72 per min")),
            (
                r#"{"value": 120, "unit": "mm[Hg]", "comparator": ">="}"#,
                Some("≥ 120 mmHg"),
            ),
            (
                r#"{"value": 0.1, "comparator": "<", "unit": "mg"}"#,
                Some("< 0.1 mg"),
            ),
            (r#"{"value": 98, "unit": "%"}"#, Some("98%")),
            (r#"{"value": 37.0, "code": "Cel"}"#, Some("37.0 °C")),
            (r#"{"value": 3, "unit": "{score}"}"#, Some("3")),
            (r#"{"value": 3, "unit": "{beats}"}"#, Some("3 beats")),
            (r#"{"value": 1e3}"#, Some("1e+3")),
            (r#"{"value": 0.0012}"#, Some("0.0012")),
            (
                r#"{"value": 107.22945298361019, "unit": "mg"}"#,
                Some("107.23 mg"),
            ),
            (r#"{"value": 2.00000}"#, Some("2.00")),
            (r#"{"value": -0.00012345}"#, Some("-0.000123")),
            (r#"{"value": 0.00000}"#, Some("0.00000")),
            (r#"{"unit": "mg"}"#, None),
            (r#"{"value": null}"#, None),
            ("{}", None),
        ] {
            assert_eq!(words(&parsed(json)).as_deref(), expected, "{json}");
        }
    }

    #[test]
    fn ranges_may_be_open_and_name_their_unit_once() {
        for (json, expected) in [
            (
                r#"{"low": {"value": 3.5, "unit": "mmol/l"}, "high": {"value": 5.10, "unit": "mmol/l"}}"#,
                Some("3.5 – 5.10 mmol/l"),
            ),
            (
                r#"{"low": {"value": 1, "unit": "mg"}, "high": {"value": 2, "unit": "g"}}"#,
                Some("1 mg – 2 g"),
            ),
            (r#"{"low": {"value": 60}}"#, Some("≥ 60")),
            (
                r#"{"high": {"value": 200, "unit": "mg/dL"}}"#,
                Some("≤ 200 mg/dL"),
            ),
            ("{}", None),
        ] {
            assert_eq!(range(&parsed(json)).as_deref(), expected, "{json}");
        }
    }

    #[test]
    fn ratios_need_both_parts() {
        assert_eq!(
            ratio(&json!({"numerator": {"value": 1}, "denominator": {"value": 128}})).as_deref(),
            Some("1 : 128")
        );
        assert_eq!(ratio(&json!({"numerator": {"value": 1}})), None);
    }
}
