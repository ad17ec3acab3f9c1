//! update: `PUT /{type}/{id}`, with `If-Match` only over the version that it names.
//! <https://hl7.org/fhir/R4/http.html#update>

use super::context::Context;
use super::outcome::{Outcome, Written};
use super::{content, refusal};
use crate::error::Error;
use crate::grant::action;
use crate::store::{Command, Write};
use fhir::Address;
use fhir::outcome::{Issue, IssueType};
use serde_json::Value;

/// A request to make `body` the next version of a resource, or the first.
pub(crate) struct Update {
    pub(crate) address: Address,
    pub(crate) body: Value,
    /// The version that must be current.
    pub(crate) if_match: Option<i64>,
}

/// Makes the body the next version of a resource.
///
/// # Errors
/// 400 when the resource is not valid, 412 when another version is current than `if_match` names.
pub(super) async fn update(context: Context<'_>, request: Update) -> Result<Outcome, Error> {
    let Update {
        address,
        body,
        if_match,
    } = request;
    let grant = context.authorise::<action::Update>(address.resource_type)?;
    content::check(context, address.resource_type, &body)?;
    check_id(&address.id, &body)?;
    let (rendered, rows) = content::prepare(context, &body, &address.id)?;
    let content = (rendered.clone(), rows);
    let id = address.id.clone();
    let write = Write::update(context.definitions, &grant, id, if_match, content);
    let command = Command {
        writes: vec![write],
        ..Command::default()
    };
    let done = context.partition()?.apply(&command).await?;
    let committed = done.map_err(|refused| refusal::of_write(&address, refused))?;
    let committed = committed.first().copied();
    let committed = committed.ok_or_else(|| Error::Bug("a write has no result".into()))?;
    Ok(Outcome::Written(Written {
        address,
        committed,
        content: rendered,
    }))
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
