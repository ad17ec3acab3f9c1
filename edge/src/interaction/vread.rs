//! vread: `GET /{type}/{id}/_history/{vid}`. <https://hl7.org/fhir/R4/http.html#vread>

use super::context::Context;
use super::outcome::Outcome;
use super::read::outcome;
use crate::error::{Error, Reason};
use crate::grant::action;
use crate::store::{self, Consistency};
use fhir::Address;
use fhir::outcome::IssueType;
use fhir::types::is_id;
use fhir::version_tag::ReadCondition;

/// A request for one version of a resource.
pub(crate) struct Vread {
    pub(crate) address: Address,
    /// The version's id, as the caller wrote it.
    pub(crate) version_id: String,
    pub(crate) consistency: Consistency,
    /// When the caller has the version already.
    pub(crate) condition: ReadCondition,
}

/// One version of a resource.
///
/// # Errors
/// 404 when there is none that the caller may see, 410 when the version is a deletion.
pub(super) async fn vread(context: Context<'_>, request: Vread) -> Result<Outcome, Error> {
    let Vread {
        address,
        version_id,
        consistency,
        condition,
    } = request;
    let grant = context.authorise::<action::Read>(address.resource_type)?;
    let not_found = || {
        let message = format!("{address} has no version `{version_id}`.");
        Error::rejected(Reason::NotFound, IssueType::NotFound, message)
    };
    if !is_id(&address.id) {
        return Err(Error::not_found(&address));
    }
    let version = version_id.parse::<u32>().map_err(|_| not_found())?;
    let (partition, definitions) = (context.partition()?, context.definitions);
    let (id, version) = (address.id.as_str(), i64::from(version));
    let found = store::vread(partition, definitions, &grant, id, version, consistency).await?;
    let found = found.ok_or_else(not_found)?;
    outcome(address, found, &condition)
}
