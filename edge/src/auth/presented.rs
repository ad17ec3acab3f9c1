//! The caller of a request: the token that came with it, what the store knows of the token, and the
//! proof that it is the sender's.

use super::{
    Admitted, Caller, Identity, Launched, Principal, ServiceToken, Verifier, authenticate_person,
    authenticate_service, known, presented_proof, presented_token, refuse,
};
use crate::error::Error;
use crate::exchange::Exchange;
use crate::rate;
use crate::seal::Purpose;
use crate::server::{Server, is_loopback};
use crate::store::AccessToken;
use smart::launch_context;
use std::rc::Rc;

/// The caller; 401 when there is no valid token.
pub(crate) async fn authenticate(exchange: &Exchange) -> Result<Rc<Principal>, Error> {
    let (scheme, token) = presented_token(exchange.request.header("authorization"))?;
    let Admitted { principal, key } = admitted(exchange, token).await?;
    presented_proof::check_binding(exchange, (scheme, token), &key).await?;
    Ok(principal)
}

/// The caller that a token names, however it was sent.
async fn admitted(exchange: &Exchange, token: &str) -> Result<Admitted, Error> {
    let server = &exchange.server;
    if let Some(known) = known(&Verifier::of(server), token).await? {
        if known.principal.may_be_revoked(server.now) {
            issued_token(server, known.principal.identity()).await?;
            known.principal.is_not_revoked(server.now);
        }
        return Ok(known);
    }
    let address = exchange.request.address();
    rate::check_failures(&address, server.now)?;
    let admitted = admit(server, token).await;
    if matches!(admitted, Err(Error::Rejected(_))) {
        server.rates.count_failure(&address, server.now).await;
    }
    admitted
}

/// The caller that a token names which was not seen before.
async fn admit(server: &Server, token: &str) -> Result<Admitted, Error> {
    let caller = verify_any(server, token).await?;
    let issued = issued_token(server, caller.identity()).await?;
    let key = issued.grant.as_ref().map(|grant| grant.key.clone());
    let launched = issued.grant.map(|grant| Launched {
        patient: launch_context::patient(&grant.launch),
        scope: grant.scope,
    });
    let key = key.unwrap_or_default();
    Ok(caller.admit(&Verifier::of(server), token, launched.as_ref(), &key))
}

/// What the store knows of a token; 401 when it was revoked, or issued before its person
/// signed out or was switched off.
async fn issued_token(server: &Server, identity: &Identity) -> Result<AccessToken, Error> {
    let Identity {
        token_id,
        person,
        session,
        issued,
        ..
    } = identity;
    let session = session.as_deref().unwrap_or_default();
    let authorizations = server.authorizations()?;
    let known = authorizations
        .access_token(token_id, person, session)
        .await?;
    if known.is_revoked {
        return Err(refuse("the token was revoked"));
    }
    let is_old = |since| issued.is_none_or(|issued| issued < since);
    if known.not_before.is_some_and(is_old) {
        return Err(refuse(
            "the session that the token belongs to has ended; sign in again",
        ));
    }
    Ok(known)
}

/// What the store knows of a token; `None` when it is not good any more.
pub(crate) async fn known_token(
    server: &Server,
    identity: &Identity,
) -> Result<Option<AccessToken>, Error> {
    match issued_token(server, identity).await {
        Ok(known) => Ok(Some(known)),
        Err(Error::Rejected(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Whom a token names, if it is right. What is no JWT can only be ours.
async fn verify_any(server: &Server, token: &str) -> Result<Caller, Error> {
    if token.contains('.') {
        return authenticate_person(&Verifier::of(server), token).await;
    }
    let service: Option<ServiceToken> = server.unseal(Purpose::AccessToken, token).await?;
    let service = service.ok_or_else(|| refuse("the token is no JWT"))?;
    let registered = server.config.smart_proxy.client(&service.client_id);
    let own = registered.and_then(|client| client.service.as_ref());
    let own = own.ok_or_else(|| refuse("the service is not registered any more"))?;
    authenticate_service(&Verifier::of(server), token, service, &own.roles)
}

/// Checks that it is settled whom tokens must be meant for. The address that a request came to
/// says so only on the developer's own machine: elsewhere whoever sends the request chooses it.
pub(crate) fn check_audience_is_settled(server: &Server) -> Result<(), Error> {
    let is_settled =
        server.config.base_url.is_some() || !server.config.security.audiences.is_empty();
    if is_settled || is_loopback(&server.base_url) {
        return Ok(());
    }
    Err(Error::Unconfigured(
        "The server does not know its own address: its operator must set BASE_URL (or \
         AUDIENCE) before it takes tokens.",
    ))
}
