//! Choice elements such as `value[x]`, and one wording for every datatype they may have.
//! <https://hl7.org/fhir/R4/formats.html#choice>

use serde_json::Value;

use super::{address, codeable_concept, date_time, human_name, quantity, reference, text};

/// The datatype and value of a choice element: `("Quantity", {..})` for `value`.
pub fn choice<'a>(parent: &'a Value, name: &str) -> Option<(&'a str, &'a Value)> {
    parent.as_object()?.iter().find_map(|(key, value)| {
        let datatype = key.strip_prefix(name)?;
        datatype
            .starts_with(|first: char| first.is_ascii_uppercase())
            .then_some((datatype, value))
    })
}

/// A choice element in words.
pub fn choice_words(parent: &Value, name: &str) -> Option<String> {
    let (datatype, value) = choice(parent, name)?;
    words(datatype, value)
}

/// The date of a choice element, as written, for sorting and charting: a Period's start.
pub fn choice_date<'a>(parent: &'a Value, name: &str) -> Option<&'a str> {
    match choice(parent, name)? {
        ("Period", period) => text(period, "start").or_else(|| text(period, "end")),
        ("DateTime" | "Date" | "Instant", Value::String(written)) => Some(written),
        ("Timing", timing) => timing.pointer("/event/0")?.as_str(),
        _ => None,
    }
}

/// A value of a known datatype in words.
pub fn words(datatype: &str, value: &Value) -> Option<String> {
    match datatype {
        "Quantity" | "SimpleQuantity" | "Age" | "Duration" | "Count" | "Distance" => {
            quantity::words(value)
        }
        "Money" => money(value),
        "Range" => quantity::range(value),
        "Ratio" => quantity::ratio(value),
        "CodeableConcept" => codeable_concept::words(value),
        "Coding" => codeable_concept::coding(value),
        "Period" => date_time::period(value),
        "DateTime" | "Instant" | "Date" => value.as_str().map(date_time::date_time),
        "Reference" => reference::words(value),
        "HumanName" => Some(human_name::full(value)).filter(|name| !name.is_empty()),
        "Address" => Some(address::lines(value).join(", ")).filter(|lines| !lines.is_empty()),
        "Attachment" => attachment(value),
        "SampledData" => Some("Sampled data, see the JSON".to_owned()),
        "Identifier" => text(value, "value").map(str::to_owned),
        _ => primitive(value),
    }
}

/// A primitive in words; objects have none.
pub fn primitive(value: &Value) -> Option<String> {
    match value {
        Value::Bool(true) => Some("Yes".to_owned()),
        Value::Bool(false) => Some("No".to_owned()),
        Value::Number(number) => Some(number.to_string()),
        Value::String(words) => Some(words.trim().to_owned()).filter(|words| !words.is_empty()),
        _ => None,
    }
}

/// R4 Money has a currency; STU3's is a Quantity with the currency as its code.
fn money(value: &Value) -> Option<String> {
    let amount = value.get("value").and_then(primitive)?;
    let currency = text(value, "currency").or_else(|| text(value, "code"));
    Some(match currency {
        Some(currency) => format!("{amount} {currency}"),
        None => amount,
    })
}

/// What an attachment is; its content is never opened here.
fn attachment(value: &Value) -> Option<String> {
    let kind = text(value, "contentType");
    let name = text(value, "title").or_else(|| text(value, "url"));
    match (name, kind) {
        (Some(name), Some(kind)) => Some(format!("{name} ({kind})")),
        (Some(one), None) | (None, Some(one)) => Some(one.to_owned()),
        (None, None) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_choice_is_found_whatever_its_datatype() {
        for (resource, expected) in [
            (
                json!({"valueQuantity": {"value": 5, "unit": "mg"}}),
                Some("5 mg"),
            ),
            (
                json!({"valueCodeableConcept": {"text": "Positive"}}),
                Some("Positive"),
            ),
            (
                json!({"valueCoding": {"display": "Positive"}}),
                Some("Positive"),
            ),
            (json!({"valueString": " seen "}), Some("seen")),
            (json!({"valueBoolean": true}), Some("Yes")),
            (json!({"valueBoolean": false}), Some("No")),
            (json!({"valueInteger": 3}), Some("3")),
            (json!({"valueDateTime": "2019-05-03"}), Some("3 May 2019")),
            (
                json!({"valueInstant": "2019-05-03T14:22:05Z"}),
                Some("3 May 2019, 14:22 UTC"),
            ),
            (json!({"valueTime": "14:22:00"}), Some("14:22:00")),
            (
                json!({"valuePeriod": {"start": "2019"}}),
                Some("since 2019"),
            ),
            (json!({"valueRange": {"low": {"value": 1}}}), Some("≥ 1")),
            (
                json!({"valueRatio": {"numerator": {"value": 1}, "denominator": {"value": 2}}}),
                Some("1 : 2"),
            ),
            (
                json!({"valueMoney": {"value": 9.50, "currency": "EUR"}}),
                Some("9.5 EUR"),
            ),
            (
                json!({"valueMoney": {"value": 9, "code": "USD"}}),
                Some("9 USD"),
            ),
            (
                json!({"valueReference": {"display": "Dr. McCoy"}}),
                Some("Dr. McCoy"),
            ),
            (
                json!({"valueAttachment": {"title": "Scan", "contentType": "image/png"}}),
                Some("Scan (image/png)"),
            ),
            (
                json!({"valueAge": {"value": 40, "unit": "years"}}),
                Some("40 years"),
            ),
            (json!({"valueString": "  "}), None),
            (json!({"value": 3}), None),
            (json!({"valuer": 3}), None),
            (json!({}), None),
        ] {
            assert_eq!(
                choice_words(&resource, "value").as_deref(),
                expected,
                "{resource}"
            );
        }
    }

    #[test]
    fn the_date_of_a_period_is_its_start() {
        for (resource, expected) in [
            (
                json!({"effectiveDateTime": "2019-05-03"}),
                Some("2019-05-03"),
            ),
            (
                json!({"effectivePeriod": {"start": "2019-01", "end": "2020"}}),
                Some("2019-01"),
            ),
            (json!({"effectivePeriod": {"end": "2020"}}), Some("2020")),
            (
                json!({"effectiveTiming": {"event": ["2021-01-01"]}}),
                Some("2021-01-01"),
            ),
            (json!({"effectiveString": "then"}), None),
            (json!({}), None),
        ] {
            assert_eq!(choice_date(&resource, "effective"), expected, "{resource}");
        }
    }
}
