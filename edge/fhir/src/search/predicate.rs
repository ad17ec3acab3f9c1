//! What a clause means: a test that a resource passes or fails.

use super::kind::{Criterion, IndexKind};
use super::sql::Sql;
use super::value::date;

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
        kind: &'static IndexKind,
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

impl Criterion {
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
            .push(self.kind().name)
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
