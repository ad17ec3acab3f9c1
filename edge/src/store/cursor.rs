//! Cursors of searches: where the next page begins, sealed so that only this server can read or
//! make one (a sort key may be a name), and bound to the query and the caller.

use super::partition::Partition;
use super::secret::secret;
use crate::error::Error;
use crate::grant::Grant;
use crate::grant::action::Search;
use crate::seal;
use fhir::outcome::{Issue, IssueType};
use fhir::search::{After, Position, Query};

/// What is sealed: commit sequence, row id and keys.
type Sealed = (i64, i64, Option<(String, String)>);

/// The cursor text for a position.
pub(super) async fn seal(
    partition: &Partition,
    grant: &Grant<Search>,
    query: &Query,
    after: &After,
) -> Result<String, Error> {
    let key = secret(partition, "search-cursor").await?;
    let position = (after.sequence, after.position.rid, &after.position.keys);
    let sealed = seal::seal(&key, &bound(grant, query)?, seal::nonce(), &position);
    sealed.ok_or_else(|| Error::Bug("a cursor could not be sealed".into()))
}

/// The position that a cursor text names.
///
/// # Errors
/// 400 when the text was not made by this server for this query and caller.
pub(super) async fn open(
    partition: &Partition,
    grant: &Grant<Search>,
    query: &Query,
    text: &str,
) -> Result<After, Error> {
    let key = secret(partition, "search-cursor").await?;
    let opened: Option<Sealed> = seal::open(&key, &bound(grant, query)?, text);
    let Some((sequence, rid, keys)) = opened else {
        let message = "The cursor `ct` does not belong to this search and caller; \
            start again from the first page.";
        return Err(Error::invalid_because(
            Issue::error(IssueType::Invalid, message).at("ct"),
        ));
    };
    Ok(After {
        sequence,
        position: Position { rid, keys },
    })
}

/// What a cursor is bound to.
fn bound(grant: &Grant<Search>, query: &Query) -> Result<Vec<u8>, Error> {
    let bound = (grant.subject(), query.resource_type, &query.applied);
    serde_json::to_vec(&bound).map_err(|error| Error::Bug(error.to_string()))
}
