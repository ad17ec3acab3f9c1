//! From the JSON that was sent to what the store keeps: checked, rendered, indexed.

use super::context::Context;
use crate::error::{Error, Reason};
use fhir::meta::Rendered;
use fhir::outcome::{Issue, IssueType};
use fhir::search::{IndexRows, extract};
use fhir::validate::validate;
use serde_json::Value;

/// The largest resource, in bytes.
const MAX_RESOURCE: usize = 20 * 1024 * 1024;

/// Checks that a body is a valid resource of the type in the address.
///
/// # Errors
/// 400 with every issue.
pub(super) fn check(context: Context<'_>, resource_type: &str, body: &Value) -> Result<(), Error> {
    let stated = body.get("resourceType").and_then(Value::as_str);
    if let Some(stated) = stated.filter(|stated| *stated != resource_type) {
        let message = format!("The body is a {stated}; this address takes a {resource_type}.");
        let issue = Issue::error(IssueType::Invalid, message).at("Resource.resourceType");
        return Err(Error::invalid_because(issue));
    }
    let issues = validate(context.definitions, body);
    if issues.is_empty() {
        Ok(())
    } else {
        Err(Error::invalid(issues))
    }
}

/// Renders a checked resource under its id and extracts its index rows.
///
/// # Errors
/// 413 when it is larger than the store takes.
pub(super) fn prepare(
    context: Context<'_>,
    body: &Value,
    id: &str,
) -> Result<(Rendered, IndexRows), Error> {
    let rendered = Rendered::new(body, id);
    if rendered.bytes() > MAX_RESOURCE {
        let message = "The resource is larger than 20 MB, the most that this server keeps.";
        return Err(Error::rejected(
            Reason::TooLarge,
            IssueType::TooLong,
            message,
        ));
    }
    let rows = extract(context.definitions, body);
    if let Some(problem) = &rows.crowded {
        let message = format!("The resource cannot be searched for: {problem}");
        let issue = Issue::error(IssueType::TooCostly, message);
        return Err(Error::invalid_because(issue));
    }
    Ok((rendered, rows))
}
