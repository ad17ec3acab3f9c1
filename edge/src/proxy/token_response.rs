//! What an app is told: the provider's token response, with the launch context, scopes as the app
//! named them, numbers as numbers, and a refresh token of ours.
//! <https://hl7.org/fhir/smart-app-launch/app-launch.html#response-5>

use super::authorize::is_v2;
use super::refresh_token::{LIFETIME, RefreshToken, SignedIn};
use super::refusal::{Failure, Refused};
use super::{ceiling, vouched};
use crate::auth;
use crate::exchange::Exchange;
use crate::seal::Purpose;
use crate::store::Issued;
use serde_json::{Map, Value};
use smart::granted_scope::within_request;
use smart::qualified_scope::unqualify;

/// What the provider's answer is completed with.
#[derive(Debug, Default)]
pub(super) struct Completion {
    pub(super) launch: Map<String, Value>,
    /// Whether what the launch names was read as the person before.
    pub(super) is_vouched: bool,
    /// Who must have signed in.
    pub(super) chosen_by: Option<String>,
    /// What the app asked for.
    pub(super) scope: String,
    pub(super) client_id: String,
    pub(super) is_public: bool,
    /// The authorization and the generation that a refresh token in the answer is of.
    pub(super) authorization: String,
    pub(super) generation: i64,
    /// The thumbprint of the key that the tokens are bound to; empty for bearer tokens.
    pub(super) key: String,
    /// Who signed in for it; `None` when that was just now.
    pub(super) signed_in: Option<SignedIn>,
}

/// Completes an answer that holds tokens.
pub(super) async fn complete(
    exchange: &Exchange,
    answer: &mut Map<String, Value>,
    completion: Completion,
) -> Result<(), Failure> {
    let text = |answer: &Map<String, Value>, name: &str| {
        answer
            .get(name)
            .and_then(Value::as_str)
            .map(ToOwned::to_owned)
    };
    let access_token = text(answer, "access_token").unwrap_or_default();
    let stated = auth::stated(&access_token);
    if completion.chosen_by.is_some() && stated.object_id != completion.chosen_by {
        let words = "The person who signed in is not the one who chose the patient; start again \
            from the app.";
        return Err(Refused("invalid_grant", words.into()).into());
    }
    if !completion.is_vouched {
        let checked = vouched::check_for_bearer(exchange, &access_token, &completion.launch);
        if let Err(words) = checked.await? {
            return Err(Refused("invalid_grant", words).into());
        }
    }
    for name in ["expires_in", "ext_expires_in", "expires_on", "not_before"] {
        let number = text(answer, name).and_then(|text| text.parse::<u64>().ok());
        if let Some(number) = number {
            answer.insert(name.into(), number.into());
        }
    }
    let mut scopes = granted(exchange, text(answer, "scope").as_deref(), &completion);
    let refresh_token = text(answer, "refresh_token");
    if let Some(token) = &refresh_token {
        let own = RefreshToken {
            token: token.clone(),
            launch: completion.launch.clone(),
            is_vouched: true,
            scope: completion.scope.clone(),
            client_id: completion.client_id.clone(),
            authorization: completion.authorization.clone(),
            generation: completion.generation,
            is_public: completion.is_public,
            expires: exchange.server.now + LIFETIME,
            // A client that proves itself otherwise may change its key.
            // https://www.rfc-editor.org/rfc/rfc9449#section-5
            key: if completion.is_public {
                completion.key.clone()
            } else {
                String::new()
            },
            signed_in: completion
                .signed_in
                .unwrap_or_else(|| SignedIn::of(&stated, exchange.server.now)),
        };
        let sealed = exchange.server.seal(Purpose::RefreshToken, &own).await?;
        answer.insert("refresh_token".into(), sealed.into());
        // Clients renew only when the scope says that they may.
        let says = |name: &str| scopes.split(' ').any(|scope| scope == name);
        if !says("offline_access") && !says("online_access") {
            if !scopes.is_empty() {
                scopes.push(' ');
            }
            scopes.push_str("offline_access");
        }
    }
    if scopes.is_empty() {
        answer.remove("scope");
    } else {
        answer.insert("scope".into(), scopes.as_str().into());
    }
    if !completion.authorization.is_empty() {
        let launch = Value::Object(completion.launch.clone()).to_string();
        let seconds = answer.get("expires_in").and_then(Value::as_i64);
        let ends = stated.ends.map(|ends| ends.saturating_mul(1000));
        let issued = Issued {
            authorization: &completion.authorization,
            generation: refresh_token.is_some().then_some(completion.generation),
            authorization_expires: exchange.server.now + LIFETIME,
            access_token: &auth::token_id(&access_token),
            launch: &launch,
            expires: ends.unwrap_or(exchange.server.now + seconds.unwrap_or(3600) * 1000),
            scope: &scopes,
            client_id: &completion.client_id,
            key: &completion.key,
        };
        exchange.server.authorizations()?.issue(issued).await?;
    }
    if !completion.key.is_empty() {
        answer.insert("token_type".into(), "DPoP".into());
    }
    answer.extend(completion.launch);
    answer.insert("client_id".into(), completion.client_id.into());
    Ok(())
}

/// The scopes that the app is granted, as it names them: below its ceiling, whatever the provider
/// says. <https://www.rfc-editor.org/rfc/rfc6749#section-5.1>
fn granted(exchange: &Exchange, stated: Option<&str>, completion: &Completion) -> String {
    let asked = completion.scope.as_str();
    // The v1 endpoint was not asked for scopes and knows none: what counts is what the app asked
    // for. A provider that does not say what it granted granted what was asked for.
    let knows_scopes = exchange.server.authority().is_ok_and(|own| is_v2(&own.url));
    let scopes = match stated.filter(|_| knows_scopes || asked.is_empty()) {
        Some(stated) => within_request(&unqualify(stated), asked),
        None => asked.to_owned(),
    };
    ceiling::cut(exchange, &completion.client_id, &scopes)
}
