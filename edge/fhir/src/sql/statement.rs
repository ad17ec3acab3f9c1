//! A statement under construction: text with `?` places, and the strings bound to them.
//!
//! Every text that a caller sent is bound, never written into the statement. Numbers that we
//! computed are written, because the ledger's SQLite takes at most 100 bound values.

use super::dialect::Dialect;
use std::fmt::Write as _;

/// SQL text and its bound values.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sql {
    /// Whose SQL it is.
    pub dialect: Dialect,
    /// The statement with one `?` per bound value.
    pub text: String,
    /// The bound values, in order.
    pub binds: Vec<String>,
}

impl Sql {
    /// An empty statement.
    pub fn new(dialect: Dialect) -> Self {
        Self {
            dialect,
            ..Self::default()
        }
    }

    /// Adds text that came from us alone.
    pub fn push(&mut self, text: &str) -> &mut Self {
        self.text.push_str(text);
        self
    }

    /// Adds a number.
    pub fn number(&mut self, number: impl Into<i64>) -> &mut Self {
        // Writing to a String cannot fail.
        let _ = write!(self.text, "{}", number.into());
        self
    }

    /// Adds numbers, separated by commas.
    pub fn numbers(&mut self, numbers: &[u32]) -> &mut Self {
        for (at, number) in numbers.iter().enumerate() {
            self.push(if at > 0 { "," } else { "" }).number(*number);
        }
        self
    }

    /// Adds a place and binds `value` to it.
    pub fn bind(&mut self, value: impl Into<String>) -> &mut Self {
        self.text.push('?');
        self.binds.push(value.into());
        self
    }

    /// Adds a place and binds a JSON array of `values` to it.
    pub fn bind_list(&mut self, values: &[impl serde::Serialize]) -> &mut Self {
        self.bind(serde_json::to_string(values).unwrap_or_else(|_| "[]".into()))
    }

    /// Adds another statement's text and values.
    pub fn append(&mut self, other: &Self) -> &mut Self {
        self.text.push_str(&other.text);
        self.binds.extend(other.binds.iter().cloned());
        self
    }
}
