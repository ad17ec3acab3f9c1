//! The authorization request of the code flow with PKCE.
//! <https://openid.net/specs/openid-connect-core-1_0.html#AuthRequest>

use crate::form;
use crate::pkce;

/// What the provider is asked to show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Prompt {
    /// Nothing: answer from the session or fail (a hidden frame).
    None,
    /// The list of accounts, even when one is signed in.
    SelectAccount,
}

impl Prompt {
    fn value(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::SelectAccount => "select_account",
        }
    }
}

/// One authorization request; every field is a parameter of that name.
#[derive(Clone, Debug)]
pub struct AuthorizationRequest<'a> {
    /// The registered client.
    pub client_id: &'a str,
    /// Where the answer goes; must be registered.
    pub redirect_uri: &'a str,
    /// Space-separated scopes, see [`with_openid_scopes`].
    pub scope: &'a str,
    /// See [`crate::state`].
    pub state: &'a str,
    /// Returns inside the ID token.
    pub nonce: &'a str,
    /// See [`pkce::challenge`].
    pub code_challenge: &'a str,
    /// Fails, asks, or decides by itself when absent.
    pub prompt: Option<Prompt>,
    /// The account to fill in.
    pub login_hint: Option<&'a str>,
}

impl AuthorizationRequest<'_> {
    /// The address to open. The answer comes in the fragment, which no server sees.
    pub fn url(&self, authorization_endpoint: &str) -> String {
        let mut pairs = vec![
            ("client_id", self.client_id),
            ("scope", self.scope),
            ("redirect_uri", self.redirect_uri),
            ("response_type", "code"),
            ("response_mode", "fragment"),
            ("nonce", self.nonce),
            ("state", self.state),
            ("code_challenge", self.code_challenge),
            ("code_challenge_method", pkce::METHOD),
        ];
        if let Some(prompt) = self.prompt {
            pairs.push(("prompt", prompt.value()));
        }
        if let Some(hint) = self.login_hint {
            pairs.push(("login_hint", hint));
        }
        let separator = if authorization_endpoint.contains('?') {
            '&'
        } else {
            '?'
        };
        format!("{authorization_endpoint}{separator}{}", form::encode(pairs))
    }
}

/// The scopes asked for: the configured ones, and those that bring an ID token, the person's name
/// and a refresh token.
pub fn with_openid_scopes(scopes: &[String]) -> String {
    let mut all: Vec<&str> = scopes.iter().map(String::as_str).collect();
    for scope in ["openid", "profile", "offline_access"] {
        if !all.contains(&scope) {
            all.push(scope);
        }
    }
    all.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request() -> AuthorizationRequest<'static> {
        AuthorizationRequest {
            client_id: "fhir-spa",
            redirect_uri: "https://app.example/app/redirect.html",
            scope: "openid",
            state: "s=|",
            nonce: "n",
            code_challenge: "c",
            prompt: None,
            login_hint: None,
        }
    }

    #[test]
    fn the_request_is_a_code_flow_with_pkce_answered_in_the_fragment() {
        let url = request().url("https://idp.example/authorize");
        let query = form::decode(url.split_once('?').unwrap().1);
        let value = |name| form::first(&query, name);
        assert_eq!(value("response_type"), Some("code"));
        assert_eq!(value("response_mode"), Some("fragment"));
        assert_eq!(value("code_challenge_method"), Some("S256"));
        assert_eq!(value("state"), Some("s=|"));
        assert_eq!(value("prompt"), None);
        assert_eq!(value("login_hint"), None);
    }

    #[test]
    fn a_prompt_and_a_hint_are_passed_on() {
        let request = AuthorizationRequest {
            prompt: Some(Prompt::SelectAccount),
            login_hint: Some("reader"),
            ..request()
        };
        let url = request.url("https://idp.example/authorize?p=flow");
        assert!(url.starts_with("https://idp.example/authorize?p=flow&client_id="));
        assert!(url.ends_with("&prompt=select_account&login_hint=reader"));
    }

    #[test]
    fn openid_scopes_are_added_once() {
        let scopes = ["openid".to_owned(), "api/.default".to_owned()];
        assert_eq!(
            with_openid_scopes(&scopes),
            "openid api/.default profile offline_access"
        );
    }
}
