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

    /// Whether an index finds the rows by seeking, without going through all of the parameter.
    pub(super) fn seeks(&self) -> bool {
        match self {
            Self::String(criterion) => criterion.seeks(),
            Self::Token(criterion) => criterion.seeks(),
            Self::Date(_) | Self::Reference(_) => true,
        }
    }

    /// Whether the rows are one run of the index in the order of resources.
    pub(super) fn is_run(&self) -> bool {
        match self {
            Self::Token(criterion) => criterion.is_run(),
            Self::Reference(criterion) => criterion.is_run(),
            Self::String(_) | Self::Date(_) => false,
        }
    }

    /// Adds the SELECT of the resources whose rows match; one may stand several times.
    pub(super) fn seek(&self, key: u32, sql: &mut Sql) {
        match self {
            Self::String(criterion) if criterion.is_list_of_ranges() => {
                return criterion.seek_ranges(key, sql);
            }
            Self::Date(criterion) => return criterion.seek(key, sql),
            _ => {}
        }
        sql.push("SELECT i.rid AS rid FROM ")
            .push(self.table().name())
            .push(" i WHERE i.param = ");
        sql.number(key).push(" AND ");
        self.condition(sql);
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
