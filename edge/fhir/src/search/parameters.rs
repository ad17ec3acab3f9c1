//! Result parameters: how a search answers, not what it finds.
//! <https://hl7.org/fhir/R4/search.html#table>

use super::kind::IndexKind;
use super::query::{Sort, SortKey, Total};
use crate::definitions::Definitions;
use crate::outcome::{Issue, IssueType};

/// The largest page.
pub(super) const MAX_COUNT: usize = 1000;

/// Reads `_count`; a larger number than a page can hold is lowered, with an issue that says so.
pub(super) fn count(value: &str, issues: &mut Vec<Issue>) -> Result<usize, Issue> {
    let count: usize = value.parse().map_err(|_| {
        let message = format!("_count is `{value}`; it must be a whole number, 0 or more.");
        Issue::error(IssueType::Invalid, message).at("_count")
    })?;
    if count > MAX_COUNT {
        let message = format!("_count={count} is more than a page can hold; {MAX_COUNT} was used.");
        issues.push(Issue::warning(IssueType::Informational, message).at("_count"));
    }
    Ok(count.min(MAX_COUNT))
}

/// Reads `_total`.
pub(super) fn total(value: &str) -> Result<Total, Issue> {
    match value {
        "none" => Ok(Total::None),
        "accurate" => Ok(Total::Accurate),
        _ => {
            let message = format!("_total is `{value}`; it must be `accurate` or `none`.");
            Err(Issue::error(IssueType::NotSupported, message).at("_total"))
        }
    }
}

/// Reads `_sort`: one parameter of type date or string, or `_lastUpdated`.
///
/// # Errors
/// A warning-sized issue: the caller decides whether an unsorted answer will do.
pub(super) fn sort(
    definitions: &'static Definitions,
    resource_type: &str,
    value: &str,
) -> Result<Sort, Issue> {
    let (descending, code) = match value.strip_prefix('-') {
        Some(code) => (true, code),
        None => (false, value),
    };
    if code == "_lastUpdated" {
        return Ok(Sort {
            key: SortKey::LastUpdated,
            descending,
        });
    }
    let refuse =
        |message: String| Err(Issue::warning(IssueType::NotSupported, message).at("_sort"));
    if code.contains(',') {
        return refuse(format!(
            "_sort={value} names several parameters; one is supported."
        ));
    }
    let Some(parameter) = definitions.search_parameter(resource_type, code) else {
        return refuse(format!(
            "_sort={value}: {resource_type} has no search parameter `{code}`."
        ));
    };
    let kind = IndexKind::of(parameter.search_type).filter(|kind| kind.sort.is_some());
    let Some(kind) = kind else {
        let other = parameter.search_type.code();
        return refuse(format!(
            "_sort={value}: `{code}` is a {other} parameter; date and string parameters sort."
        ));
    };
    Ok(Sort {
        key: SortKey::Indexed {
            key: parameter.id,
            kind,
        },
        descending,
    })
}
