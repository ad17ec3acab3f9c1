//! `POST /connect/revoke`: an app gives up a token. A refresh token takes its whole authorization
//! with it. <https://www.rfc-editor.org/rfc/rfc7009>

use super::refresh_token;
use super::refusal::{self, Failure, Refused, missing};
use super::{client_authentication, rate_limit, value};
use crate::auth::{self, ServiceToken, Verifier, token_id};
use crate::error::Error;
use crate::exchange::Exchange;
use crate::message::Answer;
use crate::seal::Purpose;
use crate::status::Status;
use serde_json::Value;

/// Ends the token that the form holds. A token that means nothing here is ended already.
pub(crate) async fn revoke(exchange: &Exchange) -> Result<Answer, Error> {
    let ended = end(exchange).await;
    let answer = || {
        Answer::empty(Status::OK)
            .with("cache-control", "no-store")
            .with("pragma", "no-cache")
    };
    refusal::answered(exchange, ended.map(|()| answer()))
}

async fn end(exchange: &Exchange) -> Result<(), Failure> {
    let form = refusal::form(exchange).await?;
    let Some(token) = value(&form, "token") else {
        return Err(missing("token").into());
    };
    let client = client_authentication::authenticate(exchange, &form).await?;
    rate_limit::count_client(exchange, &client).await?;
    let Some(client_id) = client.id else {
        return Err(missing("client_id").into());
    };
    let foreign = || {
        let words = "The token was issued to another client.";
        Err(Refused("unauthorized_client", words.into()).into())
    };
    let authorizations = exchange.server.authorizations()?;
    if token.contains('.') {
        let Some((owner, expires)) = of_provider(exchange, token).await? else {
            return Ok(());
        };
        if owner.as_deref() != Some(client_id.as_str()) {
            return foreign();
        }
        authorizations
            .revoke_access_token(&token_id(token), expires)
            .await?;
        return Ok(());
    }
    let service: Option<ServiceToken> = exchange.server.unseal(Purpose::AccessToken, token).await?;
    if let Some(service) = service {
        if service.client_id != client_id {
            return foreign();
        }
        let expires = service.expires * 1000;
        authorizations
            .revoke_access_token(&token_id(token), expires)
            .await?;
        return Ok(());
    }
    match refresh_token::open(exchange, token).await? {
        Some(own) if own.client_id != client_id => foreign(),
        Some(own) => Ok(own.revoke(exchange).await?),
        None => Ok(()),
    }
}

/// The client that an access token was issued to, and when it ends, skew included; `None` for a
/// token that is not taken here anyway.
async fn of_provider(
    exchange: &Exchange,
    token: &str,
) -> Result<Option<(Option<String>, i64)>, Error> {
    let Some(inspected) = auth::inspect(&Verifier::of(&exchange.server), token).await? else {
        return Ok(None);
    };
    let names = ["azp", "appid", "client_id"];
    let mut stated = names.iter().filter_map(|name| inspected.claims.get(*name));
    let owner = stated.next().and_then(Value::as_str);
    let ends = inspected.ends.saturating_mul(1000);
    Ok(Some((owner.map(ToOwned::to_owned), ends)))
}
