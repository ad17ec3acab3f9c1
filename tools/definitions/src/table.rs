//! The text form of a table: sections `#<Name>` in name order, tab separated lines of a fixed
//! number of columns beneath them, an empty field where a value is absent.

use std::collections::BTreeMap;

use crate::{Error, Result};

/// One table with `COLUMNS` columns.
#[derive(Debug, Default)]
pub struct Table<const COLUMNS: usize> {
    sections: BTreeMap<String, Vec<[String; COLUMNS]>>,
}

impl<const COLUMNS: usize> Table<COLUMNS> {
    /// An empty table.
    #[must_use]
    pub fn new() -> Self {
        Self {
            sections: BTreeMap::new(),
        }
    }

    /// Appends a line to a section, which is made when it is not there.
    ///
    /// # Errors
    /// When a field holds a tab or a line break, which the form cannot carry.
    pub fn push(&mut self, section: &str, line: [String; COLUMNS]) -> Result<()> {
        if let Some(field) = line.iter().find(|field| field.contains(['\t', '\n', '\r'])) {
            return Err(Error::new(format!(
                "a field of section {section} holds a tab or a line break: {field:?}"
            )));
        }
        self.sections
            .entry(section.to_owned())
            .or_default()
            .push(line);
        Ok(())
    }

    /// Sorts the lines of every section by their fields.
    pub fn sort_lines(&mut self) {
        for lines in self.sections.values_mut() {
            lines.sort();
        }
    }

    /// The names of the sections, in order.
    pub fn section_names(&self) -> impl Iterator<Item = &str> {
        self.sections.keys().map(String::as_str)
    }

    /// All lines of the table, in order.
    pub fn lines(&self) -> impl Iterator<Item = &[String; COLUMNS]> {
        self.sections.values().flatten()
    }

    /// The table as text.
    #[must_use]
    pub fn render(&self) -> String {
        let mut text = String::new();
        for (name, lines) in &self.sections {
            text.push('#');
            text.push_str(name);
            text.push('\n');
            for line in lines {
                text.push_str(&line.join("\t"));
                text.push('\n');
            }
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::Table;

    #[test]
    fn sections_are_in_name_order_and_empty_fields_keep_their_tabs() {
        let mut table = Table::<3>::new();
        table
            .push("Patient", ["b".into(), String::new(), String::new()])
            .unwrap();
        table
            .push("Account", ["c".into(), "1".into(), String::new()])
            .unwrap();
        table
            .push("Patient", ["a".into(), String::new(), "x".into()])
            .unwrap();
        table.sort_lines();
        assert_eq!(
            table.render(),
            "#Account\nc\t1\t\n#Patient\na\t\tx\nb\t\t\n"
        );
    }

    #[test]
    fn a_field_with_a_tab_is_refused() {
        let mut table = Table::<1>::new();
        assert!(table.push("Patient", ["a\tb".into()]).is_err());
    }
}
