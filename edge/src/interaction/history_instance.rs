//! history-instance: `GET /{type}/{id}/_history`, newest first.
//! <https://hl7.org/fhir/R4/http.html#history>

use super::context::Context;
use super::outcome::{History, Outcome};
use crate::error::Error;
use crate::grant::action;
use crate::store;
use fhir::Address;
use fhir::outcome::{Issue, IssueType};

const DEFAULT_COUNT: usize = 10;
const MAX_COUNT: usize = 1000;

/// A request for a page of the versions of a resource.
pub(crate) struct HistoryInstance {
    pub(crate) address: Address,
    /// `_count`, and the cursor `ct` of a page after the first.
    pub(crate) parameters: Vec<(String, String)>,
}

/// A page of the versions of one resource, deletions included.
///
/// # Errors
/// 404 when there is no such resource that the caller may see.
pub(super) async fn history_instance(
    context: Context<'_>,
    request: HistoryInstance,
) -> Result<Outcome, Error> {
    let HistoryInstance {
        address,
        parameters,
    } = request;
    let grant = context.authorise::<action::History>(address.resource_type)?;
    let count = number(&parameters, "_count")?.map_or(DEFAULT_COUNT, |count| {
        usize::try_from(count).unwrap_or(MAX_COUNT).min(MAX_COUNT)
    });
    // Versions are numbered without gaps, so a version is all that a cursor needs.
    let before = number(&parameters, "ct")?;
    let (partition, definitions) = (context.partition()?, context.definitions);
    let page = store::history(partition, definitions, &grant, &address.id, before, count).await?;
    let page = page.ok_or_else(|| Error::not_found(&address))?;
    let last = page.versions.last().filter(|_| page.more);
    Ok(Outcome::History(History {
        address,
        next: last.map(|last| last.version),
        versions: page.versions,
        total: page.total,
        count,
        before,
    }))
}

fn number(parameters: &[(String, String)], name: &str) -> Result<Option<i64>, Error> {
    let found = parameters.iter().find(|(key, _)| key == name);
    let Some((_, value)) = found else {
        return Ok(None);
    };
    let number = value
        .parse()
        .ok()
        .filter(|number: &i64| (0..1 << 50).contains(number));
    number.map(Some).ok_or_else(|| {
        let message = format!("{name} is `{value}`; it must be a whole number, 0 or more.");
        Error::invalid_because(Issue::error(IssueType::Invalid, message).at(name))
    })
}
