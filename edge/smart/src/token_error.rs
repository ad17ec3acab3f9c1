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
}

impl TokenError {
    /// The description, or the bare code.
    pub fn words(&self) -> &str {
        self.error_description.as_deref().unwrap_or(&self.error)
    }
}

/// True for errors that the person can mend by signing in again.
/// <https://openid.net/specs/openid-connect-core-1_0.html#AuthError>
pub fn needs_interaction(code: &str) -> bool {
    matches!(
        code,
        "invalid_grant"
            | "interaction_required"
            | "login_required"
            | "consent_required"
            | "account_selection_required"
    )
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
    fn only_sign_in_errors_ask_for_the_person() {
        assert!(needs_interaction("login_required"));
        assert!(needs_interaction("invalid_grant"));
        assert!(!needs_interaction("access_denied"));
        assert!(!needs_interaction("invalid_client"));
    }
}
