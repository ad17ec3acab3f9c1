//! What the store is asked about one resource.

use super::confinement::Confined;

/// A question about the versions of one resource, as far as they lie within what the caller is
/// confined to. What a confined caller may see is known of current versions only: a past one may
/// have been about somebody else, so it is not there for such a caller.
#[derive(Clone, Debug)]
pub struct Lookup<'a> {
    /// The type of the resource.
    pub resource_type: &'static str,
    /// Its id.
    pub id: &'a str,
    /// What the caller is confined to.
    pub confined: Confined,
    /// Whether past versions are the caller's to see.
    pub sees_past: bool,
    /// Which versions are asked for.
    pub versions: Versions,
}

/// Versions of a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Versions {
    /// The current one, a deletion included.
    Current,
    /// The current one without its body.
    CurrentNumber,
    /// The one with this number.
    Number(i64),
    /// Those below a number, newest first.
    Below {
        /// The number.
        version: i64,
        /// How many.
        limit: usize,
    },
}
