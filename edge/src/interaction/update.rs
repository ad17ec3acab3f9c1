//! update: `PUT /{type}/{id}`, with `If-Match` only over the version that it names.
//! <https://hl7.org/fhir/R4/http.html#update>

use super::{content, written};
use crate::auth::Principal;
use crate::error::Error;
use crate::grant::action;
use crate::http::{Answer, Exchange, if_match};
use crate::store::{Command, Write};
use fhir::outcome::{Issue, IssueType};
use serde_json::Value;

/// Reads the body of a PUT and makes it the next version, or the first.
pub(crate) async fn update(
    exchange: &Exchange,
    principal: &Principal,
    (name, id): (&str, &str),
    request: &web_sys::Request,
) -> Result<Answer, Error> {
    let resource_type = exchange.resource_type(name)?;
    exchange.authorise::<action::Update>(principal, resource_type)?;
    let expected = if_match(exchange.header("if-match"))?;
    let body = exchange.json(request).await?;
    update_resource(exchange, principal, (resource_type, id), &body, expected).await
}

/// Makes `body` the next version of a resource.
pub(super) async fn update_resource(
    exchange: &Exchange,
    principal: &Principal,
    (resource_type, id): (&'static str, &str),
    body: &Value,
    if_match: Option<i64>,
) -> Result<Answer, Error> {
    let grant = exchange.authorise::<action::Update>(principal, resource_type)?;
    content::check(exchange, resource_type, body)?;
    check_id(id, body)?;
    let (rendered, rows) = content::prepare(exchange, body, id)?;
    let write = Write::update(
        exchange.definitions,
        &grant,
        id.to_owned(),
        if_match,
        (rendered.clone(), rows),
    );
    let command = Command {
        writes: vec![write],
        ..Command::default()
    };
    let done = exchange.partition()?.apply(&command).await?;
    let committed = done.map_err(|refusal| written::refused(resource_type, id, refusal))?;
    let committed = committed.first().copied();
    let committed = committed.ok_or_else(|| Error::Bug("a write has no result".into()))?;
    Ok(written::answer(
        exchange,
        (resource_type, id),
        &rendered,
        committed,
    ))
}

/// The body must carry the id of the address.
fn check_id(id: &str, body: &Value) -> Result<(), Error> {
    let message = match body.get("id").and_then(Value::as_str) {
        Some(stated) if stated == id => return Ok(()),
        Some(stated) => {
            format!("The id in the body is `{stated}`; it must be `{id}` as in the address.")
        }
        None => format!("The body has no id; it must be `{id}` as in the address."),
    };
    Err(Error::invalid_because(
        Issue::error(IssueType::Invalid, message).at("Resource.id"),
    ))
}
