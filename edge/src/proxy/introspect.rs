//! `POST /connect/introspect`: what a token says and whether it is good, for an app that asks about
//! its own tokens, and for servers that the operator registered to ask about all.
//! <https://hl7.org/fhir/smart-app-launch/token-introspection.html>

use super::introspector::Introspector;
use super::refresh_token::{self, RefreshToken};
use super::refusal::{self, Failure, missing, not_stored};
use super::value;
use crate::auth::{self, ServiceToken, Verifier};
use crate::error::Error;
use crate::exchange::Exchange;
use crate::message::Answer;
use crate::seal::Purpose;
use crate::status::Status;
use serde_json::{Map, Value, json};
use smart::qualified_scope::unqualify;

/// Answers who may ask about the token.
pub(crate) async fn introspect(exchange: &Exchange) -> Result<Answer, Error> {
    refusal::answered(exchange, introspected(exchange).await)
}

async fn introspected(exchange: &Exchange) -> Result<Answer, Failure> {
    let form = refusal::form(exchange).await;
    // Whoever may not ask learns that first, whatever is wrong with the form.
    let introspector = match Introspector::of_request(exchange, form.as_ref().ok()).await {
        Err(Failure::Failed(error)) => return Err(error.into()),
        introspector => introspector,
    };
    let form = form?;
    let introspector = introspector?;
    let token = value(&form, "token").ok_or_else(|| missing("token"))?;
    introspector.check(exchange, token).await?;
    let described = describe(exchange, token).await?;
    let inactive = || json!({ "active": false });
    let described = described.unwrap_or_else(inactive);
    Ok(not_stored(exchange, Status::OK, &described))
}

/// What is to be told of an active token; `None` for any other.
async fn describe(exchange: &Exchange, token: &str) -> Result<Option<Value>, Error> {
    if token.contains('.') {
        return of_provider(exchange, token).await;
    }
    if let Some(service) = exchange.server.unseal(Purpose::AccessToken, token).await? {
        return of_service(exchange, token, &service).await;
    }
    match refresh_token::open(exchange, token).await? {
        Some(refresh_token) => of_refresh_token(exchange, &refresh_token).await,
        None => Ok(None),
    }
}

async fn of_provider(exchange: &Exchange, token: &str) -> Result<Option<Value>, Error> {
    let Some(inspected) = auth::inspect(&Verifier::of(&exchange.server), token).await? else {
        return Ok(None);
    };
    let claims = inspected.claims;
    let Some(known) = auth::known_token(&exchange.server, &inspected.identity).await? else {
        return Ok(None);
    };
    let mut told = active();
    for name in ["iss", "sub", "aud", "exp", "iat", "fhirUser"] {
        told.extend(claims.get(name).map(|value| (name.into(), value.clone())));
    }
    let first = |names: &[&str]| names.iter().find_map(|name| claims.get(*name)).cloned();
    let renamed = [
        ("client_id", first(&["azp", "appid", "client_id"])),
        (
            "username",
            first(&["preferred_username", "upn", "unique_name"]),
        ),
    ];
    for (name, value) in renamed {
        told.extend(value.map(|value| (name.into(), value)));
    }
    // What the app was granted is at most what the provider put into the token.
    let granted = known.grant.as_ref().map(|grant| grant.scope.clone());
    let scopes = granted.unwrap_or_else(|| unqualify(&inspected.scopes));
    if !scopes.is_empty() {
        told.insert("scope".into(), scopes.into());
    }
    if let Some(grant) = known.grant {
        let launch: Map<String, Value> = serde_json::from_str(&grant.launch).unwrap_or_default();
        told.extend(launch);
        bind(&mut told, &grant.key);
    }
    Ok(Some(told.into()))
}

async fn of_service(
    exchange: &Exchange,
    token: &str,
    service: &ServiceToken,
) -> Result<Option<Value>, Error> {
    let registered = exchange
        .server
        .config
        .smart_proxy
        .client(&service.client_id);
    let is_service = registered.is_some_and(|client| client.service.is_some());
    if service.expires <= exchange.server.now / 1000 || !is_service {
        return Ok(None);
    }
    let identity = auth::identity_of_service(&Verifier::of(&exchange.server), token, service);
    if auth::known_token(&exchange.server, &identity)
        .await?
        .is_none()
    {
        return Ok(None);
    }
    let mut told = active();
    told.insert("iss".into(), exchange.server.base_url.as_str().into());
    told.insert("sub".into(), service.client_id.as_str().into());
    told.insert("aud".into(), exchange.server.base_url.as_str().into());
    told.insert("exp".into(), service.expires.into());
    told.insert("iat".into(), service.issued.into());
    told.insert("client_id".into(), service.client_id.as_str().into());
    told.insert("scope".into(), service.scope.as_str().into());
    bind(&mut told, &service.key);
    Ok(Some(told.into()))
}

async fn of_refresh_token(
    exchange: &Exchange,
    token: &RefreshToken,
) -> Result<Option<Value>, Error> {
    if !token.is_newest(exchange).await? {
        return Ok(None);
    }
    let mut told = token.launch.clone();
    told.insert("active".into(), true.into());
    told.insert("client_id".into(), token.client_id.as_str().into());
    told.insert("exp".into(), (token.expires / 1000).into());
    if !token.key.is_empty() {
        told.insert("cnf".into(), json!({ "jkt": token.key }));
    }
    Ok(Some(told.into()))
}

/// Tells the key that a token is bound to. <https://www.rfc-editor.org/rfc/rfc9449#section-6.2>
fn bind(told: &mut Map<String, Value>, key: &str) {
    if !key.is_empty() {
        told.insert("token_type".into(), "DPoP".into());
        told.insert("cnf".into(), json!({ "jkt": key }));
    }
}

fn active() -> Map<String, Value> {
    let mut told = Map::new();
    told.insert("active".into(), true.into());
    told.insert("token_type".into(), "Bearer".into());
    told
}
