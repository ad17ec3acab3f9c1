//! read: `GET /{type}/{id}`. <https://hl7.org/fhir/R4/http.html#read>

use super::context::Context;
use super::outcome::{Outcome, Stored, VersionStamp};
use crate::error::{Error, Reason};
use crate::grant::action;
use crate::store::{self, Consistency, Version};
use fhir::Address;
use fhir::outcome::IssueType;
use fhir::types::is_id;
use fhir::version_tag::ReadCondition;

/// A request for the current version of a resource.
pub(crate) struct Read {
    pub(crate) address: Address,
    pub(crate) consistency: Consistency,
    /// When the caller has the version already.
    pub(crate) condition: ReadCondition,
}

/// The current version of a resource.
///
/// # Errors
/// 404 when there is none that the caller may see, 410 when it was deleted.
pub(super) async fn read(context: Context<'_>, request: Read) -> Result<Outcome, Error> {
    let Read {
        address,
        consistency,
        condition,
    } = request;
    let grant = context.authorise::<action::Read>(address.resource_type)?;
    if !is_id(&address.id) {
        return Err(Error::not_found(&address));
    }
    let partition = context.partition()?;
    let definitions = context.definitions;
    let found = store::read(partition, definitions, &grant, &address.id, consistency).await?;
    let version = found.ok_or_else(|| Error::not_found(&address))?;
    outcome(address, version, &condition)
}

/// A version as an outcome; 410 when it is a deletion.
pub(super) fn outcome(
    address: Address,
    found: Version,
    condition: &ReadCondition,
) -> Result<Outcome, Error> {
    let stamp = VersionStamp {
        version: found.version,
        updated: found.updated,
    };
    let Some(body) = found.body else {
        let message = format!("{address} was deleted in version {}.", stamp.version);
        let reason = Reason::Gone(stamp.version);
        return Err(Error::rejected(reason, IssueType::Deleted, message));
    };
    if condition.has(stamp.version, stamp.updated) {
        return Ok(Outcome::NotModified(stamp));
    }
    Ok(Outcome::Found(Stored {
        address,
        stamp,
        body,
    }))
}
