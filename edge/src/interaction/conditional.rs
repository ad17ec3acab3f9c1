//! Conditions that are searches: `If-None-Exist`, `Type?criteria` in references and addresses.
//! <https://hl7.org/fhir/R4/http.html#ccreate>

use super::written::location;
use crate::auth::Principal;
use crate::error::{Error, Reason};
use crate::grant::action::Search;
use crate::http::{Answer, Exchange, etag};
use crate::store::{self, Consistency, Guard, Version};
use fhir::outcome::{Issue, IssueType};
use fhir::search::{self, Handling};

/// How often a command is planned anew because what it depends on has changed meanwhile.
pub(super) const ATTEMPTS: usize = 5;

/// What a condition found: nothing or one id, and the guard that holds it so at the commit.
pub(super) struct Resolved {
    pub(super) id: Option<String>,
    pub(super) guard: Guard,
}

/// Runs the search of a condition.
///
/// # Errors
/// 400 when the criteria are none, 412 when more than one resource meets them.
pub(super) async fn resolve(
    exchange: &Exchange,
    principal: &Principal,
    resource_type: &'static str,
    criteria: &str,
) -> Result<Resolved, Error> {
    let grant = exchange.authorise::<Search>(principal, resource_type)?;
    let pairs: Vec<(String, String)> =
        form_urlencoded::parse(criteria.trim_start_matches('?').as_bytes())
            .into_owned()
            .collect();
    let context = search::Context {
        definitions: exchange.definitions,
        base_url: &exchange.base_url,
        now: exchange.now.saturating_mul(10_000),
        // A criterion that is passed over would match everything.
        handling: Handling::Strict,
    };
    let query = search::parse(&context, resource_type, &pairs).map_err(Error::invalid)?;
    if query.predicates.is_empty() {
        let message = format!("The condition `{criteria}` has no criteria to search by.");
        return Err(Error::invalid_because(Issue::error(
            IssueType::Invalid,
            message,
        )));
    }
    let partition = exchange.partition()?;
    let before = partition.charge().rows_read;
    let (statement, mut ids) = store::ids(partition, exchange.definitions, &grant, &query).await?;
    exchange.count_guarded(partition.charge().rows_read - before)?;
    if ids.len() > 1 {
        let message = format!("More than one {resource_type} matches `{criteria}`.");
        let code = IssueType::MultipleMatches;
        return Err(Error::rejected(Reason::PreconditionFailed, code, message));
    }
    let guard = Guard {
        statement,
        ids: ids.clone(),
    };
    Ok(Resolved {
        id: ids.pop(),
        guard,
    })
}

/// The answer to a conditional create that found a resource: that resource, as it is now.
pub(super) async fn existing(
    exchange: &Exchange,
    principal: &Principal,
    (resource_type, id): (&'static str, &str),
) -> Result<Answer, Error> {
    let grant = exchange.authorise::<Search>(principal, resource_type)?;
    let found = store::read(
        exchange.partition()?,
        exchange.definitions,
        &grant,
        id,
        Consistency::Strong,
    );
    let Some(Version {
        version,
        updated,
        body: Some(body),
        ..
    }) = found.await?
    else {
        return Err(Error::not_found(resource_type, id));
    };
    let answer = if exchange.wants_minimal() {
        Answer::empty(200)
    } else {
        Answer::stored(200, [body])
    };
    let place = location(exchange, resource_type, id, version);
    Ok(answer
        .with("etag", etag(version))
        .with("location", place)
        .last_modified(updated))
}
