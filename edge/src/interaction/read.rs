//! read: `GET /{type}/{id}`. <https://hl7.org/fhir/R4/http.html#read>

use crate::auth::{Action, Principal};
use crate::error::{Error, Reason};
use crate::http::{Answer, Exchange, etag};
use crate::store::{self, Version};
use fhir::outcome::IssueType;

/// The current version of a resource; 304 when the caller has it already.
pub(crate) async fn read(
    exchange: &Exchange,
    principal: &Principal,
    name: &str,
    id: &str,
) -> Result<Answer, Error> {
    let resource_type = exchange.resource_type(name)?;
    let grant = exchange.authorise(principal, Action::Read, Some(resource_type))?;
    let consistency = exchange.consistency()?;
    let partition = exchange.partition()?;
    let address = (resource_type, id);
    let version = store::read(
        partition,
        exchange.definitions,
        &grant,
        address,
        consistency,
    )
    .await?;
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
    let known = exchange.header("if-none-match");
    let is_known = known.is_some_and(|known| {
        known
            .split(',')
            .map(|known| known.trim().trim_start_matches("W/"))
            .any(|known| known == "*" || tag.ends_with(known))
    });
    let answer = if is_known {
        Answer::empty(304)
    } else {
        Answer::stored(200, [body.into()])
    };
    Ok(answer.with("etag", tag).last_modified(version.updated))
}
