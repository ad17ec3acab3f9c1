//! search-type: `GET /{type}?...` and `POST /{type}/_search`.
//! <https://hl7.org/fhir/R4/http.html#search>

use super::context::Context;
use super::outcome::{Outcome, SearchSet};
use crate::error::Error;
use crate::grant::action;
use crate::store::{self, Number};
use fhir::outcome::{Issue, IssueType};
use fhir::search::{self, Handling, Query, Total};

/// A request for a page of a search.
pub(crate) struct SearchType {
    pub(crate) resource_type: &'static str,
    /// The decoded parameters.
    pub(crate) parameters: Vec<(String, String)>,
    /// What to do with parameters that the server does not know.
    pub(crate) handling: Handling,
}

/// Searches a type.
///
/// # Errors
/// 400 when a parameter cannot be understood, or when the search would cost too much.
pub(super) async fn search_type(
    context: Context<'_>,
    request: SearchType,
) -> Result<Outcome, Error> {
    let SearchType {
        resource_type,
        parameters,
        handling,
    } = request;
    let grant = context.authorise::<action::Search>(resource_type)?;
    context.count_search(&grant).await?;
    let read_against = context.search_context(handling);
    let query = search::parse(&read_against, resource_type, &parameters);
    let mut query = query.map_err(Error::invalid)?;
    let (partition, definitions) = (context.partition()?, context.definitions);
    let is_first_page = query.cursor.is_none();
    let wants_total = query.count_only || (query.total != Total::None && is_first_page);
    let total = if wants_total {
        let number = store::total(partition, definitions, &grant, &query).await?;
        Some(stated_total(&mut query, number, handling)?)
    } else {
        None
    };
    let (mut matches, mut next) = (Vec::new(), None);
    if !query.count_only {
        let found = store::page(partition, definitions, &grant, &query).await?;
        (matches, next) = (found.entries, found.next);
    }
    Ok(Outcome::SearchSet(SearchSet {
        query,
        total,
        matches,
        next,
    }))
}

/// The total that the answer states. One that is an estimate says so, and is refused where the
/// caller insists on the exact number.
fn stated_total(query: &mut Query, number: Number, handling: Handling) -> Result<i64, Error> {
    let estimate = match number {
        Number::Exact(number) => return Ok(number),
        Number::Estimate(number) => number,
    };
    if query.total != Total::Estimate && (query.count_only || handling == Handling::Strict) {
        let message = "The matches were not counted: too many resources would have to be gone \
            through. Add a parameter that leaves fewer of them, or ask for `_total=estimate`.";
        let issue = Issue::error(IssueType::TooCostly, message);
        return Err(Error::invalid_because(issue.at("_total")));
    }
    let message = format!(
        "The total {estimate} is an estimate: too many resources would have to be gone through to \
         count all matches."
    );
    let code = match query.total {
        Total::Estimate => IssueType::Informational,
        Total::None | Total::Accurate => IssueType::TooCostly,
    };
    query
        .issues
        .push(Issue::warning(code, message).at("_total"));
    Ok(estimate)
}
