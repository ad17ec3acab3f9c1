//! `POST /connect/revoke-sessions`: an administrator ends what was issued to a person or a service,
//! or an app's authorization, where the identity provider does not tell of it by itself.
//! <https://www.rfc-editor.org/rfc/rfc7009>

use super::refresh_token::{self, LIFETIME};
use super::refusal::{self, Failure, Refused, missing};
use super::value;
use crate::auth::{self, SignedOut, Verifier, check_may_end_sessions, ending, token_id};
use crate::error::Error;
use crate::exchange::Exchange;
use crate::message::Answer;
use crate::status::Status;

/// Ends what the form names: the `object_id` of a person or service, of one `issuer` or of all, or
/// the authorization of a `token`.
pub(crate) async fn revoke_sessions(exchange: &Exchange) -> Result<Answer, Error> {
    let principal = auth::authenticate(exchange).await?;
    check_may_end_sessions(&principal)?;
    let ended = end(exchange).await;
    let answer = || Answer::empty(Status::NO_CONTENT).with("cache-control", "no-store");
    refusal::answered(exchange, ended.map(|()| answer()))
}

async fn end(exchange: &Exchange) -> Result<(), Failure> {
    let form = refusal::form(exchange).await?;
    match (value(&form, "object_id"), value(&form, "token")) {
        (Some(id), None) => of_person(exchange, value(&form, "issuer"), id).await,
        (None, Some(token)) => of_token(exchange, token).await,
        (None, None) => Err(missing("object_id").into()),
        (Some(_), Some(_)) => {
            let words = "The parameters object_id and token exclude each other.";
            Err(Refused("invalid_request", words.into()).into())
        }
    }
}

async fn of_person(
    exchange: &Exchange,
    issuer: Option<&str>,
    object_id: &str,
) -> Result<(), Failure> {
    let who = SignedOut::Person(object_id.to_owned());
    let ending = ending(&Verifier::of(&exchange.server), issuer, &who).await;
    let authorizations = exchange.server.authorizations()?;
    let remembered = exchange.server.now + LIFETIME;
    authorizations
        .sign_out(&ending.names, exchange.server.now, remembered)
        .await?;
    match (ending.outage, ending.names.as_slice()) {
        // Done as far as it could be; who is told so asks again.
        (Some(outage), _) if issuer.is_none() => Err(outage.into()),
        (Some(outage), []) => Err(outage.into()),
        (None, []) => {
            let words = "The issuer is not one that this server trusts.";
            Err(Refused("invalid_request", words.into()).into())
        }
        _ => Ok(()),
    }
}

/// Ends the authorization that a token is of; an access token of none ends alone.
async fn of_token(exchange: &Exchange, token: &str) -> Result<(), Failure> {
    let expires = exchange.server.now + LIFETIME;
    let authorizations = exchange.server.authorizations()?;
    if let Some(own) = refresh_token::open(exchange, token).await? {
        return Ok(own.revoke(exchange).await?);
    }
    let id = token_id(token);
    if let Some(grant) = authorizations.issued_grant(&id).await? {
        authorizations
            .revoke_authorization(&grant.authorization, expires)
            .await?;
        return Ok(());
    }
    let stated = auth::stated(token);
    let Some(ends) = stated.ends.filter(|_| stated.person.is_some()) else {
        let words = "The token is neither a refresh token of this server nor an access token.";
        return Err(Refused("invalid_request", words.into()).into());
    };
    let ends = ends.saturating_mul(1000).min(expires);
    Ok(authorizations.revoke_access_token(&id, ends).await?)
}
