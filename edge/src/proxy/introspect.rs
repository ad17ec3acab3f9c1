//! `POST /connect/introspect`: what a token says and whether it is good, for servers that cannot
//! tell by themselves. <https://hl7.org/fhir/smart-app-launch/token-introspection.html>

use super::refresh_token::{self, RefreshToken};
use super::refusal::{self, missing, not_stored};
use super::{Purpose, rate_limit, value};
use crate::auth::{self, ServiceToken, check_any_action};
use crate::error::Error;
use crate::http::{Answer, Exchange};
use serde_json::{Map, Value, json};
use smart::qualified_scope::unqualify;

/// Answers a caller who may do anything at all here.
pub(crate) async fn introspect(
    exchange: &Exchange,
    request: &web_sys::Request,
) -> Result<Answer, Error> {
    let principal = exchange.authenticate().await?;
    check_any_action(&principal, "introspect")?;
    if let Err(refused) = rate_limit::count_caller(exchange, &principal).await {
        return Ok(refusal::answer(exchange, &refused));
    }
    let told = match refusal::form(exchange, request).await? {
        Ok(form) => match value(&form, "token") {
            Some(token) => Ok(describe(exchange, token).await?),
            None => Err(missing("token")),
        },
        Err(refused) => Err(refused),
    };
    Ok(match told {
        Ok(described) => {
            let inactive = || json!({ "active": false });
            not_stored(exchange, 200, &described.unwrap_or_else(inactive))
        }
        Err(refused) => refusal::answer(exchange, &refused),
    })
}

/// What is to be told of an active token; `None` for any other.
async fn describe(exchange: &Exchange, token: &str) -> Result<Option<Value>, Error> {
    if token.contains('.') {
        return of_provider(exchange, token).await;
    }
    if let Some(service) = exchange.unseal(Purpose::AccessToken, token).await? {
        return of_service(exchange, token, &service).await;
    }
    match refresh_token::open(exchange, token).await? {
        Some(refresh_token) => of_refresh_token(exchange, &refresh_token).await,
        None => Ok(None),
    }
}

async fn of_provider(exchange: &Exchange, token: &str) -> Result<Option<Value>, Error> {
    let Some(inspected) = auth::inspect(&exchange.verifier(), token).await? else {
        return Ok(None);
    };
    let claims = inspected.claims;
    let Some(known) = exchange.known_token(&inspected.identity).await? else {
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
    if !inspected.scopes.is_empty() {
        told.insert("scope".into(), unqualify(&inspected.scopes).into());
    }
    if let Some(grant) = known.grant {
        let launch: Map<String, Value> = serde_json::from_str(&grant.launch).unwrap_or_default();
        told.extend(launch);
    }
    Ok(Some(told.into()))
}

async fn of_service(
    exchange: &Exchange,
    token: &str,
    service: &ServiceToken,
) -> Result<Option<Value>, Error> {
    let registered = exchange.config.smart_proxy.client(&service.client_id);
    let is_service = registered.is_some_and(|client| client.service.is_some());
    if service.expires <= exchange.now / 1000 || !is_service {
        return Ok(None);
    }
    let identity = auth::identity_of_service(&exchange.verifier(), token, service);
    if exchange.known_token(&identity).await?.is_none() {
        return Ok(None);
    }
    let mut told = active();
    told.insert("iss".into(), exchange.base_url.as_str().into());
    told.insert("sub".into(), service.client_id.as_str().into());
    told.insert("aud".into(), exchange.base_url.as_str().into());
    told.insert("exp".into(), service.expires.into());
    told.insert("iat".into(), service.issued.into());
    told.insert("client_id".into(), service.client_id.as_str().into());
    told.insert("scope".into(), service.scope.as_str().into());
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
    Ok(Some(told.into()))
}

fn active() -> Map<String, Value> {
    let mut told = Map::new();
    told.insert("active".into(), true.into());
    told.insert("token_type".into(), "Bearer".into());
    told
}
