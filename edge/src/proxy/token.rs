//! `POST /AadSmartOnFhirProxy/token`: redeems a code or a refresh token at the provider and adds
//! the launch context to its answer. <https://hl7.org/fhir/smart-app-launch/app-launch.html#obtain-access-token>

use super::Purpose;
use super::authorize::is_v2;
use super::callback::Code;
use super::redirect::callback_url;
use super::{repeated, value};
use crate::auth;
use crate::binding;
use crate::error::Error;
use crate::http::{Answer, Exchange};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use smart::qualified_scope::{qualify, unqualify};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;

const TIMEOUT: u32 = 10_000;

/// What the provider may be told beside what the grant needs.
const FORWARDED: [&str; 3] = ["code_verifier", "client_assertion", "client_assertion_type"];

/// A refresh token of ours: the provider's, and the launch that it belongs to.
#[derive(Debug, Deserialize, Serialize)]
struct RefreshToken {
    #[serde(rename = "t")]
    token: String,
    #[serde(rename = "l")]
    launch: Map<String, Value>,
    #[serde(rename = "c")]
    client_id: String,
}

/// A refusal in OAuth's words: error code and description.
struct Refused(&'static str, String);

/// What is sent to the provider, and what its answer is completed with.
struct Request {
    form: Vec<(&'static str, String)>,
    launch: Map<String, Value>,
    client_id: String,
}

/// Redeems what the form holds.
pub(super) async fn token(
    exchange: &Exchange,
    request: &web_sys::Request,
) -> Result<Answer, Error> {
    let content_type = exchange.header("content-type").unwrap_or_default();
    let media_type = content_type.split(';').next().unwrap_or_default().trim();
    if !media_type.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        let words = "The request must be application/x-www-form-urlencoded.";
        return Ok(refusal(exchange, "invalid_request", words));
    }
    let body = exchange.bytes(request).await?;
    let form: Vec<(String, String)> = form_urlencoded::parse(&body).into_owned().collect();
    if let Some(name) = repeated(&form) {
        let words = format!("The parameter {name} stands twice.");
        return Ok(refusal(exchange, "invalid_request", &words));
    }
    let request = match prepare(exchange, &form).await? {
        Ok(request) => request,
        Err(Refused(error, words)) => return Ok(refusal(exchange, error, &words)),
    };
    let provider = auth::metadata(exchange.authority()?, exchange.now).await?;
    let (status, answer) = send(exchange, &provider.token_endpoint, &request.form).await?;
    let Ok(Value::Object(mut answer)) = serde_json::from_str(&answer) else {
        return Err(Error::Upstream(
            "the token endpoint did not answer with JSON".into(),
        ));
    };
    if (200..300).contains(&status) {
        complete(exchange, &mut answer, request).await?;
    }
    Ok(plain(exchange, status, &Value::Object(answer)))
}

async fn prepare(
    exchange: &Exchange,
    form: &[(String, String)],
) -> Result<Result<Request, Refused>, Error> {
    let missing = |name: &str| {
        Refused(
            "invalid_request",
            format!("Value cannot be null. (Parameter '{name}')"),
        )
    };
    let Some(grant_type) = value(form, "grant_type") else {
        return Ok(Err(missing("grant_type")));
    };
    let (client_id, client_secret) = match credentials(exchange, form) {
        Ok(credentials) => credentials,
        Err(refused) => return Ok(Err(refused)),
    };
    let mut request = Request {
        form: Vec::new(),
        launch: Map::new(),
        client_id: String::new(),
    };
    match grant_type {
        "authorization_code" => {
            let (Some(code), Some(redirect_uri)) =
                (value(form, "code"), value(form, "redirect_uri"))
            else {
                let name = if value(form, "code").is_none() {
                    "code"
                } else {
                    "redirect_uri"
                };
                return Ok(Err(missing(name)));
            };
            let Some(client_id) = &client_id else {
                return Ok(Err(missing("client_id")));
            };
            let opened: Option<Code> = exchange.unseal(Purpose::Code, code).await?;
            let opened = opened.filter(|code| {
                code.expires > exchange.now
                    && code.redirect_uri == redirect_uri
                    && code.client_id == *client_id
            });
            let Some(code) = opened else {
                return Ok(Err(invalid_code()));
            };
            if !exchange.spend(&code.id, code.expires).await? {
                return Ok(Err(invalid_code()));
            }
            request
                .form
                .push(("redirect_uri", callback_url(exchange, redirect_uri)));
            request.form.push(("code", code.code));
            request.launch = code.launch;
        }
        "refresh_token" => {
            let Some(token) = value(form, "refresh_token") else {
                return Ok(Err(missing("refresh_token")));
            };
            let opened: Option<RefreshToken> =
                exchange.unseal(Purpose::RefreshToken, token).await?;
            // Some clients send no client_id with a refresh: the token says whose it is.
            let opened =
                opened.filter(|own| client_id.as_ref().is_none_or(|id| *id == own.client_id));
            let Some(token) = opened else {
                let words = "The refresh token was not made by this server for this client.";
                return Ok(Err(Refused("invalid_grant", words.into())));
            };
            request.form.push(("refresh_token", token.token));
            request.launch = token.launch;
            request.client_id = token.client_id;
        }
        "client_credentials" => {}
        other => {
            let words = format!("The grant type {other} is not supported.");
            return Ok(Err(Refused("unsupported_grant_type", words)));
        }
    }
    if let Some(client_id) = client_id {
        request.client_id = client_id;
    }
    request.form.push(("grant_type", grant_type.to_owned()));
    request.form.push(("client_id", request.client_id.clone()));
    request
        .form
        .extend(client_secret.map(|secret| ("client_secret", secret)));
    for name in FORWARDED {
        request
            .form
            .extend(value(form, name).map(|value| (name, value.to_owned())));
    }
    if let Some(scope) = value(form, "scope").filter(|_| is_v2_authority(exchange)) {
        let audience = exchange
            .config
            .security
            .audiences
            .first()
            .unwrap_or(&exchange.base_url);
        let qualified = if scope.contains("://") {
            scope.to_owned()
        } else {
            qualify(scope, audience)
        };
        request.form.push(("scope", qualified));
    }
    Ok(Ok(request))
}

fn is_v2_authority(exchange: &Exchange) -> bool {
    exchange.authority().is_ok_and(is_v2)
}

fn invalid_code() -> Refused {
    let words = "The code is not one of this server for this client and redirect_uri, was used \
        before, or has expired.";
    Refused("invalid_grant", words.into())
}

/// Id and secret of the client, from the form or from a Basic header, whose two halves are
/// form-encoded. <https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1>
fn credentials(
    exchange: &Exchange,
    form: &[(String, String)],
) -> Result<(Option<String>, Option<String>), Refused> {
    let named = value(form, "client_id").map(ToOwned::to_owned);
    let Some(header) = exchange.header("authorization") else {
        return Ok((named, value(form, "client_secret").map(ToOwned::to_owned)));
    };
    let wrong = |words: &str| Refused("invalid_client", words.to_owned());
    let no_basic = || wrong("The Authorization header is not Basic id:secret.");
    let (scheme, encoded) = header.split_once(' ').ok_or_else(no_basic)?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return Err(no_basic());
    }
    let decoded = STANDARD.decode(encoded.trim()).map_err(|_| no_basic())?;
    let decoded = String::from_utf8(decoded).map_err(|_| no_basic())?;
    let (id, secret) = decoded.split_once(':').ok_or_else(no_basic)?;
    let plain = |text: &str| {
        let spaced = text.replace('+', " ");
        percent_encoding::percent_decode_str(&spaced)
            .decode_utf8_lossy()
            .into_owned()
    };
    let id = plain(id);
    if named.is_some_and(|named| named != id) {
        let words = "The client_id of the form is not the one of the Authorization header.";
        return Err(Refused("invalid_request", words.into()));
    }
    Ok((
        Some(id),
        Some(plain(secret)).filter(|secret| !secret.is_empty()),
    ))
}

async fn send(
    exchange: &Exchange,
    endpoint: &str,
    form: &[(&'static str, String)],
) -> Result<(u16, String), Error> {
    let failed = |error: wasm_bindgen::JsValue| {
        Error::Upstream(format!("the token endpoint did not answer: {error:?}"))
    };
    let body = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(form)
        .finish();
    let headers = web_sys::Headers::new()?;
    headers.set("content-type", "application/x-www-form-urlencoded")?;
    headers.set("accept", "application/json")?;
    // Azure redeems codes of single-page applications only for a browser's origin.
    if let Some(origin) = exchange.header("origin") {
        headers.set("origin", origin)?;
    }
    let init = web_sys::RequestInit::new();
    init.set_method("POST");
    init.set_headers(&headers);
    init.set_body(&body.into());
    init.set_redirect(web_sys::RequestRedirect::Manual);
    init.set_signal(Some(&binding::abort_after(TIMEOUT)));
    let promise = binding::fetch(endpoint, &init).map_err(failed)?;
    let response: web_sys::Response = JsFuture::from(promise)
        .await
        .map_err(failed)?
        .unchecked_into();
    let text = JsFuture::from(response.text().map_err(failed)?)
        .await
        .map_err(failed)?;
    Ok((response.status(), text.as_string().unwrap_or_default()))
}

/// Adds the launch context, names scopes as the app did, and makes numbers of numbers.
async fn complete(
    exchange: &Exchange,
    answer: &mut Map<String, Value>,
    request: Request,
) -> Result<(), Error> {
    for name in ["expires_in", "ext_expires_in", "expires_on", "not_before"] {
        let number = answer
            .get(name)
            .and_then(Value::as_str)
            .and_then(|text| text.parse::<u64>().ok());
        if let Some(number) = number {
            answer.insert(name.into(), number.into());
        }
    }
    let mut scopes = answer.get("scope").and_then(Value::as_str).map(unqualify);
    if let Some(token) = answer.get("refresh_token").and_then(Value::as_str) {
        let own = RefreshToken {
            token: token.to_owned(),
            launch: request.launch.clone(),
            client_id: request.client_id.clone(),
        };
        let sealed = exchange.seal(Purpose::RefreshToken, &own).await?;
        answer.insert("refresh_token".into(), sealed.into());
        // Clients renew only when the scope says that they may.
        let list = scopes.get_or_insert_default();
        let says = |name: &str| list.split(' ').any(|scope| scope == name);
        if !says("offline_access") && !says("online_access") {
            list.push_str(if list.is_empty() {
                "offline_access"
            } else {
                " offline_access"
            });
        }
    }
    if let Some(scopes) = scopes {
        answer.insert("scope".into(), scopes.into());
    }
    answer.extend(request.launch);
    answer.insert("client_id".into(), request.client_id.into());
    Ok(())
}

fn refusal(exchange: &Exchange, error: &str, description: &str) -> Answer {
    let status = if error == "invalid_client" { 401 } else { 400 };
    let refusal = json!({ "error": error, "error_description": description });
    plain(exchange, status, &refusal)
}

/// <https://www.rfc-editor.org/rfc/rfc6749#section-5.1>
fn plain(exchange: &Exchange, status: u16, value: &Value) -> Answer {
    let mut answer = Answer::json(value)
        .with("cache-control", "no-store")
        .with("pragma", "no-cache");
    answer.status = status;
    // Who tried a header is told which one to send: https://www.rfc-editor.org/rfc/rfc6749#section-5.2
    if status == 401 && exchange.header("authorization").is_some() {
        answer = answer.with("www-authenticate", "Basic realm=\"SMART on FHIR\"");
    }
    answer
}
