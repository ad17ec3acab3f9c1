//! `GET /.well-known/smart-configuration`: what apps need to know, and nothing that is not so.
//! <https://hl7.org/fhir/smart-app-launch/conformance.html>

use crate::auth;
use crate::error::{Error, Reason};
use crate::http::{Answer, Exchange};
use fhir::outcome::IssueType;
use serde_json::json;

/// Where apps get codes and tokens.
pub(crate) struct Endpoints {
    pub(crate) authorize: String,
    pub(crate) token: String,
}

/// The proxy's endpoints when it is on, else the provider's own.
///
/// # Errors
/// When the provider cannot be asked.
pub(crate) async fn endpoints(exchange: &Exchange) -> Result<Endpoints, Error> {
    if exchange.config.smart_proxy.enabled {
        let base = format!("{}/{}", exchange.base_url, super::PATH);
        return Ok(Endpoints {
            authorize: format!("{base}/authorize"),
            token: format!("{base}/token"),
        });
    }
    let provider = auth::metadata(exchange.authority()?, exchange.now).await?;
    Ok(Endpoints {
        authorize: provider.authorization_endpoint,
        token: provider.token_endpoint,
    })
}

/// The document; 404 where nobody can sign in.
pub(crate) async fn smart_configuration(exchange: &Exchange) -> Result<Answer, Error> {
    if exchange.config.security.authority.is_none() {
        let message = "This server trusts no identity provider (AUTHORITY), so no app can sign in.";
        return Err(Error::rejected(
            Reason::NotFound,
            IssueType::NotFound,
            message,
        ));
    }
    let provider = auth::metadata(exchange.authority()?, exchange.now).await?;
    let Endpoints { authorize, token } = endpoints(exchange).await?;
    let mut capabilities = vec![
        "client-public",
        "client-confidential-symmetric",
        "permission-patient",
        "permission-user",
        "permission-v1",
        "permission-v2",
        "sso-openid-connect",
    ];
    if exchange.config.smart_proxy.enabled {
        capabilities.extend([
            "launch-ehr",
            "context-ehr-patient",
            "context-ehr-encounter",
            "context-banner",
            "context-style",
            "permission-offline",
        ]);
    }
    let document = json!({
        "issuer": provider.issuer,
        "jwks_uri": provider.jwks_uri,
        "authorization_endpoint": authorize,
        "token_endpoint": token,
        "grant_types_supported": ["authorization_code", "refresh_token", "client_credentials"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "response_types_supported": ["code"],
        "code_challenge_methods_supported": ["S256"],
        "scopes_supported": [
            "openid", "profile", "fhirUser", "launch", "offline_access",
            "patient/*.read", "patient/*.rs", "user/*.read", "user/*.cruds", "system/*.rs",
        ],
        "capabilities": capabilities,
    });
    Ok(Answer::json(&document).with("access-control-allow-origin", "*"))
}
