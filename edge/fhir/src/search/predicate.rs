//! What a clause means: a test that a resource passes or fails.

use super::sql::Sql;
use super::value::{date, reference, string, token};

/// A test on one resource.
#[derive(Clone, Debug, PartialEq)]
pub enum Predicate {
    /// `_id`, and with `negated` `_id:not`.
    Id {
        /// The ids, any of which may match.
        ids: Vec<String>,
        /// Whether the ids are excluded.
        negated: bool,
    },
    /// `_lastUpdated`.
    LastUpdated(date::Criterion),
    /// A value of an indexed parameter.
    Indexed {
        /// The key of the parameter's rows.
        key: u32,
        /// What is asked of the value.
        criterion: Criterion,
        /// Whether resources with such a value are excluded (`:not`).
        negated: bool,
        /// How many resources are likely to have one value.
        spread: Spread,
    },
    /// `:missing`.
    Missing {
        /// The key of the parameter's rows.
        key: u32,
        /// Where they stand.
        table: Table,
        /// Whether a resource with the value fails (`true`) or passes.
        missing: bool,
    },
}

/// How many resources of a type are likely to share one value of a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spread {
    /// One or a few: identifiers.
    Narrow,
    /// Some.
    Usual,
    /// A large part of all: statuses and categories.
    Wide,
}

impl Spread {
    /// The spread of a parameter, by its code.
    pub(super) fn of(code: &str) -> Self {
        const WIDE: [&str; 14] = [
            "active",
            "category",
            "class",
            "clinical-status",
            "deceased",
            "gender",
            "intent",
            "language",
            "mode",
            "priority",
            "status",
            "verification-status",
            "_security",
            "_tag",
        ];
        match code {
            "identifier" | "url" => Self::Narrow,
            code if WIDE.contains(&code) => Self::Wide,
            _ => Self::Usual,
        }
    }
}

/// What is asked of a value, by search type.
#[derive(Clone, Debug, PartialEq)]
pub enum Criterion {
    /// A string parameter, or a token's `:text`.
    String(string::Criterion),
    /// A token parameter.
    Token(token::Criterion),
    /// A date parameter.
    Date(date::Criterion),
    /// A reference parameter.
    Reference(reference::Criterion),
}

/// The index tables of the store, one per search type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Table {
    /// `string_index`.
    String,
    /// `token_index`.
    Token,
    /// `date_index`.
    Date,
    /// `reference_index`.
    Reference,
}

impl Table {
    /// The name in SQL.
    pub fn name(self) -> &'static str {
        match self {
            Self::String => "string_index",
            Self::Token => "token_index",
            Self::Date => "date_index",
            Self::Reference => "reference_index",
        }
    }
}

impl Criterion {
    /// The table whose rows are tested.
    pub fn table(&self) -> Table {
        match self {
            Self::String(_) => Table::String,
            Self::Token(_) => Table::Token,
            Self::Date(_) => Table::Date,
            Self::Reference(_) => Table::Reference,
        }
    }

    /// Adds the condition on the row named `i`.
    pub(super) fn condition(&self, sql: &mut Sql) {
        match self {
            Self::String(criterion) => criterion.condition(sql),
            Self::Token(criterion) => criterion.condition(sql),
            Self::Date(criterion) => criterion.condition(sql),
            Self::Reference(criterion) => criterion.condition(sql),
        }
    }
}
