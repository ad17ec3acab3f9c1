//! What a clause means: a test that a resource passes or fails.

use super::kind::{Criterion, IndexKind};
use super::value::date;
use std::rc::Rc;

/// A test on one resource. A copy costs nothing: plans hold several.
#[derive(Clone, Debug, PartialEq)]
pub enum Predicate {
    /// `_id`, and with `negated` `_id:not`.
    Id {
        /// The ids, any of which may match.
        ids: Rc<[String]>,
        /// Whether the ids are excluded.
        negated: bool,
    },
    /// `_lastUpdated`.
    LastUpdated(Rc<date::Criterion>),
    /// A value of an indexed parameter.
    Indexed(Rc<Indexed>),
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

/// What is asked of the values of an indexed parameter.
#[derive(Clone, Debug, PartialEq)]
pub struct Indexed {
    /// The key of the parameter's rows.
    pub key: u32,
    /// What is asked of the value.
    pub criterion: Criterion,
    /// Whether resources with such a value are excluded (`:not`).
    pub negated: bool,
    /// How many resources are likely to have one value.
    pub spread: Spread,
}

impl Predicate {
    /// Whether both are one clause of one search.
    pub(super) fn is(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Id { ids, .. }, Self::Id { ids: others, .. }) => Rc::ptr_eq(ids, others),
            (Self::LastUpdated(own), Self::LastUpdated(other)) => Rc::ptr_eq(own, other),
            (Self::Indexed(own), Self::Indexed(other)) => Rc::ptr_eq(own, other),
            _ => false,
        }
    }
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
