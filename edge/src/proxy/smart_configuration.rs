//! `GET /.well-known/smart-configuration`: what apps need to know, and nothing that is not so.
//! <https://hl7.org/fhir/smart-app-launch/conformance.html>

use crate::auth;
use crate::error::{Error, Reason};
use crate::exchange::Exchange;
use crate::message::Answer;
use fhir::outcome::IssueType;
use serde_json::json;

/// What client assertions may be signed with.
const ALGORITHMS: [&str; 4] = ["RS384", "ES384", "RS256", "ES256"];

/// Where apps get codes and tokens, and give them up.
pub(crate) struct Endpoints {
    pub(crate) authorize: String,
    pub(crate) token: String,
    pub(crate) introspect: String,
    pub(crate) revoke: String,
}

/// The proxy's endpoints when it is on, else the provider's own.
///
/// # Errors
/// When the provider cannot be asked.
pub(crate) async fn endpoints(exchange: &Exchange) -> Result<Endpoints, Error> {
    let base = &exchange.server.base_url;
    let (authorize, token) = if exchange.server.config.smart_proxy.enabled {
        let proxy = format!("{base}/{}", super::PATH);
        (format!("{proxy}/authorize"), format!("{proxy}/token"))
    } else {
        let provider = auth::metadata(exchange.server.authority()?, exchange.server.now).await?;
        (provider.authorization_endpoint, provider.token_endpoint)
    };
    Ok(Endpoints {
        authorize,
        token,
        introspect: format!("{base}/connect/introspect"),
        revoke: format!("{base}/connect/revoke"),
    })
}

/// What apps can count on. <https://hl7.org/fhir/smart-app-launch/conformance.html#capabilities>
pub(crate) fn capabilities(exchange: &Exchange) -> Vec<&'static str> {
    let proxy = &exchange.server.config.smart_proxy;
    let mut capabilities = vec![
        "client-public",
        "client-confidential-symmetric",
        "permission-patient",
        "permission-user",
        "permission-v1",
        "permission-v2",
        "sso-openid-connect",
    ];
    if proxy.enabled {
        capabilities.extend([
            "launch-ehr",
            "launch-standalone",
            "context-ehr-patient",
            "context-ehr-encounter",
            "context-standalone-patient",
            "context-standalone-encounter",
            "context-banner",
            "context-style",
            "permission-offline",
        ]);
    }
    if has_keys(exchange) {
        capabilities.push("client-confidential-asymmetric");
    }
    capabilities
}

fn has_keys(exchange: &Exchange) -> bool {
    let proxy = &exchange.server.config.smart_proxy;
    proxy.enabled && proxy.has_keys()
}

/// The document; 404 where nobody can sign in.
pub(crate) async fn smart_configuration(exchange: &Exchange) -> Result<Answer, Error> {
    if exchange.server.config.security.authority.is_none() {
        let message = "This server trusts no identity provider (AUTHORITY), so no app can sign in.";
        return Err(Error::rejected(
            Reason::NotFound,
            IssueType::NotFound,
            message,
        ));
    }
    let provider = auth::metadata(exchange.server.authority()?, exchange.server.now).await?;
    let endpoints = endpoints(exchange).await?;
    let mut methods = vec!["none", "client_secret_basic", "client_secret_post"];
    // Only the provider knows secrets: to give up a token, having it is proof enough.
    let mut revocation_methods = vec!["none"];
    let mut introspection_methods = vec!["Bearer"];
    let mut document = json!({
        "issuer": provider.issuer,
        "jwks_uri": provider.jwks_uri,
        "authorization_endpoint": endpoints.authorize,
        "token_endpoint": endpoints.token,
        "introspection_endpoint": endpoints.introspect,
        "revocation_endpoint": endpoints.revoke,
        "grant_types_supported": ["authorization_code", "refresh_token", "client_credentials"],
        "response_types_supported": ["code"],
        "code_challenge_methods_supported": ["S256"],
        "scopes_supported": [
            "openid", "profile", "fhirUser", "launch", "launch/patient", "launch/encounter",
            "offline_access", "patient/*.read", "patient/*.rs", "user/*.read", "user/*.cruds",
            "system/*.rs",
        ],
        "capabilities": capabilities(exchange),
    });
    if let Some(members) = document.as_object_mut() {
        if exchange.server.config.smart_proxy.enabled {
            let endpoint = format!("{}/{}/par", exchange.server.base_url, super::PATH);
            members.insert(
                "pushed_authorization_request_endpoint".into(),
                json!(endpoint),
            );
            // An app that reads `true` refuses answers without the issuer.
            let always = exchange
                .server
                .config
                .smart_proxy
                .always_answers_with_issuer();
            let name = "authorization_response_iss_parameter_supported";
            members.insert(name.into(), json!(always));
            // Registration says which apps must.
            members.insert("require_pushed_authorization_requests".into(), json!(false));
            let name = "dpop_signing_alg_values_supported";
            members.insert(name.into(), json!(auth::SIGNING_ALGORITHMS));
        }
        if has_keys(exchange) {
            methods.push("private_key_jwt");
            revocation_methods.push("private_key_jwt");
            for endpoint in ["token", "revocation"] {
                let name = format!("{endpoint}_endpoint_auth_signing_alg_values_supported");
                members.insert(name, json!(ALGORITHMS));
            }
        }
        if exchange
            .server
            .config
            .smart_proxy
            .has_introspectors_with_keys()
        {
            introspection_methods.push("private_key_jwt");
            let name = "introspection_endpoint_auth_signing_alg_values_supported";
            members.insert(name.into(), json!(ALGORITHMS));
        }
        for (endpoint, methods) in [
            ("token", methods),
            ("revocation", revocation_methods),
            ("introspection", introspection_methods),
        ] {
            let name = format!("{endpoint}_endpoint_auth_methods_supported");
            members.insert(name, json!(methods));
        }
    }
    Ok(Answer::json(&document)
        .with("access-control-allow-origin", "*")
        .with("cache-control", "no-cache"))
}
