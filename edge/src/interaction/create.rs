//! create: `POST /{type}`, with `If-None-Exist` only when nothing like it exists.
//! <https://hl7.org/fhir/R4/http.html#create>

use super::{conditional, content, written};
use crate::auth::Principal;
use crate::binding;
use crate::error::Error;
use crate::grant::action;
use crate::http::{Answer, Exchange, rate};
use crate::store::{Command, Refusal, Write};
use serde_json::Value;

/// Reads the body of a POST and creates its resource.
pub(crate) async fn create(
    exchange: &Exchange,
    principal: &Principal,
    name: &str,
    request: &web_sys::Request,
) -> Result<Answer, Error> {
    let resource_type = exchange.resource_type(name)?;
    exchange.authorise::<action::Create>(principal, resource_type)?;
    let body = exchange.json(request).await?;
    let condition = exchange.header("if-none-exist");
    create_resource(exchange, principal, resource_type, &body, condition).await
}

/// Creates a resource under a new id; an id in the body is not used.
pub(super) async fn create_resource(
    exchange: &Exchange,
    principal: &Principal,
    resource_type: &'static str,
    body: &Value,
    if_none_exist: Option<&str>,
) -> Result<Answer, Error> {
    let grant = exchange.authorise::<action::Create>(principal, resource_type)?;
    if if_none_exist.is_some() {
        rate::count_search(exchange, grant.subject()).await?;
    }
    content::check(exchange, resource_type, body)?;
    let id = binding::random_uuid();
    let (rendered, rows) = content::prepare(exchange, body, &id)?;
    for _ in 0..conditional::ATTEMPTS {
        let mut command = Command::default();
        if let Some(criteria) = if_none_exist {
            let resolved =
                conditional::resolve(exchange, principal, resource_type, criteria).await?;
            if let Some(existing) = resolved.id {
                let address = (resource_type, existing.as_str());
                return conditional::existing(exchange, principal, address).await;
            }
            command.guards.push(resolved.guard);
        }
        let content = (rendered.clone(), rows.clone());
        let definitions = exchange.definitions;
        let write = Write::create(definitions, &grant, id.clone(), content);
        command.writes.push(write);
        let done = exchange.partition()?.apply(&command).await?;
        match done {
            Ok(committed) => {
                let committed = committed.first().copied();
                let committed =
                    committed.ok_or_else(|| Error::Bug("a write has no result".into()))?;
                return Ok(written::answer(
                    exchange,
                    (resource_type, &id),
                    &rendered,
                    committed,
                ));
            }
            Err(Refusal::Changed) => {}
            Err(refusal) => return Err(written::refused(resource_type, &id, refusal)),
        }
    }
    Err(written::refused(resource_type, &id, Refusal::Changed))
}
