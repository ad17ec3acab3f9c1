//! Token search: a code, with or without its system. <https://hl7.org/fhir/R4/search.html#token>

use crate::definitions::Definitions;
use crate::fhirpath::Node;
use crate::search::escape::{split, unescape};
use crate::search::sql::Sql;
use crate::search::value::within;
use serde_json::Value;

/// One row of `token_index`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Row {
    /// The code, identifier value, or `true`/`false`.
    pub code: String,
    /// The system; empty when the element has none.
    pub system: String,
}

/// One alternative of a clause.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Alternative {
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
    alternatives: Vec<Alternative>,
}

/// Adds the rows of one item.
pub fn extract(definitions: &'static Definitions, node: &Node<'_>, rows: &mut Vec<Row>) {
    let text = |name: &str| {
        node.value
            .get(name)
            .and_then(Value::as_str)
            .unwrap_or_default()
    };
    match node.type_name {
        "CodeableConcept" => {
            let codings = node.value.get("coding").and_then(Value::as_array);
            codings
                .into_iter()
                .flatten()
                .for_each(|coding| push_coding(coding, rows));
        }
        "Coding" => push_coding(node.value, rows),
        "Identifier" => push(text("system"), text("value"), rows),
        // The system of a ContactPoint says phone or email, which the parameter says already;
        // what tells two numbers apart is their use.
        "ContactPoint" => push(text("use"), text("value"), rows),
        _ => match node.value {
            // A plain code has the system of the value set that it must come from.
            Value::String(code) => {
                let value_set = definitions.value_set(node.value_set);
                let system = value_set.and_then(|value_set| value_set.system_of(code));
                push(system.unwrap_or_default(), code, rows);
            }
            Value::Bool(value) => push("", if *value { "true" } else { "false" }, rows),
            Value::Number(number) => push("", &number.to_string(), rows),
            _ => {}
        },
    }
}

/// Adds the texts that `:text` searches: displays and the text of the concept or identifier.
pub fn extract_texts(node: &Node<'_>, rows: &mut Vec<super::string::Row>) {
    let mut push = |value: Option<&Value>| {
        if let Some(text) = value.and_then(Value::as_str) {
            rows.push(super::string::Row::new(text));
        }
    };
    match node.type_name {
        "CodeableConcept" => {
            push(node.value.get("text"));
            let codings = node.value.get("coding").and_then(Value::as_array);
            codings
                .into_iter()
                .flatten()
                .for_each(|coding| push(coding.get("display")));
        }
        "Coding" => push(node.value.get("display")),
        "Identifier" => push(node.value.get("type").and_then(|kind| kind.get("text"))),
        _ => {}
    }
}

fn push_coding(coding: &Value, rows: &mut Vec<Row>) {
    let text = |name: &str| coding.get(name).and_then(Value::as_str).unwrap_or_default();
    push(text("system"), text("code"), rows);
}

fn push(system: &str, code: &str, rows: &mut Vec<Row>) {
    if !code.is_empty() || !system.is_empty() {
        rows.push(Row {
            code: within(code).to_owned(),
            system: within(system).to_owned(),
        });
    }
}

/// A row for a truth value that an expression computed, such as `Patient.deceased`.
pub fn boolean(value: bool) -> Row {
    Row {
        code: value.to_string(),
        system: String::new(),
    }
}

/// Reads the alternatives of one clause.
///
/// # Errors
/// What would be right, when an alternative has neither system nor code or too many parts.
pub fn parse(values: &[&str]) -> Result<Criterion, String> {
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

impl Criterion {
    /// Adds the condition on the row named `i`.
    pub fn condition(&self, sql: &mut Sql) {
        if let [Alternative::Code(code)] = self.alternatives.as_slice() {
            sql.push("i.code = ").bind(code.as_str());
            return;
        }
        if let [Alternative::SystemAndCode(system, code)] = self.alternatives.as_slice() {
            sql.push("i.code = ").bind(code.as_str());
            sql.push(" AND i.system = ").bind(system.as_str());
            return;
        }
        let (mut codes, mut pairs, mut systems) = (Vec::new(), Vec::new(), Vec::new());
        for alternative in &self.alternatives {
            match alternative {
                Alternative::Code(code) => codes.push(code),
                Alternative::SystemAndCode(system, code) => pairs.push((code, system)),
                Alternative::System(system) => systems.push(system),
            }
        }
        // Only what is asked for stands in the condition: each part can then seek the index.
        let mut parts = Vec::new();
        if !codes.is_empty() {
            let mut part = Sql::default();
            part.push("i.code IN (SELECT value FROM json_each(")
                .bind_list(&codes)
                .push("))");
            parts.push(part);
        }
        if !pairs.is_empty() {
            let first: Vec<_> = pairs.iter().map(|(code, _)| code).collect();
            let mut part = Sql::default();
            part.push("i.code IN (SELECT value FROM json_each(")
                .bind_list(&first);
            part.push(")) AND (i.code, i.system) IN (SELECT value->>0, value->>1 FROM json_each(");
            part.bind_list(&pairs).push("))");
            parts.push(part);
        }
        if !systems.is_empty() {
            let mut part = Sql::default();
            part.push("i.system IN (SELECT value FROM json_each(")
                .bind_list(&systems)
                .push("))");
            parts.push(part);
        }
        sql.push("(");
        for (at, part) in parts.iter().enumerate() {
            sql.push(if at > 0 { " OR " } else { "" }).append(part);
        }
        sql.push(")");
    }

    /// Whether an index finds the rows by seeking: it knows codes, not systems.
    pub fn seeks(&self) -> bool {
        let mut alternatives = self.alternatives.iter();
        !alternatives.any(|alternative| matches!(alternative, Alternative::System(_)))
    }

    /// Whether the rows that match are one run of the index in the order of resources.
    pub fn is_run(&self) -> bool {
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
