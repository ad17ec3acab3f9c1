//! `POST /connect/logout`: the identity provider tells that a person has signed out there, and what
//! was issued to them ends here. <https://openid.net/specs/openid-connect-backchannel-1_0.html>

use super::refresh_token::LIFETIME;
use super::refusal::{self, Failure, Refused, missing};
use super::value;
use crate::auth::Verifier;
use crate::auth::{LogoutToken, check_logout_token, ending};
use crate::error::Error;
use crate::exchange::Exchange;
use crate::message::Answer;
use crate::status::Status;

/// Ends the sessions that the form's `logout_token` names.
pub(crate) async fn logout(exchange: &Exchange) -> Result<Answer, Error> {
    let ended = end(exchange).await;
    let answer = || Answer::empty(Status::OK).with("cache-control", "no-store");
    refusal::answered(exchange, ended.map(|()| answer()))
}

async fn end(exchange: &Exchange) -> Result<(), Failure> {
    let form = refusal::form(exchange).await?;
    let Some(token) = value(&form, "logout_token") else {
        return Err(missing("logout_token").into());
    };
    let verifier = Verifier::of(&exchange.server);
    let is_ours = |client: &str| is_ours(exchange, client);
    let token = check_logout_token(&verifier, token, is_ours).await?;
    let token = token.map_err(|reason| not_accepted(&reason))?;
    let LogoutToken {
        issuer,
        who,
        not_before,
        id,
        expires,
    } = token;
    let ending = ending(&verifier, Some(&issuer), &who).await;
    let authorizations = exchange.server.authorizations()?;
    let remembered = exchange.server.now + LIFETIME;
    authorizations
        .sign_out(&ending.names, not_before, remembered)
        .await?;
    // Afterwards: a provider that got no answer sends it again, which ends nothing newer.
    let used = format!("logout {}:{issuer}{id}", issuer.len());
    if !exchange.server.spend(&used, expires).await? {
        return Err(not_accepted("it was used before (`jti`)").into());
    }
    Ok(())
}

/// Whether a client is one that the provider knows of us: an app, the browser client, or the server.
fn is_ours(exchange: &Exchange, client: &str) -> bool {
    let config = &exchange.server.config;
    client == config.client.id
        || config.smart_proxy.client(client).is_some()
        || Verifier::of(&exchange.server).is_audience(client)
}

fn not_accepted(reason: &str) -> Refused {
    let words = format!("The logout_token is not accepted: {reason}.");
    Refused("invalid_request", words)
}
