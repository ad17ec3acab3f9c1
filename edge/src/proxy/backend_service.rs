//! Backend services: a service that has proved itself by a signed assertion gets a short token for
//! what the operator lets it do. <https://hl7.org/fhir/smart-app-launch/backend-services.html>

use super::client_authentication::Client;
use super::refusal::{Failure, Refused, not_stored};
use super::value;
use crate::auth::ServiceToken;
use crate::exchange::Exchange;
use crate::message::Answer;
use crate::seal::Purpose;
use crate::status::Status;
use serde_json::json;
use smart::granted_scope::granted;

/// The token response of a verified client.
pub(super) async fn issue(
    exchange: &Exchange,
    form: &[(String, String)],
    client: &Client,
    key: String,
) -> Result<Answer, Failure> {
    let id = client.id.as_deref().unwrap_or_default();
    let registered = exchange.server.config.smart_proxy.client(id);
    let Some(service) = registered.and_then(|client| client.service.as_ref()) else {
        let words =
            "The client is not a backend service: it has no roles and scope in SMART_CLIENTS.";
        return Err(Refused("unauthorized_client", words.into()).into());
    };
    let asked = value(form, "scope").unwrap_or_default();
    let scope = match granted(asked, &service.scope) {
        Ok(scope) if !scope.is_empty() => scope,
        Ok(_) => {
            let words = format!(
                "Nothing of the scope can be granted; the client may have {}.",
                service.scope
            );
            return Err(Refused("invalid_scope", words).into());
        }
        Err(problem) => {
            return Err(Refused("invalid_scope", format!("{problem}.")).into());
        }
    };
    let mut token = ServiceToken::new(id, scope, exchange.server.now, (exchange.server.draw_id)());
    token.key = key;
    let sealed = exchange.server.seal(Purpose::AccessToken, &token).await?;
    let response = json!({
        "access_token": sealed,
        "token_type": if token.key.is_empty() { "bearer" } else { "DPoP" },
        "expires_in": token.expires - token.issued,
        "scope": token.scope,
    });
    Ok(not_stored(exchange, Status::OK, &response))
}
