//! batch: each entry by itself, answered in the order of the request.
//! <https://hl7.org/fhir/R4/http.html#brules>

use super::context::Context;
use super::entry;
use super::outcome::Outcome;
use super::request::{Request, perform};
use crate::error::Error;
use fhir::bundle::{Entry, Method};
use fhir::outcome::Issue;
use futures_util::future::join_all;

/// How many writes are under way at once: enough for the ledger to flush them together.
const WRITES_TOGETHER: usize = 50;
/// How many reads are: those of other requests come in between.
const READS_TOGETHER: usize = 8;

/// Performs the entries verb by verb, those of one verb side by side.
pub(super) async fn batch(
    context: Context<'_>,
    entries: Vec<Result<Entry, Issue>>,
) -> Vec<Result<Outcome, Error>> {
    let mut outcomes: Vec<Option<Result<Outcome, Error>>> = Vec::with_capacity(entries.len());
    let mut requests: Vec<(usize, Method, Request)> = Vec::with_capacity(entries.len());
    for (at, read) in entries.into_iter().enumerate() {
        let read = read.map_err(Error::invalid_because);
        let request = read.and_then(|entry| Ok((entry.method, entry::request(context, entry)?)));
        outcomes.push(match request {
            Ok((method, request)) => {
                requests.push((at, method, request));
                None
            }
            Err(error) => Some(Err(error)),
        });
    }
    // The specification's order; of one verb, that of the request.
    requests.sort_by_key(|(_, method, _)| *method);
    let mut requests = requests.into_iter().peekable();
    while let Some((at, method, request)) = requests.next() {
        let together = match method {
            Method::Get => READS_TOGETHER,
            Method::Delete | Method::Post | Method::Put => WRITES_TOGETHER,
        };
        let (mut places, mut under_way) = (vec![at], vec![perform(context, request)]);
        while places.len() < together
            && let Some((at, _, request)) = requests.next_if(|(_, other, _)| *other == method)
        {
            places.push(at);
            under_way.push(perform(context, request));
        }
        for (at, outcome) in places.into_iter().zip(join_all(under_way).await) {
            if let Some(place) = outcomes.get_mut(at) {
                *place = Some(outcome);
            }
        }
    }
    let missing = || Err(Error::Bug("an entry of a batch was not performed".into()));
    let outcomes = outcomes.into_iter();
    outcomes
        .map(|outcome| outcome.unwrap_or_else(missing))
        .collect()
}
