//! What a server's answer says, in words: OperationOutcome
//! (<https://hl7.org/fhir/R4/operationoutcome.html>), or whatever came instead.

use serde_json::Value;

const LONGEST_TEXT: usize = 300;

/// The issues of an OperationOutcome in one line; none when the value is none.
pub(crate) fn words(outcome: &Value) -> Option<String> {
    if outcome.get("resourceType").and_then(Value::as_str) != Some("OperationOutcome") {
        return None;
    }
    let issues: Vec<String> = list(outcome, "issue").map(issue_words).collect();
    (!issues.is_empty()).then(|| issues.join("; "))
}

/// What the body of a refused request says.
pub(crate) fn of_body(body: &str) -> String {
    let from_outcome = serde_json::from_str::<Value>(body)
        .ok()
        .and_then(|value| words(&value));
    from_outcome.unwrap_or_else(|| match body.trim() {
        "" => "no explanation".to_owned(),
        text => text.chars().take(LONGEST_TEXT).collect(),
    })
}

fn issue_words(issue: &Value) -> String {
    let text = |name: &str| issue.get(name).and_then(Value::as_str);
    let mut words = format!(
        "{} ({})",
        text("severity").unwrap_or("error"),
        text("code").unwrap_or("unknown")
    );
    // STU3 servers and older clients write XPath-like locations instead of FHIRPath expressions.
    let places: Vec<&str> = list(issue, "expression")
        .chain(list(issue, "location"))
        .filter_map(Value::as_str)
        .collect();
    if let Some(place) = places.first() {
        words.push_str(" at ");
        words.push_str(place);
    }
    let details = issue.get("details");
    let said = text("diagnostics")
        .or_else(|| details?.get("text")?.as_str())
        .or_else(|| details?.get("coding")?.get(0)?.get("display")?.as_str());
    if let Some(said) = said {
        words.push_str(": ");
        words.push_str(said);
    }
    words
}

fn list<'a>(value: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> {
    value
        .get(name)
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn answers_are_put_into_words() {
        for (body, expected) in [
            (
                json!({"resourceType": "OperationOutcome", "issue": [
                    {"severity": "error", "code": "required", "diagnostics": "status is missing", "expression": ["Observation.status"]},
                    {"severity": "warning", "code": "invalid", "details": {"text": "odd"}, "location": ["/f:a"]},
                ]})
                .to_string(),
                "error (required) at Observation.status: status is missing; warning (invalid) at /f:a: odd",
            ),
            (
                json!({"resourceType": "OperationOutcome", "issue": [{"details": {"coding": [{"display": "D"}]}}]}).to_string(),
                "error (unknown): D",
            ),
            (json!({"resourceType": "OperationOutcome"}).to_string(), r#"{"resourceType":"OperationOutcome"}"#),
            ("<html>Bad gateway".to_owned(), "<html>Bad gateway"),
            (" ".to_owned(), "no explanation"),
        ] {
            assert_eq!(of_body(&body), expected);
        }
        assert_eq!(of_body(&"é".repeat(1_000)).chars().count(), LONGEST_TEXT);
    }
}
