//! Token search: a code, with or without its system. <https://hl7.org/fhir/R4/search.html#token>

use super::string;
use crate::definitions::SearchType;
use crate::fhirpath::{Item, Node};
use crate::search::escape::{split, unescape};
use crate::search::extract::{Found, Rows, text_key};
use crate::search::kind::{Asked, Column, IndexKind};
use crate::search::query::{Clause, Read, no_such_modifier};
use crate::search::value::within;
use serde_json::Value;

/// The rows of codes: the code, identifier value or `true`/`false`, and its system, which is empty
/// when the element has none.
pub static KIND: IndexKind = IndexKind {
    name: "token_index",
    columns: &[Column::PARAM, Column::text("code"), Column::text("system")],
    key: &["param", "code", "rid", "system"],
    search_type: SearchType::Token,
    most: 20_000,
    revision: 1,
    sort: None,
    rank: 5,
    extract,
    read,
};

/// One alternative of a clause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Alternative {
    /// `code`: whatever the system.
    Code(String),
    /// `system|code`; with an empty system `|code`: only where there is no system.
    SystemAndCode(String, String),
    /// `system|`: any code of it.
    System(String),
}

/// What a query asks for: any of the tokens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Criterion {
    pub(crate) alternatives: Vec<Alternative>,
}

/// Adds the rows of one item.
fn extract(found: &Found<'_>, rows: &mut Rows) {
    let key = found.parameter.id;
    let node = match found.item {
        Item::Node(node) => node,
        // An expression computed it, such as that of `Patient.deceased`.
        Item::Boolean(value) => return push("", &value.to_string(), key, rows),
        _ => return,
    };
    let text = |name: &str| {
        node.value
            .get(name)
            .and_then(Value::as_str)
            .unwrap_or_default()
    };
    match node.type_name {
        "CodeableConcept" => codings(node).for_each(|coding| push_coding(coding, key, rows)),
        "Coding" => push_coding(node.value, key, rows),
        "Identifier" => push(text("system"), text("value"), key, rows),
        // The system of a ContactPoint says phone or email, which the parameter says already;
        // what tells two numbers apart is their use.
        "ContactPoint" => push(text("use"), text("value"), key, rows),
        _ => match node.value {
            // A plain code has the system of the value set that it must come from.
            Value::String(code) => {
                let value_set = found.definitions.value_set(node.value_set);
                let system = value_set.and_then(|value_set| value_set.system_of(code));
                push(system.unwrap_or_default(), code, key, rows);
            }
            Value::Bool(value) => push("", &value.to_string(), key, rows),
            Value::Number(number) => push("", &number.to_string(), key, rows),
            _ => {}
        },
    }
    let key = text_key(found.resource_type, found.parameter.code);
    extract_texts(node, key, rows);
}

fn codings<'a>(node: &Node<'a>) -> impl Iterator<Item = &'a Value> {
    let codings = node.value.get("coding").and_then(Value::as_array);
    codings.into_iter().flatten()
}

/// Adds the texts that `:text` searches: displays and the text of the concept or identifier.
fn extract_texts(node: &Node<'_>, key: u32, rows: &mut Rows) {
    let mut push = |value: Option<&Value>| {
        if let Some(text) = value.and_then(Value::as_str) {
            string::Row::add(text, key, rows);
        }
    };
    match node.type_name {
        "CodeableConcept" => {
            push(node.value.get("text"));
            codings(node).for_each(|coding| push(coding.get("display")));
        }
        "Coding" => push(node.value.get("display")),
        "Identifier" => push(node.value.get("type").and_then(|kind| kind.get("text"))),
        _ => {}
    }
}

fn push_coding(coding: &Value, key: u32, rows: &mut Rows) {
    let text = |name: &str| coding.get(name).and_then(Value::as_str).unwrap_or_default();
    push(text("system"), text("code"), key, rows);
}

fn push(system: &str, code: &str, key: u32, rows: &mut Rows) {
    if !code.is_empty() || !system.is_empty() {
        let [code, system] = [code, system].map(|text| within(text).to_owned());
        rows.push(&KIND, [key.into(), code.into(), system.into()]);
    }
}

/// Reads a clause of a token parameter.
fn read(clause: &Clause<'_>) -> Read {
    let negated = match clause.modifier {
        None => false,
        Some("not") => true,
        Some("text") => return string::read_texts(clause),
        Some(other) => return Err(no_such_modifier(clause.parameter.code, other)),
    };
    let criterion = parse(clause.values).map_err(|message| clause.wrong(message))?;
    Ok((
        clause.parameter.id,
        crate::search::Criterion::Token(criterion),
        negated,
    ))
}

/// Reads the alternatives of one clause.
///
/// # Errors
/// What would be right, when an alternative has neither system nor code or too many parts.
fn parse(values: &[&str]) -> Result<Criterion, String> {
    let alternatives = values.iter().map(|value| {
        let parts: Vec<String> = split(value, '|').into_iter().map(unescape).collect();
        match <[String; 2]>::try_from(parts) {
            Err(parts) => match <[String; 1]>::try_from(parts) {
                Ok([code]) => Ok(Alternative::Code(code)),
                Err(_) => Err(format!(
                    "`{value}` must be code, system|code, |code or system|"
                )),
            },
            Ok([system, code]) if code.is_empty() && system.is_empty() => {
                Err(format!("`{value}` names neither a system nor a code"))
            }
            Ok([system, code]) if code.is_empty() => Ok(Alternative::System(system)),
            Ok([system, code]) => Ok(Alternative::SystemAndCode(system, code)),
        }
    });
    Ok(Criterion {
        alternatives: alternatives.collect::<Result<_, _>>()?,
    })
}

impl Asked for Criterion {
    /// The index knows codes, not systems.
    fn seeks(&self) -> bool {
        let mut alternatives = self.alternatives.iter();
        !alternatives.any(|alternative| matches!(alternative, Alternative::System(_)))
    }

    fn is_run(&self) -> bool {
        matches!(
            self.alternatives.as_slice(),
            [Alternative::Code(_) | Alternative::SystemAndCode(..)]
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_four_forms_are_told_apart() {
        let cases = [
            ("a", Alternative::Code("a".into())),
            ("s|a", Alternative::SystemAndCode("s".into(), "a".into())),
            ("|a", Alternative::SystemAndCode(String::new(), "a".into())),
            ("s|", Alternative::System("s".into())),
            (r"a\|b", Alternative::Code("a|b".into())),
        ];
        for (value, expected) in cases {
            assert_eq!(parse(&[value]).unwrap().alternatives, [expected], "{value}");
        }
        assert!(parse(&["|"]).is_err());
        assert!(parse(&["a|b|c"]).is_err());
    }
}
