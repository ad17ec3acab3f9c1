//! Reference search: which resources point to another. <https://hl7.org/fhir/R4/search.html#reference>

use crate::definitions::{Definitions, SearchType};
use crate::fhirpath::Item;
use crate::search::escape::unescape;
use crate::search::extract::{Found, Rows};
use crate::search::kind::{Asked, Column, IndexKind};
use crate::search::query::{Clause, Read, no_such_modifier};
use crate::search::value::within;
use serde_json::Value;

/// The rows of references.
pub static KIND: IndexKind = IndexKind {
    name: "reference_index",
    columns: &[
        Column::PARAM,
        Column::text("id"),
        Column::text("type"),
        Column::text("base"),
    ],
    key: &["param", "id", "type", "rid", "base"],
    search_type: SearchType::Reference,
    most: 20_000,
    revision: 1,
    sort: None,
    rank: 2,
    extract,
    read,
};

/// One row of `reference_index`.
struct Row {
    /// The logical id, or the whole URL when it is not the address of a resource.
    id: String,
    /// The resource type; empty when the URL does not tell.
    resource_type: String,
    /// The base of an absolute reference; empty for a relative one. Whether a base is ours is not
    /// written down: rows do not depend on the address that a request came to.
    base: String,
}

impl Row {
    fn without_address() -> Self {
        Self {
            id: String::new(),
            resource_type: String::new(),
            base: String::new(),
        }
    }
}

/// What a query asks for: a reference to any of these.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Criterion {
    pub(crate) alternatives: Vec<Alternative>,
    /// Our own base, which an absolute reference to this server begins with; empty when unknown.
    pub(crate) own_base: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Alternative {
    pub(crate) id: String,
    /// `None`: whatever the type.
    pub(crate) resource_type: Option<String>,
    /// The base of another server; empty for this one.
    pub(crate) base: String,
}

/// Adds the row of one item: a Reference, a canonical or a URI. What it refers to without an address
/// (a logical reference, one into the resource itself, a `urn:`) gives a row that is found by no
/// value: it says that there is one, which no test of a reference may overlook.
fn extract(found: &Found<'_>, rows: &mut Rows) {
    if let Some(row) = row(found) {
        let Row {
            id,
            resource_type,
            base,
        } = row;
        let key = found.parameter.id;
        rows.push(
            &KIND,
            [key.into(), id.into(), resource_type.into(), base.into()],
        );
    }
}

/// The row of an item. A reference without a type takes the one type that the parameter allows, if
/// there is just one.
fn row(found: &Found<'_>) -> Option<Row> {
    let Item::Node(node) = found.item else {
        return None;
    };
    let reference = node.value.get("reference").unwrap_or(node.value);
    let text = reference.as_str().unwrap_or_default();
    if text.is_empty() || text.starts_with('#') || text.starts_with("urn:") {
        return Some(Row::without_address());
    }
    let text = within(text);
    if let Some(address) = Address::parse(found.definitions, text) {
        return Some(address.row());
    }
    let stated = node.value.get("type").and_then(Value::as_str);
    let resource_type = match (stated, found.parameter.targets.as_slice()) {
        _ if text.contains(':') => "",
        (Some(stated), _) => stated,
        (None, [only]) => only,
        (None, _) => "",
    };
    Some(Row {
        id: text.to_owned(),
        resource_type: resource_type.to_owned(),
        base: String::new(),
    })
}

/// The parts of `[base/]Type/id[/_history/vid]`.
struct Address<'a> {
    base: &'a str,
    resource_type: &'a str,
    id: &'a str,
}

impl<'a> Address<'a> {
    fn parse(definitions: &'static Definitions, text: &'a str) -> Option<Self> {
        let unversioned = text
            .split_once("/_history/")
            .map_or(text, |(start, _)| start);
        let (rest, id) = unversioned.rsplit_once('/')?;
        let (base, resource_type) = rest.rsplit_once('/').unwrap_or(("", rest));
        definitions.resource(resource_type)?;
        let absolute = base.starts_with("http://") || base.starts_with("https://");
        (crate::types::is_id(id) && (base.is_empty() || absolute)).then_some(Self {
            base,
            resource_type,
            id,
        })
    }

    fn row(&self) -> Row {
        Row {
            id: self.id.to_owned(),
            resource_type: self.resource_type.to_owned(),
            base: self.base.to_owned(),
        }
    }
}

/// Reads a clause of a reference parameter.
fn read(clause: &Clause<'_>) -> Read {
    let Clause {
        context,
        parameter,
        modifier,
        values,
        ..
    } = clause;
    if let Some(modifier) = modifier.filter(|name| context.definitions.resource(name).is_none()) {
        return Err(no_such_modifier(parameter.code, modifier));
    }
    let criterion = parse(context.definitions, values, *modifier, context.base_url);
    Ok((
        parameter.id,
        crate::search::Criterion::Reference(criterion),
        false,
    ))
}

/// Reads the alternatives of one clause; `stated_type` is the modifier of `subject:Patient=1`. What
/// has no base is of this server: another server's `Patient/1` is somebody else.
fn parse(
    definitions: &'static Definitions,
    values: &[&str],
    stated_type: Option<&str>,
    base_url: &str,
) -> Criterion {
    let own_base = base_url.trim_end_matches('/');
    let values = values.iter().map(|value| unescape(value));
    // Nothing refers to nothing.
    let values = values.filter(|value| !value.is_empty());
    let alternatives = values.map(|value| match Address::parse(definitions, &value) {
        Some(address) => {
            let row = address.row();
            let is_own = row.base == own_base;
            Alternative {
                id: row.id,
                resource_type: Some(row.resource_type),
                base: if is_own { String::new() } else { row.base },
            }
        }
        // An id alone, too, is one of this server.
        None => Alternative {
            id: value,
            resource_type: stated_type.map(ToOwned::to_owned),
            base: String::new(),
        },
    });
    Criterion {
        alternatives: alternatives.collect(),
        own_base: own_base.to_owned(),
    }
}

impl Asked for Criterion {
    fn is_run(&self) -> bool {
        matches!(self.alternatives.as_slice(), [only] if only.resource_type.is_some())
    }
}
