//! read: `GET /{type}/{id}`. <https://hl7.org/fhir/R4/http.html#read>

use crate::auth::Principal;
use crate::error::{Error, Reason};
use crate::grant::action;
use crate::http::{Answer, Exchange, etag, if_none_match};
use crate::store::{self, Version};
use fhir::outcome::IssueType;
use fhir::types::is_id;

/// The current version of a resource; 304 when the caller has it already.
pub(crate) async fn read(
    exchange: &Exchange,
    principal: &Principal,
    name: &str,
    id: &str,
) -> Result<Answer, Error> {
    let resource_type = exchange.resource_type(name)?;
    let grant = exchange.authorise::<action::Read>(principal, resource_type)?;
    let consistency = exchange.consistency()?;
    if !is_id(id) {
        return Err(Error::not_found(resource_type, id));
    }
    let partition = exchange.partition()?;
    let address = (resource_type, id);
    let version = store::read(partition, exchange.definitions, &grant, id, consistency).await?;
    let version = version.ok_or_else(|| Error::not_found(resource_type, id))?;
    answer(exchange, address, version)
}

/// A version as an answer; 410 when it is a deletion.
pub(super) fn answer(
    exchange: &Exchange,
    (resource_type, id): (&str, &str),
    version: Version,
) -> Result<Answer, Error> {
    let Some(body) = version.body else {
        let message = format!(
            "{resource_type}/{id} was deleted in version {}.",
            version.version
        );
        return Err(Error::rejected(
            Reason::Gone(version.version),
            IssueType::Deleted,
            message,
        ));
    };
    let tag = etag(version.version);
    let is_known = if_none_match(exchange.header("if-none-match"), version.version);
    let answer = if is_known {
        Answer::empty(304)
    } else {
        Answer::stored(200, [body])
    };
    Ok(answer.with("etag", tag).last_modified(version.updated))
}
