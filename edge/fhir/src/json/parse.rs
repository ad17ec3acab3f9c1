//! Parses a JSON text into a [`Value`], refusing what serde_json would silently lose.

use crate::outcome::{Issue, IssueType};
use serde::de::{self, Deserialize, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};
use std::fmt;

/// The key under which serde_json's arbitrary precision hands over a number.
const NUMBER_TOKEN: &str = "$serde_json::private::Number";

/// Parses `text` (UTF-8) whole.
///
/// # Errors
/// An issue with line and column when the text is no JSON, nests deeper than 127 levels or holds
/// an object with the same property twice.
pub fn parse(text: &[u8]) -> Result<Value, Issue> {
    let text = text.strip_prefix("\u{feff}".as_bytes()).unwrap_or(text);
    let mut deserializer = serde_json::Deserializer::from_slice(text);
    let value = Strict
        .deserialize(&mut deserializer)
        .and_then(|value| deserializer.end().map(|()| value));
    value.map_err(|error| {
        Issue::error(
            IssueType::Structure,
            format!("The body is not well-formed JSON: {error}."),
        )
    })
}

struct Strict;

impl<'de> DeserializeSeed<'de> for Strict {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value)
            .map(Value::Number)
            .ok_or_else(|| E::custom("number out of range"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut array = Vec::new();
        while let Some(item) = items.next_element_seed(Strict)? {
            array.push(item);
        }
        Ok(Value::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut properties: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(name) = properties.next_key::<String>()? {
            if name == NUMBER_TOKEN && object.is_empty() {
                return properties.next_value_seed(NumberText).map(Value::Number);
            }
            let value = properties.next_value_seed(Strict)?;
            if object.contains_key(&name) {
                return Err(de::Error::custom(format_args!(
                    "the property `{name}` stands twice in one object"
                )));
            }
            object.insert(name, value);
        }
        Ok(Value::Object(object))
    }
}

/// Reads the digits of a number as they were written.
struct NumberText;

impl<'de> DeserializeSeed<'de> for NumberText {
    type Value = Number;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Number, D::Error> {
        let digits = String::deserialize(deserializer)?;
        digits.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::parse;
    use proptest::prelude::*;

    fn message(text: &str) -> String {
        parse(text.as_bytes()).expect_err(text).diagnostics
    }

    #[test]
    fn digits_and_property_order_survive() {
        let text = r#"{"z":1.0,"a":1.00,"e":1e2,"big":123456789012345678901234567890.10}"#;
        let value = parse(text.as_bytes()).unwrap();
        assert_eq!(value.to_string(), text.replace("1e2", "1e+2"));
    }

    #[test]
    fn a_property_that_stands_twice_is_refused_by_name() {
        assert!(message(r#"{"a":1,"b":{"c":1,"c":2}}"#).contains("`c` stands twice"));
    }

    #[test]
    fn malformed_texts_are_refused_with_their_place() {
        for text in [
            "",
            "{",
            r#"{"a":}"#,
            "[1,]",
            "{} x",
            "\u{0}",
            r#""\ud800""#,
            "01",
        ] {
            assert!(message(text).contains("line 1 column"), "{text}");
        }
    }

    #[test]
    fn deep_nesting_is_refused_not_overflowed() {
        let text = "[".repeat(100_000);
        assert!(message(&text).contains("recursion limit"));
    }

    #[test]
    fn a_byte_order_mark_is_passed_over() {
        assert!(parse("\u{feff}{}".as_bytes()).is_ok());
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = parse(&bytes);
        }
    }
}
