//! Every failure of the sample app, each with a message that says what to do next.

use smart::authorization_response::Refusal;

use super::server::ServerProblem;
use crate::api::failure::FhirFailure;
use crate::auth::failure::SignInFailure;

/// Why the app cannot go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AppFailure {
    /// The launch address names no server that can be used.
    Launch(String),
    /// Neither document of the server can be had.
    Unreachable {
        /// The address that was tried last.
        address: String,
    },
    /// The server's documents do not say where to sign in.
    Discovery {
        /// The server.
        server: String,
        /// What is wrong with the last of them.
        problem: ServerProblem,
    },
    /// The server sent the person back with an error.
    Denied {
        /// OAuth error code.
        code: String,
        /// The server's words.
        description: String,
    },
    /// The response belongs to no request of this tab.
    State,
    /// The answer comes from another server, or says nothing.
    Answer(&'static str),
    /// The token endpoint refused.
    Token {
        /// HTTP status.
        status: u16,
        /// OAuth error code, or nothing.
        code: String,
        /// The server's words.
        description: String,
    },
    /// The token endpoint's answer is no token response.
    TokenAnswer(&'static str),
    /// There is no refresh token.
    NoRefreshToken,
    /// The browser refuses what the app needs.
    Browser(SignInFailure),
}

impl AppFailure {
    /// One line: what happened.
    pub fn heading(&self) -> &'static str {
        match self {
            Self::Launch(_) => "This launch is not valid",
            Self::Unreachable { .. } => "The server cannot be reached",
            Self::Discovery { .. } => "The server does not say where to sign in",
            Self::Denied { code, .. } if code == "access_denied" => "Access was denied",
            Self::Denied { .. } => "The server refused the request",
            Self::State => "This response belongs to no launch of this tab",
            Self::Answer(_) => "The server’s answer was not accepted",
            Self::Token { .. } => "The server gave no token",
            Self::TokenAnswer(_) => "The token response cannot be used",
            Self::NoRefreshToken => "There is no refresh token",
            Self::Browser(_) => "The browser does not allow it",
        }
    }

    /// What the server said.
    pub fn said(&self) -> Option<String> {
        match self {
            Self::Denied { code, description }
            | Self::Token {
                code, description, ..
            } if code != description => Some(format!("{description} ({code})")),
            Self::Denied { code, .. } | Self::Token { code, .. } => Some(code.clone()),
            _ => None,
        }
        .filter(|said| !said.is_empty())
    }

    /// What to do next.
    pub fn advice(&self) -> String {
        match self {
            Self::Launch(reason) => format!(
                "{reason} Launch the app again from the EHR, or open it by itself and enter the \
                 server."
            ),
            Self::Unreachable { address } => format!(
                "{address} returned no usable document. Check the address and that the server is \
                 running. If it is, it must allow pages of other sites (CORS)."
            ),
            Self::Discovery { server, problem } => format!(
                "Neither the smart-configuration nor the CapabilityStatement of {server} names \
                 what an app needs: {problem}. Check that the address is a FHIR base, and that \
                 its operator has turned SMART on."
            ),
            Self::Denied { code, .. } => match code.as_str() {
                "access_denied" => {
                    "The request was declined, or the account may not use this app. Start again \
                     and agree, or ask the administrator for access."
                }
                "invalid_scope" => {
                    "Start again with fewer scopes: the server does not know all \
                                    of these."
                }
                "unauthorized_client" | "invalid_client" | "invalid_request" => {
                    "Check the client id, and that this app’s redirect address is registered for \
                     it. Then start again."
                }
                _ => {
                    "Start again. If the problem persists, send this message to the server’s \
                      operator."
                }
            }
            .to_owned(),
            Self::State => {
                "It may come from another tab, from a bookmark, or from somebody else, and was \
                 discarded. Start again in this tab."
            }
            .to_owned(),
            Self::Answer(reason) => format!("{reason} Start again."),
            Self::Token { status, code, .. } => match code.as_str() {
                "invalid_grant" => {
                    "The code or the refresh token was already used, has expired or was revoked. \
                     Start again."
                        .to_owned()
                }
                "invalid_client" | "unauthorized_client" => {
                    "Register this app as a public client (without a secret), then start again."
                        .to_owned()
                }
                _ => format!(
                    "The token endpoint answered {status}. Start again; if the problem persists, \
                     contact the server’s operator."
                ),
            },
            Self::TokenAnswer(reason) => {
                format!(
                    "{reason} Report this to the server’s operator: no app can use such a \
                         response."
                )
            }
            Self::NoRefreshToken => {
                "The server issued none. Request the scope offline_access or online_access, or \
                 launch again when the access token has expired."
                    .to_owned()
            }
            Self::Browser(failure) => failure.to_string(),
        }
    }
}

/// What to do about a failed FHIR request, in the words of an app.
pub fn fhir_advice(failure: &FhirFailure) -> String {
    match failure {
        FhirFailure::Refused { status: 401, .. } => {
            "The server does not accept the access token. Refresh it; if that does not help, \
             start again."
                .to_owned()
        }
        FhirFailure::Refused { status: 403, .. } => {
            "The granted scopes do not cover it, or the account may not see it. Compare the \
             scopes below; start again and request more, or use another account."
                .to_owned()
        }
        FhirFailure::Refused {
            status: 404 | 410, ..
        } => "It does not exist, or the person who signed in may not see it. Launch with another \
              patient, or sign in with another account."
            .to_owned(),
        FhirFailure::Unreachable { base, .. } => format!(
            "No answer came from {base}. Check your network connection; the server must also \
             allow pages of other sites (CORS)."
        ),
        other => other.advice(),
    }
}

impl From<Refusal> for AppFailure {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Provider { code, description } => Self::Denied { code, description },
            Refusal::StateMismatch => Self::State,
            Refusal::IssuerMismatch => Self::Answer("It comes from another identity provider."),
            Refusal::Empty => Self::Answer("It holds neither a code nor an error."),
        }
    }
}

impl From<SignInFailure> for AppFailure {
    fn from(failure: SignInFailure) -> Self {
        Self::Browser(failure)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_failure_has_a_heading_and_a_remedy() {
        let denied = |code: &str| AppFailure::Denied {
            code: code.into(),
            description: "No.".into(),
        };
        let token = |code: &str| AppFailure::Token {
            status: 400,
            code: code.into(),
            description: code.into(),
        };
        for (failure, remedy) in [
            (AppFailure::Launch("It has no iss.".into()), "from the EHR"),
            (
                AppFailure::Unreachable {
                    address: "https://f/metadata".into(),
                },
                "CORS",
            ),
            (
                AppFailure::Discovery {
                    server: "https://f".into(),
                    problem: ServerProblem::Missing("token endpoint"),
                },
                "no token endpoint",
            ),
            (denied("access_denied"), "declined"),
            (denied("invalid_scope"), "fewer scopes"),
            (denied("invalid_request"), "redirect address"),
            (denied("server_error"), "operator"),
            (AppFailure::State, "in this tab"),
            (AppFailure::Answer("x"), "Start again"),
            (token("invalid_grant"), "already used"),
            (token("invalid_client"), "public client"),
            (token(""), "answered 400"),
            (AppFailure::TokenAnswer("x"), "operator"),
            (AppFailure::NoRefreshToken, "offline_access"),
            (AppFailure::Browser(SignInFailure::InsecurePage), "https"),
        ] {
            assert!(failure.advice().contains(remedy), "{}", failure.advice());
            assert!(failure.heading().len() > 10);
        }
        assert_eq!(
            denied("access_denied").said().unwrap(),
            "No. (access_denied)"
        );
        assert_eq!(token("invalid_grant").said().unwrap(), "invalid_grant");
        assert_eq!(token("").said(), None);
    }

    #[test]
    fn a_refused_fhir_request_gets_the_advice_for_an_app() {
        let refused = |status| FhirFailure::Refused {
            status,
            issues: Vec::new(),
            request_id: None,
        };
        assert!(fhir_advice(&refused(401)).contains("Refresh"));
        assert!(fhir_advice(&refused(403)).contains("scopes"));
        assert!(fhir_advice(&refused(404)).contains("another"));
        assert_eq!(fhir_advice(&refused(500)), refused(500).advice());
    }
}
