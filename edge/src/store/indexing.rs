//! How far the rebuilding of indexes is.

/// The search parameters whose indexes are being rebuilt.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Indexing {
    /// Type and code of each, such as `Patient.name`; none when all are complete.
    pub(crate) incomplete: Vec<String>,
    /// How many resources, deleted ones included, were looked through, of how many.
    pub(crate) done: i64,
    pub(crate) total: i64,
}
