//! One entry of a bundle as a request of its own: by its own method, address, resource and
//! conditions, whatever headers the bundle came with.
//! <https://hl7.org/fhir/R4/bundle.html#bundle-request>

use super::context::Context;
use super::create::Create;
use super::delete::Delete;
use super::history_instance::HistoryInstance;
use super::read::Read;
use super::request::Request;
use super::search_type::SearchType;
use super::update::Update;
use super::vread::Vread;
use crate::error::{Error, Reason};
use crate::store::Consistency;
use fhir::Address;
use fhir::bundle::{Entry, Method, Target};
use fhir::interaction::Interaction;
use fhir::outcome::{Issue, IssueType};
use fhir::route;
use fhir::search::Handling;
use fhir::types::Interval;
use fhir::version_tag::{self, ReadCondition};
use serde_json::Value;

/// The request that an entry stands for.
///
/// # Errors
/// What is wrong with it, or that it asks for what a bundle cannot.
pub(super) fn request(context: Context<'_>, entry: Entry) -> Result<Request, Error> {
    let if_match = if_match(&entry)?;
    match (entry.method, entry.target) {
        (Method::Post, Target::Type(resource_type)) => Ok(Request::Create(Create {
            resource_type,
            body: entry.resource.unwrap_or(Value::Null),
            if_none_exist: entry.if_none_exist,
        })),
        (Method::Put, Target::Instance(resource_type, id)) => Ok(Request::Update(Update {
            address: Address { resource_type, id },
            body: entry.resource.unwrap_or(Value::Null),
            if_match,
        })),
        (Method::Put, Target::Type(_)) => Err(no_conditional_update()),
        (Method::Delete, Target::Instance(resource_type, id)) => Ok(Request::Delete(Delete {
            address: Address { resource_type, id },
            if_match,
        })),
        (Method::Get, target) => {
            let condition = read_condition(&entry.if_none_match, &entry.if_modified_since)?;
            get(context, &target, entry.query.as_deref(), condition)
        }
        _ => Err(Error::rejected(
            Reason::Invalid,
            IssueType::NotSupported,
            "This method is not supported for this url in a bundle.",
        )),
    }
}

/// The version that must be current for the entry to be done.
pub(super) fn if_match(entry: &Entry) -> Result<Option<i64>, Error> {
    let read = entry.if_match.as_deref().map(version_tag::if_match);
    read.transpose().map_err(|message| {
        let issue = Issue::error(IssueType::Invalid, message);
        Error::invalid_because(issue.at("Bundle.entry.request.ifMatch"))
    })
}

/// Conditional update is not offered yet.
pub(super) fn no_conditional_update() -> Error {
    let message = "Conditional update (PUT with criteria) is not supported; PUT to `Type/id`.";
    Error::rejected(Reason::Invalid, IssueType::NotSupported, message)
}

fn read_condition(
    if_none_match: &Option<String>,
    if_modified_since: &Option<String>,
) -> Result<ReadCondition, Error> {
    let since = if_modified_since
        .as_deref()
        .map(|text| -> Result<i64, Error> {
            let instant = Interval::parse(text).map_err(|reason| {
                let message = format!("ifModifiedSince is `{text}`: {reason}.");
                let issue = Issue::error(IssueType::Value, message);
                Error::invalid_because(issue.at("Bundle.entry.request.ifModifiedSince"))
            })?;
            Ok(instant.low.div_euclid(10_000))
        });
    Ok(ReadCondition::new(
        if_none_match.as_deref(),
        since.transpose()?,
    ))
}

fn get(
    context: Context<'_>,
    target: &Target,
    query: Option<&str>,
    condition: ReadCondition,
) -> Result<Request, Error> {
    let query = query.unwrap_or_default().as_bytes();
    let parameters: Vec<(String, String)> = form_urlencoded::parse(query).into_owned().collect();
    let segments: Vec<&str> = match target {
        Target::Type(name) => vec![name],
        Target::Instance(name, id) => vec![name, id],
        Target::Path(path) => path.split('/').collect(),
    };
    let Some(matched) = route::find(context.definitions, "GET", &segments) else {
        if let [name, ..] = segments.as_slice() {
            context.resource_type(name)?;
        }
        return Err(nothing_at(&segments));
    };
    let address = Address::new(matched.resource_type, matched.id);
    let consistency = Consistency::Strong;
    match matched.route.interaction {
        Interaction::SearchType => Ok(Request::SearchType(SearchType {
            resource_type: matched.resource_type,
            parameters,
            handling: Handling::Lenient,
        })),
        Interaction::Read => Ok(Request::Read(Read {
            address,
            consistency,
            condition,
        })),
        Interaction::HistoryInstance => Ok(Request::HistoryInstance(HistoryInstance {
            address,
            parameters,
        })),
        Interaction::Vread => Ok(Request::Vread(Vread {
            address,
            version_id: matched.version.to_owned(),
            consistency,
            condition,
        })),
        // The capabilities are not data, and nothing else is a GET.
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
