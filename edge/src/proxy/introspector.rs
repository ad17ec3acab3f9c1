//! Who asks about a token, and about which tokens they may ask: an app about those of its own
//! authorization, a client that is registered for it about all.
//! <https://www.rfc-editor.org/rfc/rfc7662#section-4>

use super::client_authentication;
use super::rate_limit;
use super::refresh_token;
use super::refusal::{Failure, Refused};
use super::value;
use crate::auth::{self, ServiceToken, check_any_action, presented_token, token_id};
use crate::error::{Error, Reason};
use crate::exchange::Exchange;
use crate::seal::Purpose;
use fhir::outcome::IssueType;

/// Who asks.
pub(super) enum Introspector {
    /// A client that is registered for it.
    Registered,
    /// The bearer of an access token.
    Bearer {
        token: String,
        /// The authorization that the token was issued for, where it was issued through the proxy.
        authorization: Option<String>,
    },
}

impl Introspector {
    /// Finds out who asks: by a Bearer token, or by a client assertion in the form.
    pub(super) async fn of_request(
        exchange: &Exchange,
        form: Option<&Vec<(String, String)>>,
    ) -> Result<Self, Failure> {
        if let Some(form) = form
            && exchange.request.header("authorization").is_none()
            && value(form, "client_assertion").is_some()
        {
            return by_assertion(exchange, form).await;
        }
        let principal = auth::authenticate(exchange).await?;
        check_any_action(&principal, "introspect")?;
        rate_limit::count_caller(exchange, &principal).await?;
        let (_, token) = presented_token(exchange.request.header("authorization"))?;
        let client = service(exchange, token).await?;
        if client.is_some_and(|client| is_registered(exchange, &client)) {
            return Ok(Self::Registered);
        }
        Ok(Self::Bearer {
            token: token.to_owned(),
            authorization: authorization(exchange, token).await?,
        })
    }

    /// Checks that they may ask about `token`.
    ///
    /// # Errors
    /// 403 for a token that is somebody else's, good or not.
    pub(super) async fn check(&self, exchange: &Exchange, asked: &str) -> Result<(), Error> {
        let Self::Bearer {
            token,
            authorization: own,
        } = self
        else {
            return Ok(());
        };
        let is_own =
            token == asked || (own.is_some() && *own == authorization(exchange, asked).await?);
        if is_own {
            return Ok(());
        }
        let message = "An app may introspect the tokens of its own authorization; for others a \
            client must be registered with \"introspect\": true in SMART_CLIENTS.";
        Err(Error::rejected(
            Reason::Forbidden,
            IssueType::Forbidden,
            message,
        ))
    }
}

fn is_registered(exchange: &Exchange, client_id: &str) -> bool {
    let client = exchange.server.config.smart_proxy.client(client_id);
    client.is_some_and(|client| client.introspects)
}

async fn by_assertion(
    exchange: &Exchange,
    form: &[(String, String)],
) -> Result<Introspector, Failure> {
    let client = client_authentication::authenticate(exchange, form).await?;
    rate_limit::count_client(exchange, &client).await?;
    if !client.is_verified {
        let words = "The client has no keys here: it must send a Bearer token of its own.";
        return Err(Refused("invalid_client", words.into()).into());
    }
    if client.id.is_some_and(|id| is_registered(exchange, &id)) {
        return Ok(Introspector::Registered);
    }
    let words = "The client is not registered for introspection (\"introspect\" in SMART_CLIENTS).";
    Err(Refused("unauthorized_client", words.into()).into())
}

/// The client whose own token this is, without a person; the token was verified.
async fn service(exchange: &Exchange, token: &str) -> Result<Option<String>, Error> {
    if token.contains('.') {
        return Ok(auth::stated(token).service);
    }
    let service: Option<ServiceToken> = exchange.server.unseal(Purpose::AccessToken, token).await?;
    Ok(service.map(|service| service.client_id))
}

/// The authorization that an access token or a refresh token is of.
async fn authorization(exchange: &Exchange, token: &str) -> Result<Option<String>, Error> {
    if token.contains('.') {
        let authorizations = exchange.server.authorizations()?;
        let grant = authorizations.issued_grant(&token_id(token)).await?;
        return Ok(grant.map(|grant| grant.authorization));
    }
    let opened = refresh_token::open(exchange, token).await?;
    Ok(opened.map(|token| token.authorization))
}
