//! `POST /AadSmartOnFhirProxy/token`: redeems a code or a refresh token at the provider, or gives a
//! backend service a token of ours.
//! <https://hl7.org/fhir/smart-app-launch/app-launch.html#obtain-access-token>

use super::authorize::is_v2;
use super::callback::Code;
use super::client_authentication::{self, Client};
use super::redirect::callback_url;
use super::refusal::{self, Refused, missing, not_stored};
use super::token_response::{Completion, complete};
use super::{Purpose, backend_service, code_challenge, rate_limit, refresh_token, value};
use crate::auth;
use crate::error::Error;
use crate::http::{Answer, Exchange};
use serde_json::{Map, Value};
use smart::qualified_scope::requalify;

/// What the provider is sent, and what its answer is completed with.
#[derive(Debug, Default)]
struct Redemption {
    form: Vec<(&'static str, String)>,
    completion: Completion,
    /// The authorization and generation of a refresh token that was used up for it.
    used_up: Option<(String, i64)>,
}

/// Redeems what the form holds.
pub(super) async fn token(
    exchange: &Exchange,
    request: &web_sys::Request,
) -> Result<Answer, Error> {
    match redeem(exchange, request).await? {
        Ok(answer) => Ok(answer),
        Err(refused) => Ok(refusal::answer(exchange, &refused)),
    }
}

async fn redeem(
    exchange: &Exchange,
    request: &web_sys::Request,
) -> Result<Result<Answer, Refused>, Error> {
    let form = match refusal::form(exchange, request).await? {
        Ok(form) => form,
        Err(refused) => return Ok(Err(refused)),
    };
    let Some(grant_type) = value(&form, "grant_type") else {
        return Ok(Err(missing("grant_type")));
    };
    let client = match client_authentication::authenticate(exchange, &form).await? {
        Ok(client) => client,
        Err(refused) => return Ok(Err(refused)),
    };
    if let Err(refused) = rate_limit::count_client(exchange, &client).await {
        return Ok(Err(refused));
    }
    // Before anything is used up.
    let scope = match value(&form, "scope").map(|scope| for_us(exchange, scope)) {
        Some(Err(refused)) => return Ok(Err(refused)),
        Some(Ok(scope)) => Some(scope),
        None => None,
    };
    let redemption = match grant_type {
        "authorization_code" => of_code(exchange, &form, &client).await?,
        "refresh_token" => of_refresh_token(exchange, &form, &client).await?,
        "client_credentials" if client.is_verified => {
            return backend_service::issue(exchange, &form, &client).await;
        }
        "client_credentials" => Ok(Redemption::default()),
        other => {
            let words = format!("The grant type {other} is not supported.");
            Err(Refused("unsupported_grant_type", words))
        }
    };
    match redemption {
        Ok(redemption) => at_provider(exchange, (&form, scope), client, redemption).await,
        Err(refused) => Ok(Err(refused)),
    }
}

/// <https://www.rfc-editor.org/rfc/rfc6749#section-4.1.3>
async fn of_code(
    exchange: &Exchange,
    form: &[(String, String)],
    client: &Client,
) -> Result<Result<Redemption, Refused>, Error> {
    let Some(code) = value(form, "code") else {
        return Ok(Err(missing("code")));
    };
    let Some(redirect_uri) = value(form, "redirect_uri") else {
        return Ok(Err(missing("redirect_uri")));
    };
    let Some(client_id) = &client.id else {
        return Ok(Err(missing("client_id")));
    };
    let opened: Option<Code> = exchange.unseal(Purpose::Code, code).await?;
    let opened = opened.filter(|code| {
        code.expires > exchange.now
            && code.redirect_uri == redirect_uri
            && code.client_id == *client_id
    });
    let invalid = || {
        let words = "The code is not one of this server for this client and redirect_uri, was used \
            before, or has expired.";
        Ok(Err(Refused("invalid_grant", words.into())))
    };
    let Some(code) = opened else {
        return invalid();
    };
    let verifier = value(form, "code_verifier");
    if let Err(refused) =
        code_challenge::check(code.challenge.as_deref(), verifier, client.is_public)
    {
        return Ok(Err(refused));
    }
    if !exchange.spend(&code.id, code.expires).await? {
        // Two parties have the code: what was issued for it ends.
        // https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2
        let partition = exchange.partition()?;
        let expires = exchange.now + refresh_token::LIFETIME;
        partition.revoke_authorization(&code.id, expires).await?;
        return invalid();
    }
    Ok(Ok(Redemption {
        form: vec![
            ("redirect_uri", callback_url(exchange, redirect_uri)),
            ("code", code.code),
        ],
        completion: Completion {
            launch: code.launch,
            chosen_by: code.chosen_by,
            scope: code.scope,
            authorization: code.id,
            ..Completion::default()
        },
        used_up: None,
    }))
}

/// <https://www.rfc-editor.org/rfc/rfc6749#section-6>
async fn of_refresh_token(
    exchange: &Exchange,
    form: &[(String, String)],
    client: &Client,
) -> Result<Result<Redemption, Refused>, Error> {
    let Some(token) = value(form, "refresh_token") else {
        return Ok(Err(missing("refresh_token")));
    };
    let opened = refresh_token::open(exchange, token).await?;
    // Some clients send no client_id with a refresh: the token says whose it is.
    let is_own = |own: &str| client.id.as_ref().is_none_or(|id| id == own);
    let Some(token) = opened.filter(|token| is_own(&token.client_id)) else {
        let words = "The refresh token was not made by this server for this client.";
        return Ok(Err(Refused("invalid_grant", words.into())));
    };
    let registered = exchange.config.smart_proxy.client(&token.client_id);
    let has_keys = registered.is_some_and(|client| client.keys.is_some());
    if has_keys && !client.is_verified {
        let words = "The client has keys: it must send a client_assertion.";
        return Ok(Err(Refused("invalid_client", words.into())));
    }
    if !token.take(exchange).await? {
        let words = "The refresh token has ended, was used before, or was revoked; sign in again.";
        return Ok(Err(Refused("invalid_grant", words.into())));
    }
    let used_up = (token.authorization.clone(), token.generation);
    Ok(Ok(Redemption {
        used_up: token.is_public.then_some(used_up),
        form: vec![("refresh_token", token.token)],
        completion: Completion {
            launch: token.launch,
            scope: token.scope,
            client_id: token.client_id,
            authorization: token.authorization,
            generation: token.generation + 1,
            signed_in: Some(token.signed_in),
            // Whoever came without a secret once does not become trusted by sending one.
            is_public: token.is_public,
            ..Completion::default()
        },
    }))
}

/// Sends the form to the provider and completes its answer.
async fn at_provider(
    exchange: &Exchange,
    (form, scope): (&[(String, String)], Option<String>),
    client: Client,
    redemption: Redemption,
) -> Result<Result<Answer, Refused>, Error> {
    let Redemption {
        form: mut sent,
        mut completion,
        used_up,
    } = redemption;
    completion.is_public |= client.is_public;
    if let Some(id) = client.id {
        completion.client_id = id;
    }
    let grant_type = value(form, "grant_type").unwrap_or_default();
    sent.push(("grant_type", grant_type.to_owned()));
    sent.push(("client_id", completion.client_id.clone()));
    sent.extend(client.secret.map(|secret| ("client_secret", secret)));
    let mut forwarded = vec!["code_verifier"];
    if !client.is_verified {
        forwarded.extend(["client_assertion", "client_assertion_type"]);
    }
    let forwarded = forwarded.into_iter();
    sent.extend(forwarded.filter_map(|name| Some((name, value(form, name)?.to_owned()))));
    // The v1 endpoint takes no scopes.
    let scope = scope.filter(|_| exchange.authority().is_ok_and(|own| is_v2(&own.url)));
    sent.extend(scope.map(|scope| ("scope", scope)));
    let answered = ask_provider(exchange, &sent).await;
    if let Some((authorization, generation)) = used_up
        && !matches!(answered, Ok((200..300, _)))
    {
        let partition = exchange.partition()?;
        partition.retreat(&authorization, generation).await?;
    }
    let (status, mut answer) = answered?;
    if (200..300).contains(&status)
        && let Err(refused) = complete(exchange, &mut answer, completion).await?
    {
        return Ok(Err(refused));
    }
    Ok(Ok(not_stored(exchange, status, &Value::Object(answer))))
}

async fn ask_provider(
    exchange: &Exchange,
    form: &[(&'static str, String)],
) -> Result<(u16, Map<String, Value>), Error> {
    let provider = auth::metadata(exchange.authority()?, exchange.now).await?;
    let origin = exchange.header("origin");
    let (status, answer) = auth::post_form(&provider.token_endpoint, form, origin).await?;
    match serde_json::from_str(&answer) {
        Ok(Value::Object(answer)) => Ok((status, answer)),
        _ => Err(Error::Upstream(
            "the token endpoint did not answer with JSON".into(),
        )),
    }
}

/// Scopes as the provider names them. A token for another server must not be had through us.
fn for_us(exchange: &Exchange, scope: &str) -> Result<String, Refused> {
    let configured = &exchange.config.security.audiences;
    let mut audiences: Vec<&str> = configured.iter().map(String::as_str).collect();
    if audiences.is_empty() {
        audiences.push(&exchange.base_url);
    }
    requalify(scope, &audiences).map_err(|foreign| {
        let words = format!("The scope {foreign} is not one of this server.");
        Refused("invalid_scope", words)
    })
}
