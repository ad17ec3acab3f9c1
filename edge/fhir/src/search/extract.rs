//! Extracts the index rows of a resource: a pure function of the resource and the definitions.

use super::kind::{INDEX_KINDS, IndexKind, OfEach};
use crate::definitions::{Definitions, SearchParameter, index_key};
use crate::fhirpath::{Item, Node, evaluate};
use serde::Serialize;
use serde_json::Value;

/// The index rows of one resource as the store takes them: per table JSON arrays of rows, each
/// row an array of the columns of its kind. An array is one value of a statement and stays well
/// below the 2 MB that SQLite takes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IndexRows {
    /// The arrays of each of [`INDEX_KINDS`].
    pub tables: OfEach<Vec<String>>,
    /// What the resource has too many of to be searched for, in words; `None` for nearly all.
    pub crowded: Option<String>,
}

impl IndexRows {
    /// The arrays of rows of one kind.
    pub fn of(&self, kind: &IndexKind) -> &[String] {
        let mut tables = INDEX_KINDS.iter().zip(&self.tables);
        let table = tables.find(|(own, _)| **own == kind);
        table.map_or(&[], |(_, arrays)| arrays)
    }
}

/// How long a JSON array of rows may become before the next one begins.
const ARRAY: usize = 500_000;

/// The key of the rows that `:text` searches.
pub(super) fn text_key(resource_type: &str, code: &str) -> u32 {
    index_key(resource_type, &format!("{code}:text"))
}

/// What the expression of a parameter found in a resource.
pub(super) struct Found<'a> {
    pub(super) definitions: &'static Definitions,
    pub(super) resource_type: &'a str,
    pub(super) parameter: &'static SearchParameter,
    pub(super) item: &'a Item<'a>,
}

/// A column of a row.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(untagged)]
pub(super) enum Cell {
    Integer(i64),
    Text(String),
}

impl From<i64> for Cell {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}

impl From<u32> for Cell {
    fn from(number: u32) -> Self {
        Self::Integer(number.into())
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

/// The rows found so far, of each of [`INDEX_KINDS`].
#[derive(Default)]
pub(super) struct Rows(OfEach<Vec<Vec<Cell>>>);

impl Rows {
    /// Adds a row: the cells in the order of the kind's columns.
    pub(super) fn push(&mut self, kind: &'static IndexKind, row: impl Into<Vec<Cell>>) {
        let mut tables = INDEX_KINDS.iter().zip(&mut self.0);
        if let Some((_, table)) = tables.find(|(own, _)| **own == kind) {
            table.push(row.into());
        }
    }

    fn counts(&self) -> OfEach<usize> {
        self.0.each_ref().map(Vec::len)
    }
}

/// The rows of `resource`, sorted and without duplicates; none for an unknown type.
pub fn extract(definitions: &'static Definitions, resource: &Value) -> IndexRows {
    let Some(root) = Node::resource(definitions, resource) else {
        return IndexRows::default();
    };
    let mut rows = Rows::default();
    let mut crowded = None;
    for parameter in definitions.search_parameters(root.type_name) {
        // The store's own columns answer these two.
        if matches!(parameter.code, "_id" | "_lastUpdated") {
            continue;
        }
        let kind = IndexKind::of(parameter.search_type);
        let (Some(expression), Some(kind)) = (&parameter.expression, kind) else {
            continue;
        };
        let before = rows.counts();
        for item in evaluate(definitions, expression, root, root) {
            let found = Found {
                definitions,
                resource_type: root.type_name,
                parameter,
                item: &item,
            };
            (kind.extract)(&found, &mut rows);
        }
        crowded = too_many(before, rows.counts(), parameter.code).or(crowded);
    }
    IndexRows {
        tables: rows.0.map(arrays),
        crowded,
    }
}

/// What a parameter has brought too many of.
fn too_many(before: OfEach<usize>, now: OfEach<usize>, code: &str) -> Option<String> {
    let counts = INDEX_KINDS.iter().zip(before.into_iter().zip(now));
    let mut counts = counts.map(|(kind, (before, now))| (now - before, kind.most));
    let (count, most) = counts.find(|(count, most)| count > most)?;
    Some(format!(
        "It has {count} values for the search parameter `{code}`; {most} are the most."
    ))
}

/// The rows sorted, without duplicates, as JSON arrays of about [`ARRAY`] bytes.
fn arrays<R: Serialize + Ord>(mut rows: Vec<R>) -> Vec<String> {
    rows.sort_unstable();
    rows.dedup();
    let mut arrays: Vec<String> = Vec::new();
    for row in rows {
        let Ok(text) = serde_json::to_string(&row) else {
            continue;
        };
        match arrays.last_mut() {
            Some(array) if array.len() + text.len() < ARRAY => {
                array.push(',');
                array.push_str(&text);
            }
            _ => arrays.push(format!("[{text}")),
        }
    }
    for array in &mut arrays {
        array.push(']');
    }
    arrays
}
