//! Reads the parameters of a search. <https://hl7.org/fhir/R4/search.html>

use super::escape::split;
use super::kind::{Criterion, IndexKind};
use super::predicate::{Indexed, Predicate, Spread};
use super::value::date;
use super::{limits, parameters};
use crate::definitions::{Definitions, SearchParameter};
use crate::outcome::{Issue, IssueType};
use crate::types::Ticks;
use std::rc::Rc;

/// What to do with a parameter that the server does not know: `Prefer: handling=`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Handling {
    /// Ignore it and say so in the answer.
    Lenient,
    /// Refuse the search.
    Strict,
}

/// Whether the number of all matches is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Total {
    /// It is not.
    None,
    /// It is, on the first page.
    Accurate,
}

/// What the result is sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SortKey {
    /// The order in which resources were created.
    None,
    /// `meta.lastUpdated`.
    LastUpdated,
    /// A date or string parameter.
    Indexed {
        /// The key of its rows.
        key: u32,
        /// Where they stand.
        kind: &'static IndexKind,
    },
}

/// How the result is sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sort {
    /// By what.
    pub key: SortKey,
    /// Whether the greatest comes first.
    pub descending: bool,
}

impl Sort {
    /// Whether the keys are text; all others are whole numbers.
    pub(crate) fn is_of_text(self) -> bool {
        matches!(self.key, SortKey::Indexed { kind, .. } if kind.sorts_text())
    }
}

/// A search, understood.
#[derive(Clone, Debug)]
pub struct Query {
    /// The type that is searched.
    pub resource_type: &'static str,
    /// The tests that a resource must pass, all of them.
    pub predicates: Vec<Predicate>,
    /// The order.
    pub sort: Sort,
    /// Entries per page.
    pub count: usize,
    /// Whether only the number is asked for (`_summary=count`, `_count=0`).
    pub count_only: bool,
    /// Whether the number is told beside the entries.
    pub total: Total,
    /// The parameters that were used, for the links.
    pub applied: Vec<(String, String)>,
    /// What was ignored or changed, for the first entry of the answer.
    pub issues: Vec<Issue>,
    /// The cursor of a page after the first.
    pub cursor: Option<String>,
}

/// What a query is read against.
pub struct Context<'a> {
    /// The definitions of the release.
    pub definitions: &'static Definitions,
    /// Our own base URL, which an absolute reference to this server begins with; empty when unknown.
    /// It must not be one that the caller chose.
    pub base_url: &'a str,
    /// The time, in ticks.
    pub now: Ticks,
    /// What to do with unknown parameters.
    pub handling: Handling,
}

const DEFAULT_COUNT: usize = 10;
/// Reads the decoded `pairs` of a query string.
///
/// # Errors
/// Every value that cannot be understood; with [`Handling::Strict`] also every parameter that is
/// not supported.
pub fn parse(
    context: &Context<'_>,
    resource_type: &'static str,
    pairs: &[(String, String)],
) -> Result<Query, Vec<Issue>> {
    let mut query = Query {
        resource_type,
        predicates: Vec::new(),
        sort: Sort {
            key: SortKey::None,
            descending: false,
        },
        count: DEFAULT_COUNT,
        count_only: false,
        total: Total::None,
        applied: Vec::new(),
        issues: Vec::new(),
        cursor: None,
    };
    let mut errors = limits::too_much(pairs);
    if !errors.is_empty() {
        return Err(errors);
    }
    for (name, value) in pairs {
        if query.applied.iter().any(|(n, v)| n == name && v == value) {
            continue;
        }
        match query.read(context, name, value) {
            Ok(true) => query.applied.push((name.clone(), value.clone())),
            Ok(false) => {}
            Err(issue) if issue.severity == crate::outcome::Severity::Error => errors.push(issue),
            Err(issue) => query.issues.push(issue),
        }
    }
    errors.extend(limits::too_many_comparisons(&query.predicates));
    if context.handling == Handling::Strict {
        errors.extend(
            query
                .issues
                .iter()
                .filter(|issue| is_ignored(issue))
                .map(|issue| Issue {
                    severity: crate::outcome::Severity::Error,
                    ..issue.clone()
                }),
        );
    }
    if errors.is_empty() {
        Ok(query)
    } else {
        Err(errors)
    }
}

fn is_ignored(issue: &Issue) -> bool {
    issue.code == IssueType::NotSupported
}

impl Query {
    /// Reads one parameter; `Ok(false)` when it does not belong into the links.
    fn read(&mut self, context: &Context<'_>, name: &str, value: &str) -> Result<bool, Issue> {
        if matches!(name, "_format" | "_pretty") {
            return Ok(true);
        }
        if value.is_empty() {
            return Err(ignored(name, "it has no value"));
        }
        match name {
            "ct" => {
                self.cursor = Some(value.to_owned());
                return Ok(false);
            }
            "_count" => {
                self.count = parameters::count(value, &mut self.issues)?;
                self.count_only |= self.count == 0;
                return Ok(true);
            }
            "_total" => {
                self.total = parameters::total(value)?;
                return Ok(false);
            }
            "_sort" => {
                self.sort = parameters::sort(context.definitions, self.resource_type, value)?;
                return Ok(true);
            }
            "_summary" => match value {
                "count" => {
                    self.count_only = true;
                    return Ok(true);
                }
                "false" => return Ok(true),
                "true" | "text" | "data" => {
                    return Err(ignored(
                        name,
                        "of its values this server knows `count` and `false`",
                    ));
                }
                _ => {
                    let message = format!(
                        "_summary is `{value}`; it must be true, text, data, count or false."
                    );
                    return Err(Issue::error(IssueType::Invalid, message).at("_summary"));
                }
            },
            _ => {}
        }
        let predicate = clause(context, self.resource_type, name, value)?;
        self.predicates.push(predicate);
        Ok(true)
    }
}

fn ignored(name: &str, reason: &str) -> Issue {
    let message = format!("The parameter `{name}` was ignored: {reason}.");
    Issue::warning(IssueType::NotSupported, message).at(name)
}

fn clause(
    context: &Context<'_>,
    resource_type: &'static str,
    name: &str,
    value: &str,
) -> Result<Predicate, Issue> {
    let (code, modifier) = match name.split_once(':') {
        Some((code, modifier)) => (code, Some(modifier)),
        None => (name, None),
    };
    let definitions = context.definitions;
    let Some(parameter) = definitions.search_parameter(resource_type, code) else {
        let reason = format!("{resource_type} has no search parameter of that name");
        return Err(ignored(name, &reason));
    };
    let values = split(value, ',');
    match (code, modifier) {
        ("_id", None | Some("not")) => {
            return Ok(Predicate::Id {
                ids: values.into_iter().map(ToOwned::to_owned).collect(),
                negated: modifier.is_some(),
            });
        }
        ("_lastUpdated", None) => {
            return date::parse(&values, context.now)
                .map(|criterion| Predicate::LastUpdated(Rc::new(criterion)))
                .map_err(|message| wrong(code, message));
        }
        ("_id" | "_lastUpdated", Some(modifier)) => return Err(no_such_modifier(code, modifier)),
        _ => {}
    }
    let Some(kind) = IndexKind::of(parameter.search_type) else {
        let reason = format!(
            "{} parameters are not searched by this server",
            parameter.search_type.code()
        );
        return Err(ignored(name, &reason));
    };
    if parameter.expression.is_none() {
        return Err(ignored(name, "the server defines no meaning for it"));
    }
    if modifier == Some("missing") {
        return missing(parameter, kind, value);
    }
    let clause = Clause {
        context,
        parameter,
        resource_type,
        modifier,
        values: &values,
    };
    let (key, criterion, negated) = (kind.read)(&clause)?;
    Ok(Predicate::Indexed(Rc::new(Indexed {
        key,
        criterion,
        negated,
        spread: Spread::of(code),
    })))
}

/// A clause as its kind reads it.
pub(super) struct Clause<'a> {
    pub(super) context: &'a Context<'a>,
    pub(super) parameter: &'static SearchParameter,
    pub(super) resource_type: &'static str,
    pub(super) modifier: Option<&'a str>,
    pub(super) values: &'a [&'a str],
}

/// The key of the rows, what is asked of them, and whether what has such rows is excluded.
pub(super) type Read = Result<(u32, Criterion, bool), Issue>;

impl Clause<'_> {
    /// The issue of a value that cannot be understood.
    pub(super) fn wrong(&self, message: String) -> Issue {
        wrong(self.parameter.code, message)
    }
}

fn wrong(code: &str, message: String) -> Issue {
    Issue::error(IssueType::Value, format!("{code}: {message}.")).at(code)
}

fn missing(
    parameter: &SearchParameter,
    kind: &'static IndexKind,
    value: &str,
) -> Result<Predicate, Issue> {
    let missing = value.parse().map_err(|_| {
        let code = parameter.code;
        let message = format!("{code}:missing is `{value}`; it must be true or false.");
        Issue::error(IssueType::Value, message).at(code)
    })?;
    Ok(Predicate::Missing {
        key: parameter.id,
        kind,
        missing,
    })
}

pub(super) fn no_such_modifier(code: &str, modifier: &str) -> Issue {
    let message = format!("The modifier `:{modifier}` is not supported for `{code}`.");
    Issue::error(IssueType::NotSupported, message).at(code)
}
