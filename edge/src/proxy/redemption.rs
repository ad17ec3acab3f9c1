//! What a code or a refresh token of ours is redeemed with at the provider, and what is used up
//! when the provider accepts it. <https://www.rfc-editor.org/rfc/rfc6749#section-4.1.3>

use super::authorize::is_v2;
use super::callback::Code;
use super::client_authentication::Client;
use super::launch::Handle;
use super::redirect::callback_url;
use super::refresh_token::{self, Taken};
use super::refusal::{Failure, Refused, missing};
use super::token_response::Completion;
use super::{ceiling, code_challenge, dpop, value};
use crate::error::Error;
use crate::exchange::Exchange;
use crate::seal::Purpose;
use smart::qualified_scope::{requalify, unqualify};

/// What the provider is sent, and what its answer is completed with.
#[derive(Debug, Default)]
pub(super) struct Redemption {
    pub(super) form: Vec<(&'static str, String)>,
    pub(super) completion: Completion,
    pub(super) used: Used,
}

/// What a request uses.
#[derive(Debug, Default)]
pub(super) enum Used {
    #[default]
    Nothing,
    /// A code, which is spent once the provider has accepted what came with it.
    Code(CodeUse),
    /// A refresh token, which is given back when the provider does not accept it.
    RefreshToken(Taken),
}

/// The code of a request.
#[derive(Debug)]
pub(super) struct CodeUse {
    /// Its id, which is that of the authorization as well.
    id: String,
    /// When it ends, in milliseconds since 1970.
    expires: i64,
    /// The handle that the app was launched with, which goes with the code.
    handle: Option<Handle>,
}

impl CodeUse {
    /// Spends the code; `false` when somebody else did.
    pub(super) async fn spend(&self, exchange: &Exchange) -> Result<bool, Error> {
        exchange.server.spend(&self.id, self.expires).await
    }

    /// Spends the handle that the app was launched with; `false` when it was used before.
    pub(super) async fn spend_handle(&self, exchange: &Exchange) -> Result<bool, Error> {
        match &self.handle {
            Some(handle) => handle.spend(exchange).await,
            None => Ok(true),
        }
    }

    pub(super) async fn is_spent(&self, exchange: &Exchange) -> Result<bool, Error> {
        exchange.server.authorizations()?.is_spent(&self.id).await
    }

    /// Two parties have the code: what was issued for it ends.
    /// <https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2>
    pub(super) async fn refuse_replay(&self, exchange: &Exchange) -> Result<Refused, Error> {
        let authorizations = exchange.server.authorizations()?;
        let expires = exchange.server.now + refresh_token::LIFETIME;
        authorizations
            .revoke_authorization(&self.id, expires)
            .await?;
        Ok(invalid_code())
    }
}

fn invalid_code() -> Refused {
    let words = "The code is not one of this server for this client and redirect_uri, was used \
        before, or has expired.";
    Refused("invalid_grant", words.into())
}

/// <https://www.rfc-editor.org/rfc/rfc6749#section-4.1.3>
pub(super) async fn of_code(
    exchange: &Exchange,
    form: &[(String, String)],
    client: &Client,
    key: String,
) -> Result<Redemption, Failure> {
    let Some(code) = value(form, "code") else {
        return Err(missing("code").into());
    };
    let Some(redirect_uri) = value(form, "redirect_uri") else {
        return Err(missing("redirect_uri").into());
    };
    let Some(client_id) = &client.id else {
        return Err(missing("client_id").into());
    };
    let opened: Option<Code> = exchange.server.unseal(Purpose::Code, code).await?;
    let opened = opened.filter(|code| {
        code.expires > exchange.server.now
            && code.redirect_uri == redirect_uri
            && code.client_id == *client_id
    });
    let Some(code) = opened else {
        return Err(invalid_code().into());
    };
    let verifier = value(form, "code_verifier");
    code_challenge::check(code.challenge.as_deref(), verifier, client.is_public)?;
    dpop::check_same(&code.key, &key)?;
    let used = CodeUse {
        id: code.id.clone(),
        expires: code.expires,
        handle: code.handle,
    };
    if used.is_spent(exchange).await? {
        return Err(used.refuse_replay(exchange).await?.into());
    }
    let mut sent = vec![
        ("redirect_uri", callback_url(exchange, redirect_uri)),
        ("code", code.code),
    ];
    sent.extend(scope(exchange, client_id, form)?);
    Ok(Redemption {
        form: sent,
        completion: Completion {
            launch: code.launch,
            chosen_by: code.chosen_by,
            scope: code.scope,
            authorization: code.id,
            key,
            ..Completion::default()
        },
        used: Used::Code(used),
    })
}

/// <https://www.rfc-editor.org/rfc/rfc6749#section-6>
pub(super) async fn of_refresh_token(
    exchange: &Exchange,
    form: &[(String, String)],
    client: &Client,
    key: String,
) -> Result<Redemption, Failure> {
    let Some(token) = value(form, "refresh_token") else {
        return Err(missing("refresh_token").into());
    };
    let opened = refresh_token::open(exchange, token).await?;
    // Some clients send no client_id with a refresh: the token says whose it is.
    let is_own = |own: &str| client.id.as_ref().is_none_or(|id| id == own);
    let Some(token) = opened.filter(|token| is_own(&token.client_id)) else {
        let words = "The refresh token was not made by this server for this client.";
        return Err(Refused("invalid_grant", words.into()).into());
    };
    let registered = exchange.server.config.smart_proxy.client(&token.client_id);
    let has_keys = registered.is_some_and(|client| client.keys.is_some());
    if has_keys && !client.is_verified {
        let words = "The client has keys: it must send a client_assertion.";
        return Err(Refused("invalid_client", words.into()).into());
    }
    // Before anything is used up.
    let scope = scope(exchange, &token.client_id, form)?;
    dpop::check_same(&token.key, &key)?;
    let Some(taken) = token.take(exchange).await? else {
        let words = "The refresh token has ended, was used before, or was revoked; sign in again.";
        return Err(Refused("invalid_grant", words.into()).into());
    };
    Ok(Redemption {
        used: Used::RefreshToken(taken),
        form: [("refresh_token", token.token)]
            .into_iter()
            .chain(scope)
            .collect(),
        completion: Completion {
            launch: token.launch,
            is_vouched: token.is_vouched,
            scope: token.scope,
            client_id: token.client_id,
            authorization: token.authorization,
            generation: token.generation + 1,
            signed_in: Some(token.signed_in),
            key,
            // Whoever came without a secret once does not become trusted by sending one.
            is_public: token.is_public,
            ..Completion::default()
        },
    })
}

/// What a service is redeemed with that proves itself to the provider by a secret.
/// <https://www.rfc-editor.org/rfc/rfc6749#section-4.4.2>
pub(super) fn of_secret(
    exchange: &Exchange,
    form: &[(String, String)],
    client: &Client,
) -> Result<Redemption, Refused> {
    let client_id = client.id.as_deref().unwrap_or_default();
    Ok(Redemption {
        form: scope(exchange, client_id, form)?.into_iter().collect(),
        ..Redemption::default()
    })
}

/// The scope of a request, below the client's ceiling and as the provider names it; the v1 endpoint
/// takes none. A token for another server must not be had through us.
fn scope(
    exchange: &Exchange,
    client_id: &str,
    form: &[(String, String)],
) -> Result<Option<(&'static str, String)>, Refused> {
    let Some(asked) = value(form, "scope") else {
        return Ok(None);
    };
    let configured = &exchange.server.config.security.audiences;
    let mut audiences: Vec<&str> = configured.iter().map(String::as_str).collect();
    if audiences.is_empty() {
        audiences.push(&exchange.server.base_url);
    }
    let qualified = |scope: &str| {
        requalify(scope, &audiences).map_err(|foreign| {
            let words = format!("The scope {foreign} is not one of this server.");
            Refused("invalid_scope", words)
        })
    };
    let scope = qualified(asked)?;
    let named = unqualify(&scope);
    let left = ceiling::cut_request(exchange, client_id, &named)?;
    let scope = if left == named {
        scope
    } else {
        qualified(&left)?
    };
    let is_sent = !scope.is_empty() && exchange.server.authority().is_ok_and(|own| is_v2(&own.url));
    Ok(is_sent.then_some(("scope", scope)))
}
