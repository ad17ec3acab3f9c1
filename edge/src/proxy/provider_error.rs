//! The identity provider's errors as an app is told them: the code, and a description in the
//! characters that it can have, without what is for the provider's own logs.
//! <https://www.rfc-editor.org/rfc/rfc6749#section-5.2>

use serde_json::{Map, Value, json};

/// Where Azure AD begins to name a request of its own.
/// <https://learn.microsoft.com/en-us/entra/identity-platform/reference-error-codes>
const TRACES: [&str; 3] = ["trace id:", "correlation id:", "timestamp:"];

/// The longest description that is passed on, in characters.
const MAX_DESCRIPTION: usize = 300;

/// An error code of OAuth; `None` for what is none.
pub(super) fn code(error: &str) -> Option<&str> {
    let is_code = (1..=64).contains(&error.len())
        && error.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    is_code.then_some(error)
}

/// The provider's words, in the characters that a description can have, and not more than an app
/// would show. <https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2.1>
pub(super) fn description(words: &str) -> String {
    // Lower case in ASCII only, which moves no character.
    let lower = words.to_ascii_lowercase();
    let traces = TRACES.iter().filter_map(|trace| lower.find(trace)).min();
    let words = traces.and_then(|at| words.get(..at)).unwrap_or(words);
    let allowed = |c: &char| matches!(c, ' '..='~') && !matches!(c, '"' | '\\');
    let told: String = words
        .chars()
        .filter(allowed)
        .take(MAX_DESCRIPTION)
        .collect();
    told.trim_end().to_owned()
}

/// The body of a refusal by the provider's token endpoint.
pub(super) fn told(answer: &Map<String, Value>) -> Value {
    let text = |name: &str| answer.get(name).and_then(Value::as_str);
    let error = text("error").and_then(code).unwrap_or("invalid_request");
    match text("error_description").map(description) {
        Some(words) if !words.is_empty() => json!({ "error": error, "error_description": words }),
        _ => json!({ "error": error }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_passed_on_in_the_characters_that_they_can_have() {
        assert_eq!(code("interaction_required"), Some("interaction_required"));
        for odd in ["", "Call us", "a b", "<b>", &"x".repeat(65)] {
            assert_eq!(code(odd), None, "{odd}");
        }
        assert_eq!(
            description("AADSTS1: \"No\"\r\n\u{e9}t\u{e9}\\"),
            "AADSTS1: Not"
        );
        assert_eq!(description(&"x".repeat(9000)).len(), 300);
    }

    #[test]
    fn what_names_the_provider_s_own_request_stays_behind() {
        for words in [
            "AADSTS70008: The code has expired.",
            "AADSTS70008: The code has expired.\r\nTrace ID: 8f0b\r\nCorrelation ID: 9a1c\r\n\
             Timestamp: 2026-01-09 02:02:12Z",
            "AADSTS70008: The code has expired. Trace ID: 8f0b Timestamp: 2026-01-09T02:02:12Z",
            "AADSTS70008: The code has expired. correlation id: 9a1c trace id: 8f0b",
            "AADSTS70008: The code has expired. TIMESTAMP: now",
        ] {
            assert_eq!(description(words), "AADSTS70008: The code has expired.");
        }
        assert_eq!(description("Trace ID: 8f0b"), "");
        assert_eq!(description("\u{130}\u{e9} Trace ID: 8f0b"), "");
    }

    #[test]
    fn only_the_code_and_the_description_are_told() {
        let answer = json!({
            "error": "invalid_grant", "error_description": "No. Trace ID: 1", "error_uri": "https://x",
            "error_codes": [1], "trace_id": "1", "correlation_id": "2", "timestamp": "3",
            "access_token": "sly",
        });
        let expected = json!({ "error": "invalid_grant", "error_description": "No." });
        assert_eq!(told(answer.as_object().unwrap()), expected);
        assert_eq!(told(&Map::new()), json!({ "error": "invalid_request" }));
    }
}
