//! OperationOutcome: what went wrong, where, and what would be right.
//! <https://hl7.org/fhir/R4/operationoutcome.html>

use crate::Release;
use serde_json::{Value, json};

/// How bad an issue is. <https://hl7.org/fhir/R4/valueset-issue-severity.html>
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// The interaction failed.
    Error,
    /// The interaction went on; something was ignored or looks wrong.
    Warning,
    /// Nothing is wrong.
    Information,
}

/// The kind of an issue. <https://hl7.org/fhir/R4/valueset-issue-type.html>
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the names are the codes of the value set")]
pub enum IssueType {
    Invalid,
    Structure,
    Required,
    Value,
    Invariant,
    Login,
    Forbidden,
    Processing,
    NotSupported,
    Duplicate,
    MultipleMatches,
    NotFound,
    Deleted,
    TooLong,
    CodeInvalid,
    TooCostly,
    BusinessRule,
    Conflict,
    Transient,
    Exception,
    Throttled,
    Informational,
}

impl IssueType {
    /// The code in the given release: R4 added two codes that STU3 says in other words.
    pub fn code(self, release: Release) -> &'static str {
        match (self, release) {
            (Self::Invalid, _) => "invalid",
            (Self::Structure, _) => "structure",
            (Self::Required, _) => "required",
            (Self::Value, _) => "value",
            (Self::Invariant, _) => "invariant",
            (Self::Login, _) => "login",
            (Self::Forbidden, _) => "forbidden",
            (Self::Processing, _) => "processing",
            (Self::NotSupported, _) => "not-supported",
            (Self::Duplicate, _) | (Self::MultipleMatches, Release::Stu3) => "duplicate",
            (Self::MultipleMatches, Release::R4) => "multiple-matches",
            (Self::NotFound, _) | (Self::Deleted, Release::Stu3) => "not-found",
            (Self::Deleted, Release::R4) => "deleted",
            (Self::TooLong, _) => "too-long",
            (Self::CodeInvalid, _) => "code-invalid",
            (Self::TooCostly, _) => "too-costly",
            (Self::BusinessRule, _) => "business-rule",
            (Self::Conflict, _) => "conflict",
            (Self::Transient, _) => "transient",
            (Self::Exception, _) => "exception",
            (Self::Throttled, _) => "throttled",
            (Self::Informational, _) => "informational",
        }
    }
}

/// One thing to tell the caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issue {
    /// How bad it is.
    pub severity: Severity,
    /// What kind of problem it is.
    pub code: IssueType,
    /// The problem and its remedy in words.
    pub diagnostics: String,
    /// FHIRPath of the element, or `http.{header}` / `parameter` names where there is no element.
    pub expression: Option<String>,
}

impl Issue {
    /// An issue that makes the interaction fail.
    pub fn error(code: IssueType, diagnostics: impl Into<String>) -> Self {
        Self {
            severity: Severity::Error,
            code,
            diagnostics: diagnostics.into(),
            expression: None,
        }
    }

    /// An issue that the caller should know of although the interaction goes on.
    pub fn warning(code: IssueType, diagnostics: impl Into<String>) -> Self {
        Self {
            severity: Severity::Warning,
            ..Self::error(code, diagnostics)
        }
    }

    /// Names the element that the issue is about.
    #[must_use]
    pub fn at(mut self, expression: impl Into<String>) -> Self {
        self.expression = Some(expression.into());
        self
    }

    fn to_json(&self, release: Release) -> Value {
        let severity = match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Information => "information",
        };
        let mut issue = json!({
            "severity": severity,
            "code": self.code.code(release),
            "diagnostics": self.diagnostics,
        });
        if let (Some(expression), Some(map)) = (&self.expression, issue.as_object_mut()) {
            map.insert("expression".into(), json!([expression]));
        }
        issue
    }
}

/// Renders issues as an OperationOutcome. `id` is the request id, so that a caller's report can
/// be found in the log.
pub fn operation_outcome(release: Release, id: Option<&str>, issues: &[Issue]) -> Value {
    let mut outcome = json!({ "resourceType": "OperationOutcome" });
    if let Some(map) = outcome.as_object_mut() {
        if let Some(id) = id {
            map.insert("id".into(), json!(id));
        }
        let issues = issues.iter().map(|issue| issue.to_json(release)).collect();
        map.insert("issue".into(), Value::Array(issues));
    }
    outcome
}
