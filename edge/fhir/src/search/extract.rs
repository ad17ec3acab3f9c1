//! Extracts the index rows of a resource: a pure function of the resource and the definitions.

use super::value::{date, reference, string, token};
use crate::definitions::{Definitions, SearchParameter, SearchType, index_key};
use crate::fhirpath::{Item, Node, evaluate};
use serde::Serialize;
use serde_json::Value;

/// The index rows of one resource as the store takes them: per table JSON arrays of rows, each
/// row an array that starts with the parameter's key. An array is one value of a statement and
/// stays well below the 2 MB that SQLite takes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IndexRows {
    /// `[key, folded, value]`
    pub strings: Vec<String>,
    /// `[key, code, system]`
    pub tokens: Vec<String>,
    /// `[key, low, high]`; what lasts long has a second row, under the negative key
    pub dates: Vec<String>,
    /// `[key, id, type, base]`
    pub references: Vec<String>,
    /// What the resource has too many of to be searched for, in words; `None` for nearly all.
    pub crowded: Option<String>,
}

/// The most rows that a resource has of one parameter whose values are compared one by one, and of
/// one whose values are looked up. A search tests every one of them.
const MOST_COMPARED: usize = 500;
const MOST_LOOKED_UP: usize = 20_000;

/// How long a JSON array of rows may become before the next one begins.
const ARRAY: usize = 500_000;

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
        let before = rows.counts();
        for item in evaluate(definitions, expression, root, root) {
            rows.add(definitions, root.type_name, parameter, &item, base_url);
        }
        rows.check(before, parameter.code);
    }
    IndexRows {
        strings: arrays(rows.strings),
        tokens: arrays(rows.tokens),
        dates: arrays(rows.dates),
        references: arrays(rows.references),
        crowded: rows.crowded,
    }
}

#[derive(Default)]
struct Rows {
    strings: Vec<(u32, String, String)>,
    tokens: Vec<(u32, String, String)>,
    dates: Vec<(i64, i64, i64)>,
    references: Vec<(u32, String, String, String)>,
    crowded: Option<String>,
}

impl Rows {
    /// How many rows there are that are compared one by one, and that are looked up.
    fn counts(&self) -> [usize; 2] {
        let compared = self.strings.len() + self.dates.len();
        [compared, self.tokens.len() + self.references.len()]
    }

    /// Notes when a parameter has brought too many.
    fn check(&mut self, before: [usize; 2], code: &str) {
        let most = [MOST_COMPARED, MOST_LOOKED_UP];
        let counts = self.counts().into_iter().zip(before).zip(most);
        for ((now, before), most) in counts {
            let count = now - before;
            if count > most {
                self.crowded = Some(format!(
                    "It has {count} values for the search parameter `{code}`; {most} are the most."
                ));
            }
        }
    }

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
                token::extract(definitions, node, &mut rows);
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
                for row in rows {
                    let keys = date::keys(key, &row);
                    self.dates.extend(keys.map(|key| (key, row.low, row.high)));
                }
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
