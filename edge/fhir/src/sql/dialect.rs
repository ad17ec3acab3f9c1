//! Whose SQL a statement is written in. What both understand is written once; what differs is here
//! and in the few places that ask for the dialect.

use super::statement::Sql;
use serde::Serialize;

/// A dialect of SQL.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Dialect {
    /// SQLite's.
    #[default]
    Sqlite,
    /// PostgreSQL's, and that of engines with its query layer.
    Postgres,
}

/// How much of a text the index of PostgreSQL holds: a key of it is 2704 bytes at most.
const INDEXED: usize = 200;

impl Sql {
    /// Adds one of two texts.
    pub(super) fn either(&mut self, sqlite: &str, postgres: &str) -> &mut Self {
        match self.dialect {
            Dialect::Sqlite => self.push(sqlite),
            Dialect::Postgres => self.push(postgres),
        }
    }

    /// Adds ` IN` and the texts of `values`, which are bound as one value.
    pub(super) fn within(&mut self, values: &[impl Serialize]) -> &mut Self {
        self.either(
            " IN (SELECT value FROM json_each(",
            " IN (SELECT jsonb_array_elements_text(CAST(",
        );
        self.bind_list(values).either("))", " AS jsonb)))")
    }

    /// Adds a table of `values`, named `q`; its column `value` is one of them.
    pub(super) fn table(&mut self, values: &[impl Serialize]) -> &mut Self {
        self.either("json_each(", "jsonb_array_elements(CAST(");
        self.bind_list(values).either(") q", " AS jsonb)) q(value)")
    }

    /// Adds a text of the array `q.value`.
    pub(super) fn item(&mut self, at: u32) -> &mut Self {
        self.push("q.value->>").number(at)
    }

    /// Adds a number of the array `q.value`.
    pub(super) fn number_item(&mut self, at: u32) -> &mut Self {
        self.either("", "CAST(").item(at).either("", " AS BIGINT)")
    }

    /// Adds whether the column holds the text `q.value` somewhere.
    pub(super) fn contains_value(&mut self, column: &str) -> &mut Self {
        self.either("instr(", "strpos(").push(column).push(", ");
        self.either("q.value", "(q.value #>> '{}')").push(") > 0")
    }

    /// Ends the subquery of an EXISTS that tests one row. PostgreSQL would join instead, from
    /// another end than the driver's, and read far more than a page.
    pub(super) fn fence(&mut self) -> &mut Self {
        self.either(")", " OFFSET 0)")
    }

    /// Adds a join whose left side drives: SQLite turns the order round otherwise.
    pub(super) fn driving_join(&mut self) -> &mut Self {
        self.either(" CROSS JOIN ", " JOIN ")
    }

    /// Adds a column of which SQLite is to use no index.
    pub(super) fn unindexed(&mut self, column: &str) -> &mut Self {
        self.either("+", "").push(column)
    }

    /// Adds the condition that a text column starts with a text of which `beyond` is the first that
    /// does not.
    pub(super) fn starts_with(&mut self, column: &str, prefix: &str, beyond: &str) -> &mut Self {
        if self.dialect == Dialect::Postgres {
            let indexed = format!("left({column}, {INDEXED})");
            let Some((cut, _)) = prefix.char_indices().nth(INDEXED) else {
                self.push(&indexed).push(" >= ").bind(prefix);
                return self.push(" AND ").push(&indexed).push(" < ").bind(beyond);
            };
            // What is longer than what the index holds is sought by its beginning.
            let start = prefix.get(..cut).unwrap_or(prefix);
            self.push(&indexed).push(" = ").bind(start).push(" AND ");
        }
        self.push(column).push(" >= ").bind(prefix);
        self.push(" AND ").push(column).push(" < ").bind(beyond)
    }

    /// Adds ` LIMIT` with a number that may be none. Without a bound SQLite still keeps the order of
    /// a subquery that has a LIMIT.
    pub(super) fn limit(&mut self, limit: Option<usize>) -> &mut Self {
        self.push(" LIMIT ");
        match limit {
            Some(limit) => self.number(i64::try_from(limit).unwrap_or(i64::MAX)),
            None => self.either("-1", "ALL"),
        }
    }
}
