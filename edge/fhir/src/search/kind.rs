//! The kinds of index rows: one table of what they are called, what they hold, which parameters
//! fill them and how their query values are read. Schema, extraction, writes, plans, the
//! CapabilityStatement and the page on storage iterate [`INDEX_KINDS`]; a new kind is one file below
//! `value/`, its conditions in SQL, and one line here.

use super::extract::{Found, Rows};
use super::query::{Clause, Read};
use super::value::{date, reference, string, token};
use crate::definitions::SearchType;

/// One kind of index rows, and the table that holds them.
#[derive(Debug)]
pub struct IndexKind {
    /// The name of the table.
    pub name: &'static str,
    /// Its columns without `rid`, in the order of extracted rows; the first is `param`.
    pub columns: &'static [Column],
    /// The columns of the primary key in order, `rid` included.
    pub key: &'static [&'static str],
    /// The type of the parameters whose values stand here.
    pub search_type: SearchType,
    /// The most rows that one parameter may give to a resource; a search tests every one of them.
    pub most: usize,
    /// Goes up by one when the same definition gives other rows than before: resources that are
    /// stored are indexed anew then.
    pub revision: u32,
    /// The two columns that a search can be sorted by; `None` when values have no order.
    pub sort: Option<[&'static str; 2]>,
    /// The fewer resources one value is likely to leave, the lower.
    pub(super) rank: u8,
    /// Adds the rows of one item of a resource.
    pub(super) extract: fn(&Found<'_>, &mut Rows),
    /// Reads the query values of one clause.
    pub(super) read: fn(&Clause<'_>) -> Read,
}

/// A column of an index table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: &'static str,
    /// What it holds.
    pub kind: ColumnKind,
}

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnKind {
    /// Text.
    Text,
    /// Whole numbers of 64 bits.
    Integer,
}

impl Column {
    /// The key of the parameter, the first column of every kind.
    pub(super) const PARAM: Self = Self::integer("param");

    pub(super) const fn text(name: &'static str) -> Self {
        let kind = ColumnKind::Text;
        Self { name, kind }
    }

    pub(super) const fn integer(name: &'static str) -> Self {
        let kind = ColumnKind::Integer;
        Self { name, kind }
    }
}

/// Two kinds are the same when their table is.
impl PartialEq for IndexKind {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for IndexKind {}

impl IndexKind {
    /// The kind that holds the values of parameters of a type; `None` when they are not indexed.
    pub fn of(search_type: SearchType) -> Option<&'static Self> {
        let mut kinds = INDEX_KINDS.into_iter();
        kinds.find(|kind| kind.search_type == search_type)
    }

    /// Whether what a search is sorted by is text; otherwise it is whole numbers.
    pub(super) fn sorts_text(&self) -> bool {
        let first = self.sort.map_or("", |[first, _]| first);
        let text = Column::text(first);
        self.columns.contains(&text)
    }
}

/// What planning wants to know about a criterion, whatever its kind.
pub(super) trait Asked {
    /// Whether an index finds the rows by seeking, without going through all of the parameter.
    fn seeks(&self) -> bool {
        true
    }

    /// Whether the rows are one run of the index in the order of resources.
    fn is_run(&self) -> bool {
        false
    }

    /// With how many values a row is compared one by one; none when a list is looked up.
    fn comparisons(&self) -> usize {
        0
    }
}

macro_rules! index_kinds {
    ($($name:ident($file:ident): $holds:literal),* $(,)?) => {
        /// How many kinds there are.
        const KINDS: usize = [$($holds),*].len();

        /// Every kind of index rows.
        pub static INDEX_KINDS: [&IndexKind; KINDS] = [$(&$file::KIND),*];

        /// Something for each of [`INDEX_KINDS`].
        pub(super) type OfEach<T> = [T; KINDS];

        /// What is asked of a value, by the kind of its rows.
        #[derive(Clone, Debug, PartialEq)]
        pub enum Criterion {
            $(#[doc = $holds] $name($file::Criterion)),*
        }

        impl Criterion {
            /// The kind of the rows that are tested.
            pub fn kind(&self) -> &'static IndexKind {
                match self {
                    $(Self::$name(_) => &$file::KIND),*
                }
            }

            pub(super) fn asked(&self) -> &dyn Asked {
                match self {
                    $(Self::$name(criterion) => criterion),*
                }
            }
        }
    };
}

index_kinds! {
    String(string): "Texts, and those that a token's `:text` searches.",
    Token(token): "Codes and identifiers.",
    Date(date): "Dates and periods.",
    Reference(reference): "References.",
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_says_what_its_table_is() {
        for kind in INDEX_KINDS {
            let name = kind.name;
            let columns: Vec<_> = kind.columns.iter().map(|column| column.name).collect();
            assert_eq!(kind.columns.first(), Some(&Column::PARAM), "{name}");
            assert_eq!(kind.key.first(), Some(&"param"), "{name}");
            let mut key = kind.key.to_vec();
            key.retain(|column| *column != "rid");
            key.sort_unstable();
            let mut sorted = columns.clone();
            sorted.sort_unstable();
            assert_eq!(
                key, sorted,
                "{name}: rows without duplicates need all columns as the key"
            );
            assert_eq!(
                kind.key.len(),
                columns.len() + 1,
                "{name}: rid is part of the key"
            );
            for column in kind.sort.into_iter().flatten() {
                assert!(columns.contains(&column), "{name}: {column}");
            }
            assert_eq!(IndexKind::of(kind.search_type), Some(kind), "{name}");
        }
    }
}
