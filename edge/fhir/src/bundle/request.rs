//! Reads the entries of a bundle.

use super::MAX_ENTRIES;
use crate::definitions::Definitions;
use crate::outcome::{Issue, IssueType};
use serde_json::{Map, Value};

/// Whether the entries stand or fall together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BundleKind {
    /// Each entry succeeds or fails by itself.
    Batch,
    /// All entries succeed, or nothing changes.
    Transaction,
}

/// The verb of an entry, in the order in which entries of a transaction are processed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs, reason = "the names are HTTP's")]
pub enum Method {
    Delete,
    Post,
    Put,
    Get,
}

/// What `request.url` names, the query apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// `Type`
    Type(&'static str),
    /// `Type/id`
    Instance(&'static str, String),
    /// Anything else that can only be read: `Type/id/_history`, `metadata`.
    Path(String),
}

/// One entry, understood.
#[derive(Clone, Debug)]
pub struct Entry {
    /// By what other entries refer to it.
    pub full_url: Option<String>,
    /// The resource to write.
    pub resource: Option<Value>,
    /// The verb.
    pub method: Method,
    /// The address.
    pub target: Target,
    /// The query string of the address, undecoded.
    pub query: Option<String>,
    /// The condition `If-Match`.
    pub if_match: Option<String>,
    /// The condition `If-None-Match`.
    pub if_none_match: Option<String>,
    /// The condition `If-Modified-Since`, an instant here.
    pub if_modified_since: Option<String>,
    /// The condition `If-None-Exist`.
    pub if_none_exist: Option<String>,
}

/// Reads a bundle. The outer error is about the bundle, the inner ones about single entries.
///
/// # Errors
/// When the resource is no batch or transaction, or has too many entries.
#[allow(
    clippy::type_complexity,
    reason = "one outcome per entry is what it is"
)]
pub fn parse(
    definitions: &'static Definitions,
    bundle: Value,
    base_url: &str,
) -> Result<(BundleKind, Vec<Result<Entry, Issue>>), Issue> {
    let Value::Object(mut bundle) = bundle else {
        return Err(Issue::error(
            IssueType::Structure,
            "The body must be a JSON object.",
        ));
    };
    if bundle.get("resourceType").and_then(Value::as_str) != Some("Bundle") {
        let message =
            "Only a Bundle can be posted to the base URL; post other resources to their type.";
        return Err(Issue::error(IssueType::Structure, message).at("Bundle"));
    }
    let kind = match bundle.get("type").and_then(Value::as_str) {
        Some("batch") => BundleKind::Batch,
        Some("transaction") => BundleKind::Transaction,
        _ => {
            let message = "Bundle.type must be `batch` or `transaction`.";
            return Err(Issue::error(IssueType::Value, message).at("Bundle.type"));
        }
    };
    let entries = match bundle.remove("entry") {
        None => Vec::new(),
        Some(Value::Array(entries)) => entries,
        Some(_) => {
            let message = "`entry` must be an array.";
            return Err(Issue::error(IssueType::Structure, message).at("Bundle.entry"));
        }
    };
    if entries.len() > MAX_ENTRIES {
        let message = format!("A bundle can have at most {MAX_ENTRIES} entries.");
        return Err(Issue::error(IssueType::TooCostly, message).at("Bundle.entry"));
    }
    let entries = entries.into_iter().enumerate().map(|(at, entry)| {
        read(definitions, entry, base_url)
            .map_err(|(place, issue)| issue.at(format!("Bundle.entry[{at}]{place}")))
    });
    Ok((kind, entries.collect()))
}

type Refusal = (&'static str, Issue);

fn refuse(place: &'static str, code: IssueType, message: impl Into<String>) -> Refusal {
    (place, Issue::error(code, message))
}

fn read(definitions: &'static Definitions, entry: Value, base_url: &str) -> Result<Entry, Refusal> {
    let Value::Object(mut entry) = entry else {
        return Err(refuse(
            "",
            IssueType::Structure,
            "An entry must be a JSON object.",
        ));
    };
    let Some(Value::Object(request)) = entry.remove("request") else {
        let message = "The entry needs a `request` with `method` and `url`.";
        return Err(refuse(".request", IssueType::Required, message));
    };
    let text = |from: &Map<String, Value>, name: &str| {
        from.get(name)
            .and_then(Value::as_str)
            .filter(|text| !text.is_empty())
            .map(str::to_owned)
    };
    let method = match text(&request, "method").as_deref() {
        Some("DELETE") => Method::Delete,
        Some("POST") => Method::Post,
        Some("PUT") => Method::Put,
        Some("GET") => Method::Get,
        Some(other) => {
            let message = format!("The method `{other}` is not supported in a bundle.");
            return Err(refuse(".request.method", IssueType::NotSupported, message));
        }
        None => {
            let message = "The method must be GET, POST, PUT or DELETE.";
            return Err(refuse(".request.method", IssueType::Required, message));
        }
    };
    let Some(url) = text(&request, "url") else {
        let message = "The url must name what the request is for, such as `Patient/123`.";
        return Err(refuse(".request.url", IssueType::Required, message));
    };
    let relative = url
        .strip_prefix(base_url)
        .unwrap_or(&url)
        .trim_start_matches('/');
    let (path, query) = match relative.split_once('?') {
        Some((path, query)) => (path, Some(query.to_owned())),
        None => (relative, None),
    };
    let target = target(definitions, path, method)?;
    let entry = Entry {
        full_url: text(&entry, "fullUrl"),
        resource: entry.remove("resource"),
        method,
        target,
        query,
        if_match: text(&request, "ifMatch"),
        if_none_match: text(&request, "ifNoneMatch"),
        if_modified_since: text(&request, "ifModifiedSince"),
        if_none_exist: text(&request, "ifNoneExist"),
    };
    check_resource(&entry)?;
    Ok(entry)
}

fn target(
    definitions: &'static Definitions,
    path: &str,
    method: Method,
) -> Result<Target, Refusal> {
    let segments: Vec<&str> = path.split('/').collect();
    let resource_type = segments.first().and_then(|name| definitions.resource(name));
    match (segments.as_slice(), resource_type) {
        ([_], Some(definition)) => Ok(Target::Type(definition.name)),
        ([_, id], Some(definition)) if crate::types::is_id(id) => {
            Ok(Target::Instance(definition.name, (*id).to_owned()))
        }
        _ if method == Method::Get => Ok(Target::Path(path.to_owned())),
        _ => {
            let message = format!("`{path}` is no resource type or `Type/id` of this server.");
            Err(refuse(".request.url", IssueType::NotFound, message))
        }
    }
}

/// Checks that a resource stands where one is needed, and that it is of the type in the address.
fn check_resource(entry: &Entry) -> Result<(), Refusal> {
    let (resource_type, id) = match &entry.target {
        Target::Type(name) => (*name, None),
        Target::Instance(name, id) => (*name, Some(id.as_str())),
        Target::Path(_) => return Ok(()),
    };
    match (entry.method, &entry.target) {
        (Method::Post, Target::Instance(..)) => {
            let message = "POST needs a type without an id; use PUT to choose the id.";
            return Err(refuse(".request.url", IssueType::Invalid, message));
        }
        (Method::Put, Target::Type(_)) if entry.query.is_none() => {
            let message = "PUT needs `Type/id`, or `Type?criteria` to update by condition.";
            return Err(refuse(".request.url", IssueType::Invalid, message));
        }
        (Method::Delete, Target::Type(_)) => {
            let message = "DELETE in a bundle needs `Type/id`.";
            return Err(refuse(".request.url", IssueType::NotSupported, message));
        }
        _ => {}
    }
    if !matches!(entry.method, Method::Post | Method::Put) {
        return Ok(());
    }
    let Some(resource) = &entry.resource else {
        let message = "The entry needs the `resource` that it writes.";
        return Err(refuse(".resource", IssueType::Required, message));
    };
    if resource.get("resourceType").and_then(Value::as_str) != Some(resource_type) {
        let message = format!("The resource must be of the type in the url, {resource_type}.");
        return Err(refuse(
            ".resource.resourceType",
            IssueType::Invalid,
            message,
        ));
    }
    match id {
        Some(id) if resource.get("id").and_then(Value::as_str) != Some(id) => {
            let message = format!("The id of the resource must be the one in the url, `{id}`.");
            Err(refuse(".resource.id", IssueType::Invalid, message))
        }
        _ => Ok(()),
    }
}
