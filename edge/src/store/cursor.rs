//! Cursors of searches: where the next page begins, sealed so that only the server that made one
//! can read it, for the same query and the same caller.
//!
//! The text is base64url of a tag and a JSON payload. The tag is an HMAC-SHA-256 over payload,
//! caller and query with a secret derived from the ledger's.

use super::partition::Partition;
use super::secret::secret;
use crate::auth::Grant;
use crate::error::Error;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use fhir::outcome::{Issue, IssueType};
use fhir::search::{After, Position, Query};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

const TAG: usize = 16;

/// The cursor text for a position.
pub(super) async fn seal(
    partition: &Partition,
    grant: &Grant,
    query: &Query,
    after: &After,
) -> Result<String, Error> {
    let payload = (after.sequence, after.position.rid, &after.position.key);
    let payload = serde_json::to_vec(&payload).map_err(|error| Error::Bug(error.to_string()))?;
    let mut sealed = tag(
        &secret(partition, "search-cursor").await?,
        &payload,
        grant,
        query,
    )?;
    sealed.extend(payload);
    Ok(URL_SAFE_NO_PAD.encode(sealed))
}

/// The position that a cursor text names.
///
/// # Errors
/// 400 when the text was not made by this server for this query and caller.
pub(super) async fn open(
    partition: &Partition,
    grant: &Grant,
    query: &Query,
    text: &str,
) -> Result<After, Error> {
    let wrong = || {
        let message = "The cursor `ct` does not belong to this search and caller; \
            start again from the first page.";
        Error::invalid_because(Issue::error(IssueType::Invalid, message).at("ct"))
    };
    let sealed = URL_SAFE_NO_PAD.decode(text).map_err(|_| wrong())?;
    let (given, payload) = sealed.split_at_checked(TAG).ok_or_else(wrong)?;
    let expected = tag(
        &secret(partition, "search-cursor").await?,
        payload,
        grant,
        query,
    )?;
    let differs = given
        .iter()
        .zip(&expected)
        .fold(0, |all, (a, b)| all | (a ^ b));
    if differs != 0 {
        return Err(wrong());
    }
    let (sequence, rid, key) = serde_json::from_slice(payload).map_err(|_| wrong())?;
    Ok(After {
        sequence,
        position: Position { rid, key },
    })
}

fn tag(key: &[u8], payload: &[u8], grant: &Grant, query: &Query) -> Result<Vec<u8>, Error> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key)
        .map_err(|error| Error::Bug(format!("the cursor key: {error}")))?;
    let bound = (grant.subject(), query.resource_type, &query.applied);
    let bound = serde_json::to_vec(&bound).map_err(|error| Error::Bug(error.to_string()))?;
    mac.update(&bound);
    mac.update(payload);
    let mut tag = mac.finalize().into_bytes().to_vec();
    tag.truncate(TAG);
    Ok(tag)
}
