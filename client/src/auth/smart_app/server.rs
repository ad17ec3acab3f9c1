//! Where a FHIR server lets apps sign in, as it says itself.
//! <https://hl7.org/fhir/smart-app-launch/conformance.html>

use serde_json::Value;

use super::address;

/// The extension of a CapabilityStatement that names the endpoints; SMART 1 servers have only this.
const OAUTH_URIS: &str = "http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris";

/// What an app must know of a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SmartServer {
    /// The issuer of the ID tokens, if the server names it.
    pub issuer: Option<String>,
    /// Whether authorization responses name the issuer; one without it is then refused.
    /// <https://www.rfc-editor.org/rfc/rfc9207#section-2.4>
    pub answers_with_issuer: bool,
    /// Where the person signs in.
    pub authorization_endpoint: String,
    /// Where codes and refresh tokens are exchanged.
    pub token_endpoint: String,
}

/// Why a document does not help.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ServerProblem {
    /// It names no such endpoint.
    Missing(&'static str),
    /// The endpoint's address is not secure.
    Unusable(&'static str),
}

impl std::fmt::Display for ServerProblem {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Missing(name) => write!(formatter, "it names no {name}"),
            Self::Unusable(name) => write!(formatter, "its {name} is no https address"),
        }
    }
}

/// The address of the document that comes first.
pub fn smart_configuration(iss: &str) -> String {
    format!("{}/.well-known/smart-configuration", bare(iss))
}

/// The address of the document that older servers have.
pub fn capability_statement(iss: &str) -> String {
    format!("{}/metadata", bare(iss))
}

/// A base without the slash at its end.
pub fn bare(iss: &str) -> &str {
    iss.trim().trim_end_matches('/')
}

impl SmartServer {
    /// Reads `.well-known/smart-configuration`.
    ///
    /// # Errors
    /// When an endpoint is missing or unusable.
    pub fn of_configuration(document: &Value) -> Result<Self, ServerProblem> {
        let text = |name: &str| document.get(name).and_then(Value::as_str);
        let answers_with_issuer = document.get("authorization_response_iss_parameter_supported");
        Ok(Self {
            issuer: text("issuer").map(str::to_owned),
            answers_with_issuer: answers_with_issuer == Some(&Value::Bool(true)),
            ..Self::of_endpoints(text("authorization_endpoint"), text("token_endpoint"))?
        })
    }

    /// Reads the security extension of a CapabilityStatement.
    ///
    /// # Errors
    /// When an endpoint is missing or unusable.
    pub fn of_capability_statement(document: &Value) -> Result<Self, ServerProblem> {
        let security = document.pointer("/rest/0/security");
        let uris = security.and_then(|security| extension(security, OAUTH_URIS));
        let uri = |name: &str| extension(uris?, name)?.get("valueUri")?.as_str();
        Self::of_endpoints(uri("authorize"), uri("token"))
    }

    fn of_endpoints(authorize: Option<&str>, token: Option<&str>) -> Result<Self, ServerProblem> {
        let endpoint = |name: &'static str, found: Option<&str>| {
            let found = found.ok_or(ServerProblem::Missing(name))?;
            match address::check(found) {
                Ok(()) => Ok(found.to_owned()),
                Err(_) => Err(ServerProblem::Unusable(name)),
            }
        };
        Ok(Self {
            issuer: None,
            answers_with_issuer: false,
            authorization_endpoint: endpoint("authorization endpoint", authorize)?,
            token_endpoint: endpoint("token endpoint", token)?,
        })
    }
}

fn extension<'a>(parent: &'a Value, url: &str) -> Option<&'a Value> {
    let extensions = parent.get("extension")?.as_array()?;
    extensions
        .iter()
        .find(|extension| extension.get("url").and_then(Value::as_str) == Some(url))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_documents_hang_under_the_base() {
        for iss in ["https://fhir.example/r4", " https://fhir.example/r4/ "] {
            assert_eq!(
                smart_configuration(iss),
                "https://fhir.example/r4/.well-known/smart-configuration"
            );
            assert_eq!(
                capability_statement(iss),
                "https://fhir.example/r4/metadata"
            );
        }
    }

    #[test]
    fn both_documents_name_the_endpoints() {
        let configuration = json!({
            "issuer": "https://idp.example",
            "authorization_endpoint": "https://idp.example/auth",
            "token_endpoint": "https://idp.example/token",
            "capabilities": ["launch-ehr"]
        });
        let statement = json!({"resourceType": "CapabilityStatement", "rest": [{"security": {
            "extension": [
                {"url": "http://other.example", "valueUri": "https://x.example"},
                {"url": OAUTH_URIS, "extension": [
                    {"url": "token", "valueUri": "https://idp.example/token"},
                    {"url": "authorize", "valueUri": "https://idp.example/auth"}
                ]}
            ]
        }}]});
        let new = SmartServer::of_configuration(&configuration).unwrap();
        let old = SmartServer::of_capability_statement(&statement).unwrap();
        assert_eq!(new.issuer.as_deref(), Some("https://idp.example"));
        assert_eq!(old.issuer, None);
        assert_eq!(
            (&new.authorization_endpoint, &new.token_endpoint),
            (&old.authorization_endpoint, &old.token_endpoint)
        );
        assert!(!new.answers_with_issuer && !old.answers_with_issuer);
    }

    #[test]
    fn only_true_promises_the_issuer_in_responses() {
        for (told, promised) in [
            (json!(true), true),
            (json!(false), false),
            (json!("true"), false),
            (json!(null), false),
        ] {
            let document = json!({
                "authorization_endpoint": "https://idp.example/auth",
                "token_endpoint": "https://idp.example/token",
                "authorization_response_iss_parameter_supported": told.clone()
            });
            let server = SmartServer::of_configuration(&document).unwrap();
            assert_eq!(server.answers_with_issuer, promised, "{told}");
        }
    }

    #[test]
    fn missing_and_insecure_endpoints_are_reported() {
        let read = |document: Value| SmartServer::of_configuration(&document).unwrap_err();
        assert_eq!(
            read(json!({"token_endpoint": "https://t.example"})),
            ServerProblem::Missing("authorization endpoint")
        );
        assert_eq!(
            read(json!({"authorization_endpoint": "https://a.example"})),
            ServerProblem::Missing("token endpoint")
        );
        assert_eq!(
            read(json!({"authorization_endpoint": "javascript:alert(1)", "token_endpoint": "x"})),
            ServerProblem::Unusable("authorization endpoint")
        );
        for statement in [
            json!({}),
            json!({"rest": []}),
            json!({"rest": [{"security": {}}]}),
        ] {
            assert!(SmartServer::of_capability_statement(&statement).is_err());
        }
    }
}
