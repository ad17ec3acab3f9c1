//! `POST /connect/revoke`: an app gives up a token. A refresh token takes its whole authorization
//! with it. <https://www.rfc-editor.org/rfc/rfc7009>

use super::refresh_token;
use super::refusal::{self, Refused, missing};
use super::{client_authentication, rate_limit, value};
use crate::auth::Verifier;
use crate::auth::{self, ServiceToken, token_id};
use crate::error::Error;
use crate::exchange::Exchange;
use crate::message::Answer;
use crate::seal::Purpose;
use crate::status::Status;
use serde_json::Value;

/// Ends the token that the form holds. A token that means nothing here is ended already.
pub(crate) async fn revoke(exchange: &Exchange) -> Result<Answer, Error> {
    match end(exchange).await? {
        Ok(()) => Ok(Answer::empty(Status::OK)
            .with("cache-control", "no-store")
            .with("pragma", "no-cache")),
        Err(refused) => Ok(refusal::answer(exchange, &refused)),
    }
}

async fn end(exchange: &Exchange) -> Result<Result<(), Refused>, Error> {
    let form = match refusal::form(exchange).await? {
        Ok(form) => form,
        Err(refused) => return Ok(Err(refused)),
    };
    let Some(token) = value(&form, "token") else {
        return Ok(Err(missing("token")));
    };
    let client = match client_authentication::authenticate(exchange, &form).await? {
        Ok(client) => client,
        Err(refused) => return Ok(Err(refused)),
    };
    if let Err(refused) = rate_limit::count_client(exchange, &client).await {
        return Ok(Err(refused));
    }
    let Some(client_id) = client.id else {
        return Ok(Err(missing("client_id")));
    };
    let foreign = || {
        let words = "The token was issued to another client.";
        Ok(Err(Refused("unauthorized_client", words.into())))
    };
    let authorizations = exchange.server.authorizations()?;
    if token.contains('.') {
        let Some((owner, expires)) = of_provider(exchange, token).await? else {
            return Ok(Ok(()));
        };
        if owner.as_deref() != Some(client_id.as_str()) {
            return foreign();
        }
        authorizations
            .revoke_access_token(&token_id(token), expires)
            .await?;
        return Ok(Ok(()));
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
        return Ok(Ok(()));
    }
    match refresh_token::open(exchange, token).await? {
        Some(own) if own.client_id != client_id => foreign(),
        Some(own) => own.revoke(exchange).await.map(Ok),
        None => Ok(Ok(())),
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
