//! The token endpoint's error response. <https://www.rfc-editor.org/rfc/rfc6749#section-5.2>

use serde::{Deserialize, Serialize};

/// What the provider refused, in its words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenError {
    /// Registered error code.
    pub error: String,
    /// For the developer, and often the only clue for the person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_description: Option<String>,
    /// Azure AD's numbers for the same; the first is the cause.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub error_codes: Vec<u32>,
    /// Azure AD's word for what the person must do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suberror: Option<String>,
    /// Azure AD's claims challenge: to be sent along with the next authorization request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claims: Option<String>,
}

impl TokenError {
    /// The description, or the bare code.
    pub fn words(&self) -> &str {
        self.error_description.as_deref().unwrap_or(&self.error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_description_is_preferred_to_the_code() {
        let full: TokenError =
            serde_json::from_str(r#"{"error":"invalid_scope","error_description":"No such."}"#)
                .unwrap();
        assert_eq!(full.words(), "No such.");
        let bare: TokenError = serde_json::from_str(r#"{"error":"invalid_scope"}"#).unwrap();
        assert_eq!(bare.words(), "invalid_scope");
    }

    #[test]
    fn the_fields_of_azure_ad_are_read_where_they_are() {
        let error: TokenError = serde_json::from_str(
            r#"{"error":"invalid_grant","error_codes":[50076],"suberror":"basic_action",
                "claims":"{}","trace_id":"x"}"#,
        )
        .unwrap();
        assert_eq!(error.error_codes, [50076]);
        assert_eq!(error.suberror.as_deref(), Some("basic_action"));
        assert_eq!(error.claims.as_deref(), Some("{}"));
    }
}
