//! A table of sections: a line `#Name`, then tab-separated lines. Only the place of each section
//! is found at first use; what stands in it is read when asked for.

use std::collections::BTreeMap;
use std::sync::OnceLock;

/// The sections of one table by name.
pub(super) struct Sections {
    text: &'static str,
    index: OnceLock<BTreeMap<&'static str, &'static str>>,
}

impl Sections {
    pub(super) const fn new(text: &'static str) -> Self {
        Self {
            text,
            index: OnceLock::new(),
        }
    }

    /// The whole table.
    pub(super) fn text(&self) -> &'static str {
        self.text
    }

    fn index(&self) -> &BTreeMap<&'static str, &'static str> {
        self.index.get_or_init(|| {
            let text = self.text.strip_prefix('#').unwrap_or(self.text);
            text.split("\n#")
                .filter_map(|section| section.split_once('\n'))
                .collect()
        })
    }

    /// The lines of a section, if there is one of that name.
    pub(super) fn get(&self, name: &str) -> Option<&'static str> {
        self.index().get(name).copied()
    }

    /// The name as the table holds it, with the table's lifetime.
    pub(super) fn entry(&self, name: &str) -> Option<(&'static str, &'static str)> {
        self.index()
            .get_key_value(name)
            .map(|(key, text)| (*key, *text))
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &'static str> {
        self.index().keys().copied()
    }
}

/// The columns of a line; a column that the line does not have is empty.
pub(super) fn columns<const N: usize>(line: &'static str) -> [&'static str; N] {
    let mut columns = [""; N];
    for (column, text) in columns.iter_mut().zip(line.split('\t')) {
        *column = text;
    }
    columns
}

/// The items of a list column; none for an empty column.
pub(super) fn list(column: &'static str) -> Vec<&'static str> {
    column.split(',').filter(|item| !item.is_empty()).collect()
}
