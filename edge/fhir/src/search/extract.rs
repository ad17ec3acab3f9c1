//! Extracts the index rows of a resource: a pure function of the resource and the definitions.

use super::value::{date, reference, string, token};
use crate::definitions::{Definitions, SearchParameter, SearchType, index_key};
use crate::fhirpath::{Item, Node, evaluate};
use serde::Serialize;
use serde_json::Value;

/// The index rows of one resource as the store takes them: per table a JSON array of rows, each
/// an array that starts with the parameter's key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IndexRows {
    /// `[key, folded, value]`
    pub strings: String,
    /// `[key, code, system]`
    pub tokens: String,
    /// `[key, low, high]`
    pub dates: String,
    /// `[key, id, type, base]`
    pub references: String,
}

/// The key of the rows that `:text` searches.
pub(super) fn text_key(resource_type: &str, code: &str) -> u32 {
    index_key(resource_type, &format!("{code}:text"))
}

/// The rows of `resource`, sorted and without duplicates; none for an unknown type.
pub fn extract(definitions: &'static Definitions, resource: &Value, base_url: &str) -> IndexRows {
    let Some(root) = Node::resource(definitions, resource) else {
        return IndexRows::default();
    };
    let mut rows = Rows::default();
    for parameter in definitions.search_parameters(root.type_name) {
        // The store's own columns answer these two.
        if matches!(parameter.code, "_id" | "_lastUpdated") {
            continue;
        }
        let Some(expression) = &parameter.expression else {
            continue;
        };
        for item in evaluate(definitions, expression, root, root) {
            rows.add(definitions, root.type_name, parameter, &item, base_url);
        }
    }
    IndexRows {
        strings: array(rows.strings),
        tokens: array(rows.tokens),
        dates: array(rows.dates),
        references: array(rows.references),
    }
}

#[derive(Default)]
struct Rows {
    strings: Vec<(u32, String, String)>,
    tokens: Vec<(u32, String, String)>,
    dates: Vec<(u32, i64, i64)>,
    references: Vec<(u32, String, String, String)>,
}

impl Rows {
    fn add(
        &mut self,
        definitions: &'static Definitions,
        resource_type: &str,
        parameter: &SearchParameter,
        item: &Item<'_>,
        base_url: &str,
    ) {
        let key = parameter.id;
        let node = match item {
            Item::Node(node) => node,
            Item::Boolean(value) if parameter.search_type == SearchType::Token => {
                let row = token::boolean(*value);
                self.tokens.push((key, row.code, row.system));
                return;
            }
            _ => return,
        };
        match parameter.search_type {
            SearchType::String => {
                let mut rows = Vec::new();
                string::extract(node, &mut rows);
                self.strings
                    .extend(rows.into_iter().map(|row| (key, row.folded, row.value)));
            }
            SearchType::Token => {
                let mut rows = Vec::new();
                token::extract(node, &mut rows);
                self.tokens
                    .extend(rows.into_iter().map(|row| (key, row.code, row.system)));
                let mut texts = Vec::new();
                token::extract_texts(node, &mut texts);
                let key = text_key(resource_type, parameter.code);
                self.strings
                    .extend(texts.into_iter().map(|row| (key, row.folded, row.value)));
            }
            SearchType::Date => {
                let mut rows = Vec::new();
                date::extract(node, &mut rows);
                self.dates
                    .extend(rows.into_iter().map(|row| (key, row.low, row.high)));
            }
            SearchType::Reference => {
                let mut rows = Vec::new();
                reference::extract(definitions, node, base_url, &parameter.targets, &mut rows);
                let rows = rows.into_iter();
                self.references
                    .extend(rows.map(|row| (key, row.id, row.resource_type, row.base)));
            }
            _ => {}
        }
    }
}

fn array<R: Serialize + Ord>(mut rows: Vec<R>) -> String {
    rows.sort_unstable();
    rows.dedup();
    if rows.is_empty() {
        return String::new();
    }
    serde_json::to_string(&rows).unwrap_or_default()
}
