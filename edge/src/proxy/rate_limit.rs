//! How often one address may ask: what anybody can call without a token must not become a way to
//! guess, or to load the identity provider. The platform counts, at each of its locations.
//! <https://developers.cloudflare.com/workers/runtime-apis/bindings/rate-limit/>

use crate::error::{Error, Reason};
use crate::http::Exchange;
use fhir::outcome::IssueType;

/// The binding of `edge/wrangler.jsonc`, which says how often; without it nothing is counted.
const BINDING: &str = "PROXY_RATE";

/// Counts a request.
///
/// # Errors
/// 429 when the address has asked too often.
pub(super) async fn count(exchange: &Exchange) -> Result<(), Error> {
    let Ok(limiter) = exchange.env.rate_limiter(BINDING) else {
        return Ok(());
    };
    // The platform sets the header; it is not there when nobody stands between.
    let address = exchange.header("cf-connecting-ip").unwrap_or("local");
    if limiter.limit(address.to_owned()).await?.success {
        return Ok(());
    }
    let message = "Too many requests for signing in came from this address; try again in a minute.";
    Err(Error::rejected(
        Reason::Throttled,
        IssueType::Throttled,
        message,
    ))
}
