//! The provider's metadata document.
//! <https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderMetadata>

use serde::{Deserialize, Serialize};

/// The part of the metadata that a client of the authorization code flow needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProviderMetadata {
    /// Issuer identifier. Multi-tenant authorities write `{tenantid}` in it.
    pub issuer: String,
    /// Where the person signs in.
    pub authorization_endpoint: String,
    /// Where codes and refresh tokens are exchanged.
    pub token_endpoint: String,
    /// Where the provider's session ends, when it offers that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_session_endpoint: Option<String>,
}

/// The address of an authority's metadata document.
pub fn openid_configuration(authority: &str) -> String {
    format!(
        "{}/.well-known/openid-configuration",
        authority.trim_end_matches('/')
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_document_hangs_under_the_authority() {
        for authority in ["https://idp.example/t/v2.0", "https://idp.example/t/v2.0/"] {
            assert_eq!(
                openid_configuration(authority),
                "https://idp.example/t/v2.0/.well-known/openid-configuration"
            );
        }
    }

    #[test]
    fn unknown_members_are_ignored_and_sign_out_is_optional() {
        let metadata: ProviderMetadata = serde_json::from_str(
            r#"{"issuer":"i","authorization_endpoint":"a","token_endpoint":"t","extra":1}"#,
        )
        .unwrap();
        assert_eq!(metadata.issuer, "i");
        assert_eq!(metadata.end_session_endpoint, None);
    }
}
