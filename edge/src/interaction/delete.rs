//! delete: `DELETE /{type}/{id}`. The versions stay; the resource is gone.
//! <https://hl7.org/fhir/R4/http.html#delete>

use super::written;
use crate::auth::Principal;
use crate::error::Error;
use crate::grant::action;
use crate::http::{Answer, Exchange, etag, if_match};
use crate::store::{Command, Write};

/// Deletes a resource; deleting what is not there succeeds as well.
pub(crate) async fn delete(
    exchange: &Exchange,
    principal: &Principal,
    name: &str,
    id: &str,
) -> Result<Answer, Error> {
    let resource_type = exchange.resource_type(name)?;
    let expected = if_match(exchange.header("if-match"))?;
    delete_resource(exchange, principal, (resource_type, id), expected).await
}

/// Deletes a resource of a known type.
pub(super) async fn delete_resource(
    exchange: &Exchange,
    principal: &Principal,
    (resource_type, id): (&'static str, &str),
    if_match: Option<i64>,
) -> Result<Answer, Error> {
    let grant = exchange.authorise::<action::Delete>(principal, resource_type)?;
    let write = Write::delete(exchange.definitions, &grant, id.to_owned(), if_match);
    let command = Command {
        writes: vec![write],
        ..Command::default()
    };
    let done = exchange.partition()?.apply(&command).await?;
    let committed = done.map_err(|refusal| written::refused(resource_type, id, refusal))?;
    let version = committed.first().map_or(0, |committed| committed.version);
    let answer = Answer::empty(204);
    Ok(if version > 0 {
        answer.with("etag", etag(version))
    } else {
        answer
    })
}
