//! How much a search may hold. What is more is refused as `too-costly` before anything is looked up.
//! <https://hl7.org/fhir/R4/valueset-issue-type.html>

use super::escape::split;
use super::kind::Asked;
use super::predicate::Predicate;
use crate::outcome::{Issue, IssueType};

/// The most conditions of a search.
pub const MAX_CLAUSES: usize = 30;
/// The most values of a search, all conditions together.
pub const MAX_VALUES: usize = 1000;
/// The most values that are compared one by one: several beginnings or parts of texts, and dates.
pub const MAX_COMPARED: usize = 50;
/// The longest value, in bytes.
pub const MAX_VALUE: usize = 4 * 1024;
/// The longest search, in bytes of its values.
pub const MAX_BYTES: usize = 128 * 1024;

/// What is too much of a search before anything of it is understood.
pub(super) fn too_much(pairs: &[(String, String)]) -> Vec<Issue> {
    let mut issues = Vec::new();
    let mut refuse = |name: Option<&str>, message: String| {
        let issue = Issue::error(IssueType::TooCostly, message);
        issues.push(match name {
            Some(name) => issue.at(name),
            None => issue,
        });
    };
    if pairs.len() > MAX_CLAUSES {
        let message = format!(
            "A search can have at most {MAX_CLAUSES} parameters; this one has {}.",
            pairs.len()
        );
        refuse(None, message);
        return issues;
    }
    let (mut values, mut bytes) = (0, 0);
    for (name, value) in pairs.iter().filter(|(name, _)| name != "ct") {
        let parts = split(value, ',');
        values += parts.len();
        bytes += name.len() + value.len();
        if name.len() > MAX_VALUE || parts.iter().any(|part| part.len() > MAX_VALUE) {
            let shown: String = name.chars().take(64).collect();
            let message = format!(
                "A value of `{shown}` is longer than {MAX_VALUE} bytes, the most that is searched for."
            );
            refuse(Some(&shown), message);
        }
    }
    if values > MAX_VALUES {
        let message =
            format!("A search can list at most {MAX_VALUES} values; this one lists {values}.");
        refuse(None, message);
    }
    if bytes > MAX_BYTES {
        let message = format!("A search can have at most {MAX_BYTES} bytes of values.");
        refuse(None, message);
    }
    issues
}

/// What is too much of a search that was understood.
pub(super) fn too_many_comparisons(predicates: &[Predicate]) -> Option<Issue> {
    let compared: usize = predicates.iter().map(compared).sum();
    let message = format!(
        "A search can list at most {MAX_COMPARED} dates and beginnings or parts of texts; this one \
         lists {compared}."
    );
    (compared > MAX_COMPARED).then(|| Issue::error(IssueType::TooCostly, message))
}

/// With how many values a resource is compared one by one.
fn compared(predicate: &Predicate) -> usize {
    match predicate {
        Predicate::LastUpdated(criterion) => criterion.comparisons(),
        Predicate::Indexed(indexed) => indexed.criterion.asked().comparisons(),
        Predicate::Id { .. } | Predicate::Missing { .. } => 0,
    }
}
