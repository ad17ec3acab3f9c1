//! What interactions come to. `http/render.rs` makes answers of it.

use crate::error::Error;
use crate::store::{Committed, Match, Text, Version};
use fhir::Address;
use fhir::bundle::BundleKind;
use fhir::meta::Rendered;
use fhir::search::Query;

/// What an interaction with resources has come to.
pub(crate) enum Outcome {
    /// A version of a resource.
    Found(Stored),
    /// The caller has this version already.
    NotModified(VersionStamp),
    /// A resource was created, updated, or found to be the same already.
    Written(Written),
    /// A conditional create found this resource and created none.
    Existing(Stored),
    /// The resource is gone; the version that says so, unless there never was one.
    Deleted(Option<VersionStamp>),
    SearchSet(SearchSet),
    History(History),
}

/// Which version it is, and when it was made (milliseconds since 1970).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct VersionStamp {
    pub(crate) version: i64,
    pub(crate) updated: i64,
}

/// A version of a resource as the store keeps it.
pub(crate) struct Stored {
    pub(crate) address: Address,
    pub(crate) stamp: VersionStamp,
    /// The JSON text.
    pub(crate) body: Text,
}

/// A resource that was written.
pub(crate) struct Written {
    pub(crate) address: Address,
    pub(crate) committed: Committed,
    pub(crate) content: Rendered,
}

/// One page of a search.
pub(crate) struct SearchSet {
    /// The search as it was understood.
    pub(crate) query: Query,
    /// How many resources match, where that was asked for and could be counted.
    pub(crate) total: Option<i64>,
    pub(crate) matches: Vec<Match>,
    /// The cursor of the next page, if there is one.
    pub(crate) next: Option<String>,
}

/// One page of the versions of a resource, newest first.
pub(crate) struct History {
    pub(crate) address: Address,
    pub(crate) versions: Vec<Version>,
    /// How many versions there are in all.
    pub(crate) total: i64,
    /// The most versions on a page.
    pub(crate) count: usize,
    /// The page has versions below this one; the first page has any.
    pub(crate) before: Option<i64>,
    /// Where the next page begins, if there is one.
    pub(crate) next: Option<i64>,
}

/// What became of the entries of a bundle, in the order of the request.
pub(crate) struct Responses {
    pub(crate) kind: BundleKind,
    pub(crate) entries: Vec<Result<Outcome, Error>>,
}
