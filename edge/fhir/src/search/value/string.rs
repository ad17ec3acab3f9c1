//! String search: starts-with, without case and accents. <https://hl7.org/fhir/R4/search.html#string>

use crate::definitions::SearchType;
use crate::fhirpath::{Item, Node};
use crate::search::escape::unescape;
use crate::search::extract::{Found, Rows, text_key};
use crate::search::kind::{Asked, Column, IndexKind};
use crate::search::query::{Clause, Read, no_such_modifier};
use crate::search::value::within;
use serde_json::Value;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The rows of texts.
pub static KIND: IndexKind = IndexKind {
    name: "string_index",
    columns: &[Column::PARAM, Column::text("folded"), Column::text("value")],
    key: &["param", "folded", "value", "rid"],
    search_type: SearchType::String,
    most: 500,
    revision: 1,
    sort: Some(["folded", "value"]),
    rank: 4,
    extract,
    read,
};

/// One row of `string_index`: what is compared, and what was written.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Row {
    /// The text without case and accents.
    pub folded: String,
    /// The text as it stands in the resource.
    pub value: String,
}

impl Row {
    /// The row of a text, of which the beginning is indexed. Folding can make a text longer.
    fn new(text: &str) -> Self {
        let text = within(text);
        Self {
            folded: within(&fold(text)).to_owned(),
            value: text.to_owned(),
        }
    }

    /// Adds the row of a text under a key.
    pub(super) fn add(text: &str, key: u32, rows: &mut Rows) {
        let Self { folded, value } = Self::new(text);
        rows.push(&KIND, [key.into(), folded.into(), value.into()]);
    }
}

/// How a text is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Match {
    /// No modifier.
    StartsWith,
    /// `:contains`.
    Contains,
    /// `:exact`.
    Exact,
}

/// What a query asks for: any of the texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Criterion {
    pub(crate) match_: Match,
    pub(crate) values: Vec<String>,
}

/// Adds the rows of one item: a string, or the parts of a name or an address.
fn extract(found: &Found<'_>, rows: &mut Rows) {
    const HUMAN_NAME: [&str; 5] = ["family", "given", "prefix", "suffix", "text"];
    const ADDRESS: [&str; 7] = [
        "line",
        "city",
        "district",
        "state",
        "postalCode",
        "country",
        "text",
    ];
    let Item::Node(Node {
        type_name, value, ..
    }) = found.item
    else {
        return;
    };
    let key = found.parameter.id;
    let parts: &[&str] = match *type_name {
        "HumanName" => &HUMAN_NAME,
        "Address" => &ADDRESS,
        _ => return push(value, key, rows),
    };
    for value in parts.iter().filter_map(|part| value.get(part)) {
        push(value, key, rows);
    }
}

fn push(value: &Value, key: u32, rows: &mut Rows) {
    match value {
        Value::String(text) if !text.is_empty() => Row::add(text, key, rows),
        Value::Array(values) => values.iter().for_each(|value| push(value, key, rows)),
        _ => {}
    }
}

/// The text as it is compared: decomposed, without marks, in lower case. Letters that Unicode
/// does not decompose are spelt as people spell them on a plain keyboard.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for character in text.nfkd().filter(|c| !is_combining_mark(*c)) {
        for lower in character.to_lowercase() {
            match lower {
                'ß' => folded.push_str("ss"),
                'ø' => folded.push('o'),
                'æ' => folded.push_str("ae"),
                'œ' => folded.push_str("oe"),
                'ł' => folded.push('l'),
                'đ' | 'ð' => folded.push('d'),
                'þ' => folded.push_str("th"),
                'ı' => folded.push('i'),
                lower if is_combining_mark(lower) => {}
                lower => folded.push(lower),
            }
        }
    }
    folded
}

/// Reads a clause of a string parameter.
fn read(clause: &Clause<'_>) -> Read {
    let match_ = match clause.modifier {
        None => Match::StartsWith,
        Some("exact") => Match::Exact,
        Some("contains") => Match::Contains,
        Some(other) => return Err(no_such_modifier(clause.parameter.code, other)),
    };
    let criterion = parse(clause.values, match_);
    Ok((
        clause.parameter.id,
        crate::search::Criterion::String(criterion),
        false,
    ))
}

/// Reads a clause of the texts of a token parameter, `:text`.
pub(super) fn read_texts(clause: &Clause<'_>) -> Read {
    let key = text_key(clause.resource_type, clause.parameter.code);
    let criterion = parse(clause.values, Match::StartsWith);
    Ok((key, crate::search::Criterion::String(criterion), false))
}

/// Reads the alternatives of one clause.
fn parse(values: &[&str], match_: Match) -> Criterion {
    let values = values.iter().map(|value| unescape(value));
    let values = values.map(|value| within(&value).to_owned());
    Criterion {
        match_,
        values: values
            .map(|value| {
                if match_ == Match::Exact {
                    value
                } else {
                    within(&fold(&value)).to_owned()
                }
            })
            .collect(),
    }
}

impl Criterion {
    /// The values as an index compares them.
    pub(crate) fn folded(&self) -> Vec<String> {
        let values = self.values.iter();
        values
            .map(|value| within(&fold(value)).to_owned())
            .collect()
    }

    /// The ranges of the index that start with one of the values.
    pub(crate) fn ranges(&self) -> Vec<(&str, String)> {
        let values = self.values.iter();
        values.map(|value| (value.as_str(), after(value))).collect()
    }
}

impl Asked for Criterion {
    fn seeks(&self) -> bool {
        self.match_ != Match::Contains
    }

    fn comparisons(&self) -> usize {
        match self.match_ {
            Match::Exact => 1,
            Match::StartsWith | Match::Contains => self.values.len(),
        }
    }
}

/// The first text that does not start with `prefix`, in the order of UTF-8 bytes.
pub(crate) fn after(prefix: &str) -> String {
    let mut bound: Vec<char> = prefix.chars().collect();
    while let Some(last) = bound.pop() {
        let next = (u32::from(last) + 1..=u32::from(char::MAX)).find_map(char::from_u32);
        if let Some(next) = next {
            bound.push(next);
            return bound.into_iter().collect();
        }
    }
    // Nothing but the highest character, or an empty prefix: everything starts with it.
    char::MAX.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn case_and_accents_do_not_count() {
        let cases = [
            ("Müller", "muller"),
            ("MÜLLER", "muller"),
            ("Straße", "strasse"),
            ("Søren Łódź", "soren lodz"),
            ("İstanbul", "istanbul"),
            ("Ｆｕｌｌ", "full"),
        ];
        for (text, folded) in cases {
            assert_eq!(fold(text), folded);
        }
    }

    proptest! {
        #[test]
        fn every_text_with_the_prefix_lies_in_the_range(prefix in "\\PC{1,6}", rest in "\\PC{0,6}") {
            let text = format!("{prefix}{rest}");
            prop_assert!(text.as_str() >= prefix.as_str() && text < after(&prefix));
        }

        #[test]
        fn folding_twice_changes_nothing(text in "\\PC{0,20}") {
            prop_assert_eq!(fold(&fold(&text)), fold(&text));
        }
    }
}
