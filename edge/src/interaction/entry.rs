//! One entry of a bundle as a request of its own, and its answer as a response entry.
//! <https://hl7.org/fhir/R4/bundle.html#bundle-response>

use super::{create, delete, history_instance, read, search_type, update, vread};
use crate::auth::Principal;
use crate::error::{Error, Reason, Rejection};
use crate::http::{Answer, Exchange, if_match, rejection_status};
use crate::store::Text;
use fhir::bundle::{Entry, Method, Target};
use fhir::interaction::Interaction;
use fhir::outcome::{Issue, IssueType, operation_outcome};
use fhir::route;
use serde_json::{Map, Value, json};

/// Does what an entry asks for.
pub(super) async fn perform(
    exchange: &Exchange,
    principal: &Principal,
    entry: &Entry,
) -> Result<Answer, Error> {
    let resource = entry.resource.as_ref().unwrap_or(&Value::Null);
    let expected = if_match(entry.if_match.as_deref())?;
    match (entry.method, &entry.target) {
        (Method::Post, Target::Type(name)) => {
            let condition = entry.if_none_exist.as_deref();
            create::create_resource(exchange, principal, name, resource, condition).await
        }
        (Method::Put, Target::Instance(name, id)) => {
            update::update_resource(exchange, principal, (name, id), resource, expected).await
        }
        (Method::Put, Target::Type(_)) => Err(no_conditional_update()),
        (Method::Delete, Target::Instance(name, id)) => {
            delete::delete_resource(exchange, principal, (name, id), expected).await
        }
        (Method::Get, target) => get(exchange, principal, target, entry.query.as_deref()).await,
        _ => Err(Error::rejected(
            Reason::MethodNotAllowed,
            IssueType::NotSupported,
            "This method is not supported for this url in a bundle.",
        )),
    }
}

/// Conditional update is not offered yet.
pub(super) fn no_conditional_update() -> Error {
    let message = "Conditional update (PUT with criteria) is not supported; PUT to `Type/id`.";
    Error::rejected(Reason::Invalid, IssueType::NotSupported, message)
}

async fn get(
    exchange: &Exchange,
    principal: &Principal,
    target: &Target,
    query: Option<&str>,
) -> Result<Answer, Error> {
    let query = query.unwrap_or_default().as_bytes();
    let pairs: Vec<(String, String)> = form_urlencoded::parse(query).into_owned().collect();
    let segments: Vec<&str> = match target {
        Target::Type(name) => vec![name],
        Target::Instance(name, id) => vec![name, id],
        Target::Path(path) => path.split('/').collect(),
    };
    let Some(matched) = route::find(exchange.definitions, "GET", &segments) else {
        if let [name, ..] = segments.as_slice() {
            exchange.resource_type(name)?;
        }
        return Err(nothing_at(&segments));
    };
    let (name, id) = (matched.resource_type, matched.id);
    match matched.route.interaction {
        Interaction::SearchType => {
            search_type::search_type(exchange, principal, name, &pairs).await
        }
        Interaction::Read => read::read(exchange, principal, name, id).await,
        Interaction::HistoryInstance => {
            history_instance::history_instance(exchange, principal, (name, id), &pairs).await
        }
        Interaction::Vread => vread::vread(exchange, principal, (name, id), matched.version).await,
        // What the server can do is not data; the others are not got.
        Interaction::Capabilities
        | Interaction::Create
        | Interaction::Update
        | Interaction::Delete
        | Interaction::Batch
        | Interaction::Transaction => Err(nothing_at(&segments)),
    }
}

fn nothing_at(segments: &[&str]) -> Error {
    let path = segments.join("/");
    let message = format!("This server has nothing at /{path} that a bundle can get.");
    Error::rejected(Reason::NotFound, IssueType::NotFound, message)
}

/// The response entry for an answer.
pub(super) fn response(answer: &Answer) -> Vec<Text> {
    let mut response = Map::new();
    response.insert("status".into(), json!(answer.status.to_string()));
    for (header, name) in [("location", "location"), ("etag", "etag")] {
        if let Some(value) = answer.header(header) {
            response.insert(name.into(), json!(value));
        }
    }
    if let Some(updated) = answer.updated {
        let updated = fhir::types::instant(updated);
        response.insert("lastModified".into(), json!(updated));
    }
    let response = json!(response).to_string();
    match answer.text() {
        Some(body) => vec![
            "{\"resource\":".into(),
            body,
            format!(",\"response\":{response}}}").into(),
        ],
        None => vec![format!("{{\"response\":{response}}}").into()],
    }
}

/// The response entry for an entry that failed. What is not the caller's is logged and not shown;
/// other entries may have been done, so it never ends the whole request.
pub(super) fn failure(exchange: &Exchange, error: Error) -> Vec<Text> {
    let (status, issues) = match error {
        Error::Rejected(Rejection { reason, issues }) => {
            (rejection_status(exchange.config.release, reason), issues)
        }
        Error::Upstream(problem) => (503, vec![exchange.log(&problem)]),
        Error::Unconfigured(remedy) => (500, vec![exchange.log(remedy)]),
        Error::Bug(problem) => (500, vec![exchange.log(&problem)]),
    };
    failed(exchange, status, &issues)
}

/// A response entry with an OperationOutcome.
pub(super) fn failed(exchange: &Exchange, status: u16, issues: &[Issue]) -> Vec<Text> {
    let outcome = operation_outcome(exchange.config.release, None, issues);
    let response = json!({ "response": { "status": status.to_string(), "outcome": outcome } });
    vec![response.to_string().into()]
}
