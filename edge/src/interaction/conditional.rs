//! Conditions that are searches: `If-None-Exist`, `Type?criteria` in references and addresses.
//! <https://hl7.org/fhir/R4/http.html#ccreate>

use super::context::Context;
use super::outcome::{Outcome, Stored, VersionStamp};
use crate::error::{Error, Reason};
use crate::grant::action::Search;
use crate::store::{self, Consistency, Guard, Version};
use fhir::Address;
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
    context: Context<'_>,
    resource_type: &'static str,
    criteria: &str,
) -> Result<Resolved, Error> {
    let grant = context.authorise::<Search>(resource_type)?;
    let pairs: Vec<(String, String)> =
        form_urlencoded::parse(criteria.trim_start_matches('?').as_bytes())
            .into_owned()
            .collect();
    // A criterion that is passed over would match everything.
    let read_against = context.search_context(Handling::Strict);
    let query = search::parse(&read_against, resource_type, &pairs).map_err(Error::invalid)?;
    if query.predicates.is_empty() {
        let message = format!("The condition `{criteria}` has no criteria to search by.");
        return Err(Error::invalid_because(Issue::error(
            IssueType::Invalid,
            message,
        )));
    }
    let partition = context.partition()?;
    let before = partition.charge().rows_read;
    let (statement, mut ids) = store::ids(partition, context.definitions, &grant, &query).await?;
    context.count_guarded(partition.charge().rows_read - before)?;
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

/// The outcome of a conditional create that found a resource: that resource, as it is now.
pub(super) async fn existing(context: Context<'_>, address: Address) -> Result<Outcome, Error> {
    let grant = context.authorise::<Search>(address.resource_type)?;
    let found = store::read(
        context.partition()?,
        context.definitions,
        &grant,
        &address.id,
        Consistency::Strong,
    );
    let Some(Version {
        version,
        updated,
        body: Some(body),
        ..
    }) = found.await?
    else {
        return Err(Error::not_found(&address));
    };
    Ok(Outcome::Existing(Stored {
        address,
        stamp: VersionStamp { version, updated },
        body,
    }))
}
