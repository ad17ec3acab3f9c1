//! FHIR JSON in words. Pure functions over `serde_json::Value`; no browser, no clock.
//!
//! R4 and STU3 differ in a few element names; each function takes either. What cannot be read is
//! left out rather than guessed: every input is a server's, and none may stop a page.

pub mod address;
pub mod age;
pub mod axis;
pub mod choice;
pub mod codeable_concept;
pub mod contact_point;
pub mod datatype;
pub mod date_time;
pub mod dosage;
pub mod human_name;
pub mod identifier;
pub mod json_text;
pub mod narrative;
pub mod observation;
pub mod patient;
pub mod quantity;
pub mod readable;
pub mod reference;
pub mod reference_range;
pub mod row;
pub mod title;
pub mod trend;

use serde_json::Value;

/// A text element that is there and not blank.
pub fn text<'a>(value: &'a Value, name: &str) -> Option<&'a str> {
    value
        .get(name)
        .and_then(Value::as_str)
        .map(str::trim)
        .filter(|text| !text.is_empty())
}

/// The elements of an array; of a single value, itself; of nothing, none.
pub fn list<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    match value.get(name) {
        Some(Value::Array(items)) => items,
        Some(Value::Null) | None => &[],
        Some(single) => std::slice::from_ref(single),
    }
}
