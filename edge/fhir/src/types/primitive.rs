//! The lexical rules of primitive types.
//! <https://hl7.org/fhir/R4/datatypes.html#primitive>

use super::date_time::Interval;
use serde_json::{Number, Value};

/// Checks a JSON scalar against a primitive type.
///
/// # Errors
/// What would be right, in words that follow "must be".
pub fn check_primitive(type_name: &str, value: &Value) -> Result<(), &'static str> {
    match type_name {
        "boolean" => value
            .is_boolean()
            .then_some(())
            .ok_or("true or false, without quotes"),
        "integer" | "unsignedInt" | "positiveInt" => match value {
            Value::Number(number) => integer(type_name, number),
            _ => Err("a whole number, without quotes"),
        },
        "decimal" => value
            .is_number()
            .then_some(())
            .ok_or("a number, without quotes"),
        _ => match value {
            Value::String(text) => check_text(type_name, text),
            _ => Err("a string, in quotes"),
        },
    }
}

fn integer(type_name: &str, number: &Number) -> Result<(), &'static str> {
    const RANGE: &str = "a whole number from -2147483648 to 2147483647";
    let text = number.to_string();
    let value: i32 = text.parse().map_err(|_| RANGE)?;
    match type_name {
        "unsignedInt" if value < 0 => Err("a whole number from 0 to 2147483647"),
        "positiveInt" if value < 1 => Err("a whole number from 1 to 2147483647"),
        _ => Ok(()),
    }
}

fn check_text(type_name: &str, text: &str) -> Result<(), &'static str> {
    if text.is_empty() {
        return Err("a string with at least one character (leave the property out instead)");
    }
    let right = match type_name {
        "id" => (is_id(text), "1 to 64 letters, digits, `-` or `.`"),
        "code" => (
            is_code(text),
            "a code: no leading, trailing or double spaces",
        ),
        "date" => (is_date(text), "a date: YYYY, YYYY-MM or YYYY-MM-DD"),
        "dateTime" => (
            is_date_time(text),
            "a dateTime: YYYY, YYYY-MM, YYYY-MM-DD or YYYY-MM-DDThh:mm:ss with a zone",
        ),
        "instant" => (
            is_instant(text),
            "an instant: YYYY-MM-DDThh:mm:ss with a zone",
        ),
        "time" => (is_time(text), "a time: hh:mm:ss"),
        "uri" | "url" | "canonical" => {
            (!text.contains(char::is_whitespace), "a URI without spaces")
        }
        "oid" => (is_oid(text), "an OID: urn:oid: and numbers with dots"),
        "uuid" => (
            is_uuid(text),
            "a UUID: urn:uuid: and 36 lower-case characters",
        ),
        "base64Binary" => (is_base64(text), "base64 text"),
        _ => (
            is_string(text),
            "a string without control characters, at most 1 MB",
        ),
    };
    if right.0 { Ok(()) } else { Err(right.1) }
}

/// Whether a text can be a resource id. <https://hl7.org/fhir/R4/datatypes.html#id>
pub fn is_id(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.'))
}

fn is_code(text: &str) -> bool {
    text.trim() == text && !text.contains("  ") && !text.contains(['\t', '\n', '\r'])
}

fn is_date(text: &str) -> bool {
    text.len() <= 10 && Interval::parse(text).is_ok()
}

fn is_date_time(text: &str) -> bool {
    is_date(text) || is_instant(text)
}

fn is_instant(text: &str) -> bool {
    let zoned = text.ends_with('Z') || text.get(19..).is_some_and(|end| end.contains(['+', '-']));
    let seconds = text.as_bytes().get(16) == Some(&b':');
    zoned && seconds && Interval::parse(text).is_ok()
}

fn is_time(text: &str) -> bool {
    let on_a_day = format!("2000-01-01T{text}");
    text.as_bytes().get(5) == Some(&b':')
        && text
            .bytes()
            .all(|byte| byte.is_ascii_digit() || matches!(byte, b':' | b'.'))
        && Interval::parse(&on_a_day).is_ok()
}

fn is_oid(text: &str) -> bool {
    text.strip_prefix("urn:oid:").is_some_and(|oid| {
        oid.starts_with(['0', '1', '2'])
            && oid.split('.').all(|arc| {
                !arc.is_empty()
                    && (arc == "0" || !arc.starts_with('0'))
                    && arc.bytes().all(|byte| byte.is_ascii_digit())
            })
    })
}

fn is_uuid(text: &str) -> bool {
    text.strip_prefix("urn:uuid:").is_some_and(|uuid| {
        uuid.len() == 36
            && uuid.bytes().enumerate().all(|(at, byte)| match at {
                8 | 13 | 18 | 23 => byte == b'-',
                _ => byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte),
            })
    })
}

fn is_base64(text: &str) -> bool {
    let mut characters = 0_usize;
    let mut padding = 0_usize;
    for byte in text.bytes().filter(|byte| !byte.is_ascii_whitespace()) {
        match byte {
            b'=' => padding += 1,
            _ if padding > 0 => return false,
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'+' | b'/' => {}
            _ => return false,
        }
        characters += 1;
    }
    characters.is_multiple_of(4) && padding <= 2
}

fn is_string(text: &str) -> bool {
    const MEGABYTE: usize = 1024 * 1024;
    text.len() <= MEGABYTE
        && !text.contains(|c: char| c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{7f}'..))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn each_type_takes_its_own_texts_and_no_others() {
        let cases = [
            ("boolean", json!(true), true),
            ("boolean", json!("true"), false),
            ("integer", json!(-1), true),
            ("integer", json!(2_147_483_648_i64), false),
            ("integer", json!(1.5), false),
            ("unsignedInt", json!(-1), false),
            ("positiveInt", json!(0), false),
            ("decimal", json!(1.25), true),
            ("decimal", json!("1.25"), false),
            ("string", json!("a\nb"), true),
            ("string", json!("a\u{0}b"), false),
            ("string", json!(""), false),
            ("string", json!(5), false),
            ("id", json!("a-1.B"), true),
            ("id", json!("a_1"), false),
            ("id", json!("a".repeat(65)), false),
            ("code", json!("two words"), true),
            ("code", json!(" lead"), false),
            ("date", json!("2020-02"), true),
            ("date", json!("2020-02-30"), false),
            ("date", json!("2020-02-03T00:00:00Z"), false),
            ("dateTime", json!("2020-02-03T00:00:00Z"), true),
            ("dateTime", json!("2020-02-03T00:00:00.123+01:00"), true),
            ("dateTime", json!("2020-02-03T00:00:00"), false),
            ("dateTime", json!("2020-02-03T00:00Z"), false),
            ("instant", json!("2020-02-03"), false),
            ("instant", json!("2020-02-03T00:00:00Z"), true),
            ("time", json!("12:00:00"), true),
            ("time", json!("12:00"), false),
            ("time", json!("12:00:00Z"), false),
            ("uri", json!("urn:x"), true),
            ("uri", json!("has space"), false),
            ("oid", json!("urn:oid:1.2.840"), true),
            ("oid", json!("1.2.840"), false),
            ("oid", json!("urn:oid:1..2"), false),
            (
                "uuid",
                json!("urn:uuid:c757873d-ec9a-4326-a141-556f43239520"),
                true,
            ),
            ("uuid", json!("urn:uuid:C757873D"), false),
            ("base64Binary", json!("YQ=="), true),
            ("base64Binary", json!("YQ="), false),
            ("base64Binary", json!("YQ==YQ=="), false),
            ("base64Binary", json!("?"), false),
        ];
        for (type_name, value, right) in cases {
            assert_eq!(
                check_primitive(type_name, &value).is_ok(),
                right,
                "{type_name} {value}"
            );
        }
    }
}
