//! `POST /AadSmartOnFhirProxy/token`: redeems a code or a refresh token at the provider, or gives a
//! backend service a token of ours.
//! <https://hl7.org/fhir/smart-app-launch/app-launch.html#obtain-access-token>

use super::app_request::SYSTEM_SCOPES;
use super::client_authentication;
use super::refusal::{self, Failure, Refused, missing};
use super::{backend_service, dpop, provider, rate_limit, redemption, value};
use crate::error::Error;
use crate::exchange::Exchange;
use crate::message::Answer;
use smart::scope_list::names_system;

/// Redeems what the form holds.
pub(super) async fn token(exchange: &Exchange) -> Result<Answer, Error> {
    let answer = refusal::answered(exchange, redeem(exchange).await)?;
    dpop::with_nonce(exchange, answer).await
}

async fn redeem(exchange: &Exchange) -> Result<Answer, Failure> {
    let form = refusal::form(exchange).await?;
    let Some(grant_type) = value(&form, "grant_type") else {
        return Err(missing("grant_type").into());
    };
    let client = client_authentication::authenticate(exchange, &form).await?;
    rate_limit::count_client(exchange, &client).await?;
    // Before anything is used up.
    let is_of_person = matches!(grant_type, "authorization_code" | "refresh_token");
    if is_of_person && value(&form, "scope").is_some_and(names_system) {
        return Err(Refused("invalid_scope", SYSTEM_SCOPES.into()).into());
    }
    let key = dpop::key(exchange, &client).await?;
    let redemption = match grant_type {
        "authorization_code" => redemption::of_code(exchange, &form, &client, key).await?,
        "refresh_token" => redemption::of_refresh_token(exchange, &form, &client, key).await?,
        "client_credentials" if client.is_verified => {
            return backend_service::issue(exchange, &form, &client, key).await;
        }
        "client_credentials" => redemption::of_secret(exchange, &form, &client)?,
        other => {
            let words = format!("The grant type {other} is not supported.");
            return Err(Refused("unsupported_grant_type", words).into());
        }
    };
    provider::redeem(exchange, &form, client, redemption).await
}
