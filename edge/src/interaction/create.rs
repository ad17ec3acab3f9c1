//! create: `POST /{type}`, with `If-None-Exist` only when nothing like it exists.
//! <https://hl7.org/fhir/R4/http.html#create>

use super::context::Context;
use super::outcome::{Outcome, Written};
use super::{conditional, content, refusal};
use crate::error::Error;
use crate::grant::action;
use crate::store::{Command, Refusal, Write};
use fhir::Address;
use serde_json::Value;

/// A request to create a resource.
pub(crate) struct Create {
    pub(crate) resource_type: &'static str,
    /// The resource; an id in it is not used.
    pub(crate) body: Value,
    /// The criteria that no resource may meet yet.
    pub(crate) if_none_exist: Option<String>,
}

/// Creates a resource under a new id, unless its condition finds one.
///
/// # Errors
/// 400 when the resource or the condition is not valid, 412 when several resources meet the
/// condition.
pub(super) async fn create(context: Context<'_>, request: Create) -> Result<Outcome, Error> {
    let Create {
        resource_type,
        body,
        if_none_exist,
    } = request;
    let grant = context.authorise::<action::Create>(resource_type)?;
    if if_none_exist.is_some() {
        context.count_search(&grant).await?;
    }
    content::check(context, resource_type, &body)?;
    let address = Address::new(resource_type, (context.draw_id)());
    let (rendered, rows) = content::prepare(context, &body, &address.id)?;
    for _ in 0..conditional::ATTEMPTS {
        let mut command = Command::default();
        if let Some(criteria) = &if_none_exist {
            let resolved = conditional::resolve(context, resource_type, criteria).await?;
            if let Some(id) = resolved.id {
                return conditional::existing(context, Address::new(resource_type, id)).await;
            }
            command.guards.push(resolved.guard);
        }
        let content = (rendered.clone(), rows.clone());
        let write = Write::create(context.definitions, &grant, address.id.clone(), content);
        command.writes.push(write);
        match context.partition()?.apply(&command).await? {
            Ok(committed) => {
                let committed = committed.first().copied();
                let committed =
                    committed.ok_or_else(|| Error::Bug("a write has no result".into()))?;
                return Ok(Outcome::Written(Written {
                    address,
                    committed,
                    content: rendered,
                }));
            }
            Err(Refusal::Changed) => {}
            Err(refused) => return Err(refusal::of_write(&address, refused)),
        }
    }
    Err(refusal::contention())
}
