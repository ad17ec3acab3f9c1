//! What the app asks a server for, and what it remembers until the answer comes.
//! <https://hl7.org/fhir/smart-app-launch/app-launch.html#obtain-authorization-code>

use serde::{Deserialize, Serialize};
use smart::authorization_response::Refusal;
use smart::state::{Interaction, State};
use smart::{authorization_response, form, pkce};

use super::address::{self, AddressProblem};
use super::failure::AppFailure;

/// Scopes of a launch by an EHR, which says who the patient is.
pub const EHR_SCOPES: &str = "launch openid fhirUser profile offline_access patient/*.rs";
/// Scopes without one: the server asks who the patient is.
pub const STANDALONE_SCOPES: &str =
    "launch/patient openid fhirUser profile offline_access patient/*.rs";

/// What the person enters; it holds no secret.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The server's FHIR base, `iss`.
    pub server: String,
    /// The app's registration there.
    pub client_id: String,
    /// What to ask for.
    pub scopes: String,
}

/// A field of the entry that cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryProblem {
    /// The server's address.
    Server(AddressProblem),
    /// No client id.
    ClientId,
    /// No scope.
    Scopes,
}

impl std::fmt::Display for EntryProblem {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Server(problem) => problem.fmt(formatter),
            Self::ClientId => formatter.write_str(
                "Enter the client id under which this app is registered at that server.",
            ),
            Self::Scopes => formatter.write_str("Enter at least one scope, such as patient/*.rs."),
        }
    }
}

impl Entry {
    /// The entry without blanks around its parts.
    ///
    /// # Errors
    /// The first part that cannot be used.
    pub fn check(&self) -> Result<Self, EntryProblem> {
        let server = super::server::bare(&self.server);
        address::check(server).map_err(EntryProblem::Server)?;
        let client_id = self.client_id.trim();
        if client_id.is_empty() {
            return Err(EntryProblem::ClientId);
        }
        let scopes: Vec<&str> = self.scopes.split_whitespace().collect();
        if scopes.is_empty() {
            return Err(EntryProblem::Scopes);
        }
        Ok(Self {
            server: server.to_owned(),
            client_id: client_id.to_owned(),
            scopes: scopes.join(" "),
        })
    }
}

impl Entry {
    /// The same without an EHR, which would have said who the patient is.
    pub fn standalone(&self) -> Self {
        let scopes: Vec<&str> = self
            .scopes
            .split_whitespace()
            .map(|scope| {
                if scope == "launch" {
                    "launch/patient"
                } else {
                    scope
                }
            })
            .collect();
        Self {
            scopes: scopes.join(" "),
            ..self.clone()
        }
    }
}

/// A request under way, kept in this tab.
#[derive(Clone, Serialize, Deserialize)]
pub struct AppRequest {
    /// The request and its server.
    pub entry: Entry,
    /// The issuer of the ID tokens, if the server names it.
    pub issuer: Option<String>,
    /// Whether an answer must name the issuer.
    pub answers_with_issuer: bool,
    /// Where the code is exchanged.
    pub token_endpoint: String,
    /// Where the answer goes.
    pub redirect_uri: String,
    /// The unguessable part of `state`.
    pub state_id: String,
    /// Returns in the ID token.
    pub nonce: String,
    /// Proves that this tab asked.
    pub verifier: String,
}

impl AppRequest {
    /// The address to open; `launch` is the EHR's, handed on as it came.
    pub fn address(&self, endpoint: &str, challenge: &str, launch: Option<&str>) -> String {
        let state = self.state();
        let mut pairs = vec![
            ("response_type", "code"),
            ("client_id", self.entry.client_id.as_str()),
            ("redirect_uri", self.redirect_uri.as_str()),
            ("scope", self.entry.scopes.as_str()),
            ("state", state.as_str()),
            ("aud", self.entry.server.as_str()),
            ("code_challenge", challenge),
            ("code_challenge_method", pkce::METHOD),
        ];
        if self.entry.scopes.split(' ').any(|scope| scope == "openid") {
            pairs.push(("nonce", &self.nonce));
        }
        if let Some(launch) = launch {
            pairs.push(("launch", launch));
        }
        address::with_parameters(endpoint, &form::encode(pairs))
    }

    fn state(&self) -> String {
        State::new(&self.state_id, Interaction::Redirect).encode()
    }

    /// The code of the server's answer.
    ///
    /// # Errors
    /// When the answer is not to this request, or says no.
    pub fn code(&self, query: &str) -> Result<String, AppFailure> {
        let mut pairs = form::decode(query);
        let is_named = form::first(&pairs, "iss").is_some_and(|iss| !iss.is_empty());
        if self.issuer.is_none() {
            // Nothing is known that it could be compared with.
            pairs.retain(|(name, _)| name != "iss");
        }
        let answer = form::encode(pairs.iter().map(|(name, value)| (&**name, &**value)));
        let issuer = self.issuer.as_deref().unwrap_or_default();
        let code = authorization_response::authorization_code(&answer, &self.state_id, issuer);
        if self.answers_with_issuer && !is_named && code != Err(Refusal::StateMismatch) {
            return Err(AppFailure::Answer(
                "It does not name its issuer, as this server says that its answers do.",
            ));
        }
        Ok(code?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(issuer: Option<&str>) -> AppRequest {
        AppRequest {
            entry: Entry {
                server: "https://fhir.example/r4".into(),
                client_id: "app-1".into(),
                scopes: EHR_SCOPES.into(),
            },
            issuer: issuer.map(str::to_owned),
            answers_with_issuer: false,
            token_endpoint: "https://idp.example/token".into(),
            redirect_uri: "https://app.example/app/sample-app".into(),
            state_id: "s-1".into(),
            nonce: "n-1".into(),
            verifier: "v-1".into(),
        }
    }

    #[test]
    fn the_request_holds_what_smart_demands() {
        let url = request(None).address("https://idp.example/auth?p=1", "C", Some("xyz"));
        let query = form::decode(url.strip_prefix("https://idp.example/auth").unwrap());
        let value = |name| form::first(&query, name);
        for (name, expected) in [
            ("p", "1"),
            ("response_type", "code"),
            ("client_id", "app-1"),
            ("redirect_uri", "https://app.example/app/sample-app"),
            ("scope", EHR_SCOPES),
            ("aud", "https://fhir.example/r4"),
            ("code_challenge", "C"),
            ("code_challenge_method", "S256"),
            ("nonce", "n-1"),
            ("launch", "xyz"),
        ] {
            assert_eq!(value(name), Some(expected), "{name}");
        }
        assert!(!url.contains("v-1"), "the verifier stays here");
    }

    #[test]
    fn without_a_launch_or_openid_neither_launch_nor_nonce_is_sent() {
        let mut request = request(None);
        request.entry.scopes = "launch/patient patient/*.rs".into();
        let url = request.address("https://idp.example/auth", "C", None);
        assert!(!url.contains("launch=") && !url.contains("nonce="), "{url}");
    }

    fn answer(request: &AppRequest, rest: &str) -> Result<String, AppFailure> {
        let state = form::encode([("state", request.state().as_str())]);
        request.code(&format!("?{rest}&{state}"))
    }

    #[test]
    fn only_the_answer_to_this_request_is_taken() {
        let plain = request(None);
        assert_eq!(answer(&plain, "code=abc").unwrap(), "abc");
        assert_eq!(plain.code("?code=abc&state=s-1"), Err(AppFailure::State));
        let denied = answer(&plain, "error=access_denied").unwrap_err();
        assert!(matches!(denied, AppFailure::Denied { .. }));
    }

    #[test]
    fn the_issuer_of_an_answer_is_compared_where_one_was_announced() {
        let plain = request(None);
        for iss in ["", "&iss=", "&iss=https://any.example"] {
            assert_eq!(answer(&plain, &format!("code=abc{iss}")).unwrap(), "abc");
        }
        let known = request(Some("https://idp.example"));
        for iss in ["", "&iss=https://idp.example"] {
            assert_eq!(answer(&known, &format!("code=abc{iss}")).unwrap(), "abc");
        }
        for iss in ["https://evil.example", "https://idp.example/", ""] {
            assert!(answer(&known, &format!("code=abc&iss={iss}")).is_err());
        }
    }

    #[test]
    fn an_answer_without_the_issuer_that_was_promised_is_refused() {
        for issuer in [None, Some("https://idp.example")] {
            let mut promised = request(issuer);
            promised.answers_with_issuer = true;
            for rest in ["code=abc", "code=abc&iss=", "error=access_denied"] {
                let refused = answer(&promised, rest).unwrap_err();
                assert!(matches!(refused, AppFailure::Answer(_)), "{refused:?}");
            }
            assert_eq!(
                answer(&promised, "code=abc&iss=https://idp.example").unwrap(),
                "abc"
            );
            // A stranger's answer stays one: the launch goes on.
            assert_eq!(promised.code("?code=abc&state=s-1"), Err(AppFailure::State));
        }
    }

    #[test]
    fn without_an_ehr_the_server_asks_for_the_patient() {
        let entry = request(None).entry.standalone();
        assert_eq!(entry.scopes, STANDALONE_SCOPES);
        assert_eq!(entry.standalone(), entry);
    }

    #[test]
    fn an_entry_is_trimmed_and_checked() {
        let entry = Entry {
            server: " https://fhir.example/r4/ ".into(),
            client_id: " a ".into(),
            scopes: " openid\n patient/*.rs ".into(),
        };
        let checked = entry.check().unwrap();
        assert_eq!(checked.server, "https://fhir.example/r4");
        assert_eq!(checked.client_id, "a");
        assert_eq!(checked.scopes, "openid patient/*.rs");
        let without = |change: fn(&mut Entry)| {
            let mut entry = entry.clone();
            change(&mut entry);
            entry.check().unwrap_err()
        };
        assert_eq!(
            without(|entry| entry.server = "fhir.example".into()),
            EntryProblem::Server(AddressProblem::Scheme)
        );
        assert_eq!(
            without(|entry| entry.client_id.clear()),
            EntryProblem::ClientId
        );
        assert_eq!(
            without(|entry| entry.scopes = " ".into()),
            EntryProblem::Scopes
        );
    }
}
