//! OperationOutcome: what the server says about a request.
//! <https://hl7.org/fhir/R4/operationoutcome.html>

use serde_json::Value;

/// How bad an issue is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// `fatal` and `error`.
    Error,
    /// `warning`.
    Warning,
    /// `information`.
    Information,
}

/// One issue, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issue {
    /// How bad it is.
    pub severity: Severity,
    /// Issue type code, such as `forbidden`.
    pub code: String,
    /// What a person may read.
    pub words: String,
    /// FHIRPath of the elements concerned.
    pub expressions: Vec<String>,
}

impl Issue {
    /// True when the issue concerns this element or a part of it: `Patient.birthDate`.
    pub fn concerns(&self, element: &str) -> bool {
        self.expressions.iter().any(|expression| {
            let plain = without_indices(expression);
            plain == element
                || plain
                    .strip_prefix(element)
                    .is_some_and(|rest| rest.starts_with('.'))
        })
    }
}

/// The issues of an OperationOutcome; anything else has none.
pub fn issues(resource: &Value) -> Vec<Issue> {
    if resource.get("resourceType").and_then(Value::as_str) != Some("OperationOutcome") {
        return Vec::new();
    }
    let issues = resource.get("issue").and_then(Value::as_array);
    issues.into_iter().flatten().map(issue).collect()
}

fn issue(issue: &Value) -> Issue {
    let text = |pointer: &str| {
        issue
            .pointer(pointer)
            .and_then(Value::as_str)
            .map(str::trim)
            .filter(|text| !text.is_empty())
    };
    let code = text("/code").unwrap_or("unknown").to_owned();
    let words = text("/diagnostics")
        .or_else(|| text("/details/text"))
        .or_else(|| text("/details/coding/0/display"))
        .or_else(|| text("/details/coding/0/code"))
        .map_or_else(
            || format!("The server gives no reason but the code “{code}”."),
            str::to_owned,
        );
    let expressions = ["expression", "location"]
        .iter()
        .filter_map(|name| issue.get(name).and_then(Value::as_array))
        .flatten()
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect();
    Issue {
        severity: match text("/severity") {
            Some("warning") => Severity::Warning,
            Some("information" | "success") => Severity::Information,
            _ => Severity::Error,
        },
        code,
        words,
        expressions,
    }
}

/// `Patient.name[0].given[1]` is `Patient.name.given`; STU3 writes `/f:Patient/f:name` at times.
fn without_indices(expression: &str) -> String {
    let dotted = expression
        .trim_start_matches('/')
        .replace("f:", "")
        .replace('/', ".");
    let mut plain = String::with_capacity(dotted.len());
    let mut depth = 0_u32;
    for letter in dotted.chars() {
        match letter {
            '[' => depth += 1,
            ']' => depth = depth.saturating_sub(1),
            _ if depth == 0 => plain.push(letter),
            _ => {}
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn outcome(issue: Value) -> Vec<Issue> {
        issues(&json!({"resourceType": "OperationOutcome", "issue": [issue]}))
    }

    #[test]
    fn diagnostics_come_before_details_and_codes() {
        let words = |issue| outcome(issue).remove(0).words;
        assert_eq!(
            words(json!({"code": "invalid", "diagnostics": "D", "details": {"text": "T"}})),
            "D"
        );
        assert_eq!(
            words(json!({"code": "invalid", "diagnostics": " ", "details": {"text": "T"}})),
            "T"
        );
        assert_eq!(
            words(json!({"code": "x", "details": {"coding": [{"code": "C", "display": "Y"}]}})),
            "Y"
        );
        assert!(words(json!({"code": "throttled"})).contains("throttled"));
    }

    #[test]
    fn severities_are_told_apart_and_unknown_ones_are_errors() {
        let severity = |name: &str| outcome(json!({"severity": name})).remove(0).severity;
        assert_eq!(severity("fatal"), Severity::Error);
        assert_eq!(severity("warning"), Severity::Warning);
        assert_eq!(severity("information"), Severity::Information);
        assert_eq!(severity("?"), Severity::Error);
    }

    #[test]
    fn an_issue_concerns_its_element_whatever_the_index() {
        for (expression, element, concerned) in [
            ("Patient.birthDate", "Patient.birthDate", true),
            ("Patient.name[0].family", "Patient.name", true),
            ("Patient.name[0].given[1]", "Patient.name.given", true),
            ("/f:Patient/f:birthDate", "Patient.birthDate", true),
            ("Patient.nameX", "Patient.name", false),
            ("Patient", "Patient.name", false),
        ] {
            let issue = outcome(json!({"expression": [expression]})).remove(0);
            assert_eq!(issue.concerns(element), concerned, "{expression} {element}");
        }
    }

    #[test]
    fn the_older_location_counts_as_well() {
        let issue = outcome(json!({"location": ["Patient.gender"]})).remove(0);
        assert!(issue.concerns("Patient.gender"));
    }

    #[test]
    fn other_resources_have_no_issues() {
        assert_eq!(issues(&json!({"resourceType": "Patient"})), []);
        assert_eq!(issues(&json!(null)), []);
        assert_eq!(issues(&json!({"resourceType": "OperationOutcome"})), []);
    }
}
