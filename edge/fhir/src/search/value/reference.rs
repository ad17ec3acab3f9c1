//! Reference search: which resources point to another. <https://hl7.org/fhir/R4/search.html#reference>

use crate::definitions::Definitions;
use crate::fhirpath::Node;
use crate::search::escape::unescape;
use crate::search::sql::Sql;
use crate::search::value::within;
use serde_json::Value;

/// One row of `reference_index`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Row {
    /// The logical id, or the whole URL when it is not the address of a resource.
    pub id: String,
    /// The resource type; empty when the URL does not tell.
    pub resource_type: String,
    /// The base of another server; empty for a resource of this one.
    pub base: String,
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
    alternatives: Vec<Alternative>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Alternative {
    id: String,
    /// `None`: whatever the type.
    resource_type: Option<String>,
    /// The base of another server; empty for this one.
    base: String,
}

/// Adds the row of one item: a Reference, a canonical or a URI. What it refers to without an address
/// (a logical reference, one into the resource itself, a `urn:`) gives a row that is found by no
/// value: it says that there is one, which no test of a reference may overlook.
///
/// `base_url` is our own base, so that an absolute reference to us counts as ours. A reference
/// without a type takes the one type that the parameter allows, if there is just one.
pub fn extract(
    definitions: &'static Definitions,
    node: &Node<'_>,
    base_url: &str,
    targets: &[&str],
    rows: &mut Vec<Row>,
) {
    let reference = node.value.get("reference").unwrap_or(node.value);
    let text = reference.as_str().unwrap_or_default();
    if text.is_empty() || text.starts_with('#') || text.starts_with("urn:") {
        rows.push(Row::without_address());
        return;
    }
    let text = within(text);
    if let Some(address) = Address::parse(definitions, text) {
        rows.push(address.row(base_url));
        return;
    }
    let stated = node.value.get("type").and_then(Value::as_str);
    let resource_type = match (stated, targets) {
        _ if text.contains(':') => "",
        (Some(stated), _) => stated,
        (None, [only]) => only,
        (None, _) => "",
    };
    rows.push(Row {
        id: text.to_owned(),
        resource_type: resource_type.to_owned(),
        base: String::new(),
    });
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

    fn row(&self, base_url: &str) -> Row {
        let ours = self.base == base_url.trim_end_matches('/');
        Row {
            id: self.id.to_owned(),
            resource_type: self.resource_type.to_owned(),
            base: if ours {
                String::new()
            } else {
                self.base.to_owned()
            },
        }
    }
}

/// Reads the alternatives of one clause; `stated_type` is the modifier of `subject:Patient=1`. What
/// has no base is of this server: another server's `Patient/1` is somebody else.
pub fn parse(
    definitions: &'static Definitions,
    values: &[&str],
    stated_type: Option<&str>,
    base_url: &str,
) -> Criterion {
    let values = values.iter().map(|value| unescape(value));
    // Nothing refers to nothing.
    let values = values.filter(|value| !value.is_empty());
    let alternatives = values.map(|value| match Address::parse(definitions, &value) {
        Some(address) => {
            let row = address.row(base_url);
            Alternative {
                id: row.id,
                resource_type: Some(row.resource_type),
                base: row.base,
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
    }
}

impl Criterion {
    /// Adds the condition on the row named `i`.
    pub fn condition(&self, sql: &mut Sql) {
        if let [only] = self.alternatives.as_slice() {
            sql.push("i.id = ").bind(only.id.as_str());
            if let Some(resource_type) = &only.resource_type {
                sql.push(" AND i.type = ").bind(resource_type.as_str());
            }
            sql.push(" AND i.base = ").bind(only.base.as_str());
            return;
        }
        // Each part seeks the index by ids, and compares lists as a whole instead of one by one.
        let (typed, untyped): (Vec<_>, Vec<_>) = self
            .alternatives
            .iter()
            .partition(|one| one.resource_type.is_some());
        let mut joined = "(";
        for part in [typed, untyped].iter().filter(|part| !part.is_empty()) {
            let ids: Vec<_> = part.iter().map(|one| &one.id).collect();
            sql.push(joined)
                .push("(i.id IN (SELECT value FROM json_each(");
            sql.bind_list(&ids).push(")) AND ");
            let types: Vec<_> = part
                .iter()
                .filter_map(|one| one.resource_type.as_ref())
                .collect();
            if types.is_empty() {
                let rows: Vec<_> = part.iter().map(|one| (&one.id, &one.base)).collect();
                sql.push("(i.id, i.base) IN (SELECT value->>0, value->>1 FROM json_each(");
                sql.bind_list(&rows).push(")))");
            } else {
                let rows = part.iter().zip(types);
                let rows: Vec<_> = rows.map(|(one, name)| (&one.id, name, &one.base)).collect();
                sql.push("(i.id, i.type, i.base) IN (SELECT value->>0, value->>1,");
                sql.push(" value->>2 FROM json_each(")
                    .bind_list(&rows)
                    .push(")))");
            }
            joined = " OR ";
        }
        // Nothing but empty values was asked for.
        sql.push(if joined == "(" { "FALSE" } else { ")" });
    }

    /// Whether the rows that match are one run of the index in the order of resources.
    pub fn is_run(&self) -> bool {
        matches!(self.alternatives.as_slice(), [only] if only.resource_type.is_some())
    }
}
