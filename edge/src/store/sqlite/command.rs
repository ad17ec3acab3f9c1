//! A command in the values of the database: what the worker's [`Command`](crate::store::Command)
//! has become when it arrives.

use super::{Value, Values};
use crate::store::text::Text;
use crate::store::write::Kind;

/// A statement and its values.
#[derive(Clone, Debug)]
pub(in crate::store) struct Condition {
    pub(in crate::store) statement: Text,
    pub(in crate::store) values: Values,
}

/// A search that must still find the same ids.
pub(in crate::store) struct Guard {
    pub(in crate::store) condition: Condition,
    pub(in crate::store) ids: Vec<Text>,
}

/// What is done to one resource.
pub(in crate::store) struct Write {
    pub(in crate::store) kind: Kind,
    pub(in crate::store) resource_type: Value,
    pub(in crate::store) id: Value,
    /// The version that must be current.
    pub(in crate::store) if_match: Option<i64>,
    /// The resource's text up to the version, and after the time.
    pub(in crate::store) around: [Text; 2],
    /// For each kind of index the JSON arrays of its rows.
    pub(in crate::store) index: Vec<Vec<Text>>,
    /// Selects the resource of a row id, its first value, if the caller may change it.
    pub(in crate::store) confinement: Option<Condition>,
    /// The same, if the caller may see it.
    pub(in crate::store) visibility: Option<Condition>,
}

/// A command, read piece by piece as it is applied.
pub(in crate::store) trait Submitted {
    /// The hash of the definitions that its index rows were made by.
    fn definitions(&self) -> Text;
    fn guards(&self) -> impl Iterator<Item = Guard>;
    fn writes(&self) -> impl Iterator<Item = Write>;
}

impl<C: Submitted> Submitted for &C {
    fn definitions(&self) -> Text {
        C::definitions(self)
    }

    fn guards(&self) -> impl Iterator<Item = Guard> {
        C::guards(self)
    }

    fn writes(&self) -> impl Iterator<Item = Write> {
        C::writes(self)
    }
}
