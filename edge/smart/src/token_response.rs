//! The token endpoint's success response. <https://www.rfc-editor.org/rfc/rfc6749#section-5.1>

use serde::{Deserialize, Deserializer, Serialize};

/// Tokens as they come from the provider.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenResponse {
    /// The bearer token for the FHIR server.
    pub access_token: String,
    /// Seconds that the access token is good for; Azure AD v1 sends them as text.
    #[serde(default, deserialize_with = "seconds")]
    pub expires_in: u64,
    /// Who signed in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id_token: Option<String>,
    /// Good for further access tokens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<String>,
    /// What was granted, where it differs from what was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
}

/// Tokens stay out of logs.
impl std::fmt::Debug for TokenResponse {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("TokenResponse")
            .field("expires_in", &self.expires_in)
            .field("scope", &self.scope)
            .finish_non_exhaustive()
    }
}

fn seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    let value = serde_json::Value::deserialize(deserializer)?;
    let seconds = match &value {
        serde_json::Value::Number(number) => number.as_u64(),
        serde_json::Value::String(text) => text.parse().ok(),
        serde_json::Value::Null => Some(0),
        _ => None,
    };
    seconds.ok_or_else(|| serde::de::Error::custom("expires_in is no number of seconds"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expires_in(json: &str) -> Result<u64, String> {
        serde_json::from_str::<TokenResponse>(json)
            .map(|response| response.expires_in)
            .map_err(|error| error.to_string())
    }

    #[test]
    fn lifetimes_come_as_number_text_or_not_at_all() {
        assert_eq!(
            expires_in(r#"{"access_token":"a","expires_in":3599}"#),
            Ok(3599)
        );
        assert_eq!(
            expires_in(r#"{"access_token":"a","expires_in":"3599"}"#),
            Ok(3599)
        );
        assert_eq!(expires_in(r#"{"access_token":"a"}"#), Ok(0));
        assert!(expires_in(r#"{"access_token":"a","expires_in":"soon"}"#).is_err());
    }

    #[test]
    fn a_response_without_an_access_token_is_refused() {
        assert!(expires_in(r#"{"token_type":"Bearer"}"#).is_err());
    }

    #[test]
    fn tokens_are_not_in_debug_output() {
        let response: TokenResponse = serde_json::from_str(
            r#"{"access_token":"SECRET-A","id_token":"SECRET-I","refresh_token":"SECRET-R"}"#,
        )
        .unwrap();
        assert!(!format!("{response:?}").contains("SECRET"));
    }
}
