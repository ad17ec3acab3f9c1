//! How often one address, client or caller may ask: what anybody can call without a token must not
//! become a way to guess, or to load the identity provider.
//! <https://www.rfc-editor.org/rfc/rfc6819#section-4.3.2>

use super::client_authentication::Client;
use super::refusal::{Refused, TOO_MANY};
use crate::auth::Principal;
use crate::error::Error;
use crate::exchange::Exchange;
use crate::rate::{PERIOD, Rate, throttled};

const OF_ADDRESS: &str =
    "Too many requests for signing in came from this address; try again in a minute.";

/// Counts a request of an address, for a page or a step of a sign-in.
///
/// # Errors
/// 429 when the address has asked too often.
pub(super) async fn count(exchange: &Exchange) -> Result<(), Error> {
    let within = count_address(exchange).await;
    within.map_err(|_| throttled(OF_ADDRESS, PERIOD))
}

/// The same where forms are answered in OAuth's words.
pub(super) async fn count_address(exchange: &Exchange) -> Result<(), Refused> {
    if exchange
        .server
        .rates
        .count(Rate::Proxy, &exchange.request.address())
        .await
    {
        return Ok(());
    }
    Err(Refused(TOO_MANY, OF_ADDRESS.into()))
}

/// Counts a request of a client. One that did not prove who it is counts with its address: nobody
/// else can use its name up.
pub(super) async fn count_client(exchange: &Exchange, client: &Client) -> Result<(), Refused> {
    let id = client.id.as_deref().unwrap_or_default();
    let key = if client.is_verified {
        format!("client {id}")
    } else {
        // As long as an id can be, whatever is sent.
        let id: String = id.chars().take(128).collect();
        format!("{} {id}", exchange.request.address())
    };
    within(exchange, &key).await
}

/// Counts a request of somebody with a token.
pub(super) async fn count_caller(
    exchange: &Exchange,
    principal: &Principal,
) -> Result<(), Refused> {
    within(exchange, &principal.identity().person).await
}

async fn within(exchange: &Exchange, key: &str) -> Result<(), Refused> {
    if exchange.server.rates.count(Rate::Token, key).await {
        return Ok(());
    }
    let words = "Too many requests of this client; try again in a minute.";
    Err(Refused(TOO_MANY, words.into()))
}
