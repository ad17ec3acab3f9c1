//! batch: each entry by itself, answered in the order of the request.
//! <https://hl7.org/fhir/R4/http.html#brules>

use super::entry::{failed, failure, perform, response};
use super::transaction::response_bundle;
use crate::auth::Principal;
use crate::error::Error;
use crate::http::{Answer, Exchange};
use crate::store::Text;
use fhir::bundle::{Entry, Method};
use fhir::outcome::Issue;
use futures_util::future::join_all;

/// How many writes are under way at once: enough for the ledger to flush them together.
const TOGETHER: usize = 50;
/// How many reads are: those of others come in between.
const READS_TOGETHER: usize = 8;

/// Performs the entries verb by verb, those of one verb side by side.
pub(super) async fn batch(
    exchange: &Exchange,
    principal: &Principal,
    entries: Vec<Result<Entry, Issue>>,
) -> Result<Answer, Error> {
    let mut responses: Vec<Vec<Text>> = entries
        .iter()
        .map(|entry| match entry {
            Ok(_) => Vec::new(),
            Err(issue) => failed(exchange, 400, std::slice::from_ref(issue)),
        })
        .collect();
    for method in [Method::Delete, Method::Post, Method::Put, Method::Get] {
        let of_method: Vec<(usize, &Entry)> = entries
            .iter()
            .enumerate()
            .filter_map(|(at, entry)| Some((at, entry.as_ref().ok()?)))
            .filter(|(_, entry)| entry.method == method)
            .collect();
        let together = match method {
            Method::Get => READS_TOGETHER,
            Method::Delete | Method::Post | Method::Put => TOGETHER,
        };
        for together in of_method.chunks(together) {
            let answers = together
                .iter()
                .map(|(_, entry)| perform(exchange, principal, entry));
            let answers = join_all(answers).await;
            for ((at, _), answer) in together.iter().zip(answers) {
                let done = match answer {
                    Ok(answer) => response(&answer),
                    Err(error) => failure(exchange, error),
                };
                if let Some(place) = responses.get_mut(*at) {
                    *place = done;
                }
            }
        }
    }
    Ok(response_bundle(exchange, "batch-response", responses))
}
