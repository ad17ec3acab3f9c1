//! delete: `DELETE /{type}/{id}`. The versions stay; the resource is gone.
//! <https://hl7.org/fhir/R4/http.html#delete>

use super::context::Context;
use super::outcome::{Outcome, VersionStamp};
use super::refusal;
use crate::error::Error;
use crate::grant::action;
use crate::store::{Command, Write};
use fhir::Address;

/// A request to delete a resource.
pub(crate) struct Delete {
    pub(crate) address: Address,
    /// The version that must be current.
    pub(crate) if_match: Option<i64>,
}

/// Deletes a resource; deleting one that is not there succeeds as well.
///
/// # Errors
/// 412 when another version is current than `if_match` names.
pub(super) async fn delete(context: Context<'_>, request: Delete) -> Result<Outcome, Error> {
    let Delete { address, if_match } = request;
    let grant = context.authorise::<action::Delete>(address.resource_type)?;
    let write = Write::delete(context.definitions, &grant, address.id.clone(), if_match);
    let command = Command {
        writes: vec![write],
        ..Command::default()
    };
    let done = context.partition()?.apply(&command).await?;
    let committed = done.map_err(|refused| refusal::of_write(&address, refused))?;
    let committed = committed.first().filter(|committed| committed.version > 0);
    Ok(Outcome::Deleted(committed.map(|committed| VersionStamp {
        version: committed.version,
        updated: committed.updated,
    })))
}
