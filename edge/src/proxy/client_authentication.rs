//! Who asks for a token, and how it proves that it is itself: not at all, by a secret that the
//! identity provider knows, or by a signed assertion that is checked here.
//! <https://hl7.org/fhir/smart-app-launch/app-launch.html#considerations-for-app-support>

use super::refusal::{Failure, Refused};
use super::{PATH, value};
use crate::auth::{check_assertion, stated_client};
use crate::config::ClientKeys;
use crate::exchange::Exchange;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// <https://www.rfc-editor.org/rfc/rfc7523#section-2.2>
const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// The client of a request.
#[derive(Debug, Default)]
pub(super) struct Client {
    /// Its id, where the request names one.
    pub(super) id: Option<String>,
    /// The secret that the identity provider is told.
    pub(super) secret: Option<String>,
    /// Whether its assertion was checked here.
    pub(super) is_verified: bool,
    /// Whether it proves itself in no way.
    pub(super) is_public: bool,
}

/// Finds out who asks.
pub(super) async fn authenticate(
    exchange: &Exchange,
    form: &[(String, String)],
) -> Result<Client, Failure> {
    let assertion = value(form, "client_assertion");
    let (named, secret) = credentials(exchange, form)?;
    let id = match (named, assertion.map(stated_client)) {
        (Some(id), _) => Some(id),
        (None, Some(Ok(id))) => Some(id),
        (None, Some(Err(reason))) => return Err(not_accepted(&reason).into()),
        (None, None) => None,
    };
    let registered = id
        .as_ref()
        .and_then(|id| exchange.server.config.smart_proxy.client(id));
    let Some((id, keys)) = registered.and_then(|own| Some((&own.client_id, own.keys.as_ref()?)))
    else {
        // The identity provider knows the client's secret, if it has one. What else it is sent may
        // be anything, and proves nothing to us.
        let is_public = secret.is_none();
        return Ok(Client {
            id,
            secret,
            is_verified: false,
            is_public,
        });
    };
    check(exchange, form, (id, keys)).await?;
    let secret = exchange.server.config.smart_proxy.secret(id);
    Ok(Client {
        id: Some(id.clone()),
        secret: secret.map(ToOwned::to_owned),
        is_verified: true,
        is_public: false,
    })
}

/// Checks the assertion of a client with keys. Each opens once.
async fn check(
    exchange: &Exchange,
    form: &[(String, String)],
    (id, keys): (&str, &ClientKeys),
) -> Result<(), Failure> {
    let refuse = |words: String| Err(Refused("invalid_client", words).into());
    let Some(assertion) = value(form, "client_assertion") else {
        return refuse("The client has keys: it must send a client_assertion.".into());
    };
    if value(form, "client_assertion_type") != Some(ASSERTION_TYPE) {
        return refuse(format!(
            "The client_assertion_type must be {ASSERTION_TYPE}."
        ));
    }
    let base = &exchange.server.base_url;
    // https://www.rfc-editor.org/rfc/rfc9126#section-2
    let audiences = ["token", "par"].map(|endpoint| format!("{base}/{PATH}/{endpoint}"));
    match check_assertion(assertion, (id, keys), &audiences, exchange.server.now).await? {
        Err(reason) => Err(not_accepted(&reason).into()),
        Ok(checked) => {
            let used = format!("assertion {}:{id}{}", id.len(), checked.id);
            if exchange.server.spend(&used, checked.expires * 1000).await? {
                return Ok(());
            }
            refuse("The client_assertion was used before (`jti`).".into())
        }
    }
}

fn not_accepted(reason: &str) -> Refused {
    let words = format!("The client_assertion is not accepted: {reason}.");
    Refused("invalid_client", words)
}

type Credentials = (Option<String>, Option<String>);

/// Id and secret of the client, from the form or from a Basic header, whose two halves are
/// form-encoded. <https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1>
fn credentials(exchange: &Exchange, form: &[(String, String)]) -> Result<Credentials, Refused> {
    let named = value(form, "client_id").map(ToOwned::to_owned);
    let Some(header) = exchange.request.header("authorization") else {
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
    if value(form, "client_secret").is_some() {
        // https://www.rfc-editor.org/rfc/rfc6749#section-2.3
        let words = "The client authenticates in two ways; only one is allowed.";
        return Err(Refused("invalid_request", words.into()));
    }
    if named.is_some_and(|named| named != id) {
        let words = "The client_id of the form is not the one of the Authorization header.";
        return Err(Refused("invalid_request", words.into()));
    }
    Ok((
        Some(id),
        Some(plain(secret)).filter(|secret| !secret.is_empty()),
    ))
}
