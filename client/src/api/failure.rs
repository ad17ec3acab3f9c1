//! Failed FHIR requests, with advice on what to do.

use super::outcome::{Issue, Severity};
use crate::auth::failure::SignInFailure;

/// A failed request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FhirFailure {
    /// There is no token to ask with.
    SignIn(SignInFailure),
    /// No answer came at all.
    Unreachable {
        /// The server's base.
        base: String,
        /// True when the base is of another origin than this page, which a browser blocks unless
        /// the policy of this page and the server's CORS rules both allow it.
        other_origin: bool,
    },
    /// The server answered with an error status.
    Refused {
        /// HTTP status.
        status: u16,
        /// Its OperationOutcome's issues, if it sent any.
        issues: Vec<Issue>,
        /// The server's id of the request, for its operator.
        request_id: Option<String>,
    },
    /// The response is not FHIR JSON.
    Unreadable {
        /// HTTP status.
        status: u16,
    },
    /// A link leads to another server, which must not see the token.
    ForeignLink(String),
}

impl FhirFailure {
    /// One line: what happened.
    pub fn heading(&self) -> String {
        match self {
            Self::SignIn(failure) if failure.may_pass() => {
                "Your sign-in cannot be renewed just now".into()
            }
            Self::SignIn(_) => "You are not signed in".into(),
            Self::Unreachable { .. } => "The FHIR server cannot be reached".into(),
            Self::Refused { status, .. } => match status {
                401 => "The server does not accept your sign-in",
                403 => "You may not do this",
                404 => "Not found",
                410 => "Deleted",
                408 | 504 => "The server took too long",
                409 | 412 => "Someone else changed this at the same time",
                413 => "Too large",
                429 => "The server is busy",
                400 | 422 => "The server did not accept this",
                500.. => "The server has a problem",
                _ => "The server refused the request",
            }
            .into(),
            Self::Unreadable { .. } => "The answer is not FHIR".into(),
            Self::ForeignLink(_) => "The link leads to another server".into(),
        }
    }

    /// What to do next.
    pub fn advice(&self) -> String {
        match self {
            Self::SignIn(failure) => failure.to_string(),
            Self::Unreachable {
                base,
                other_origin: false,
            } => format!(
                "No answer came from {base}. Check your network connection and that the server is \
                 running, then try again."
            ),
            Self::Unreachable { base, .. } => format!(
                "No answer came from {base}, which is a different site than this page. Either the \
                 server is not running, or your browser blocked the request: the operator of this \
                 page must allow that address (CLIENT_CONNECT_SRC), and the server must allow \
                 this page (CORS)."
            ),
            Self::Refused { status, .. } => match status {
                401 => {
                    "Sign out, then sign in again. If the problem persists, the server expects \
                     tokens of another provider or audience: contact its operator."
                }
                403 => {
                    "Your account has no permission for it. Ask your administrator for the \
                        role, or sign in with another account."
                }
                404 => {
                    "The server has nothing at this address. It may be mistyped, or belong to \
                     another server."
                }
                410 => "This was deleted. Its earlier versions may still be in its history.",
                408 | 504 => "Try again, or search for less.",
                409 | 412 => "Reload to see the current version, then repeat your change.",
                413 => "Send less at once.",
                429 => "Wait a few seconds, then try again.",
                400 | 422 => "Correct what is named here, then try again.",
                500.. => {
                    "Try again later. If the problem persists, give the operator the \
                          request id."
                }
                _ => "Try again.",
            }
            .into(),
            Self::Unreadable { status } => format!(
                "The server answered {status} with something that is not FHIR JSON. Check on the \
                 settings page that the address is a FHIR base."
            ),
            Self::ForeignLink(link) => format!(
                "The server's answer leads to {link}, outside its own base address. The operator \
                 should check the server's public address."
            ),
        }
    }

    /// What the server said, worst first.
    pub fn issues(&self) -> Vec<Issue> {
        let Self::Refused { issues, .. } = self else {
            return Vec::new();
        };
        let mut issues = issues.clone();
        issues.sort_by_key(|issue| match issue.severity {
            Severity::Error => 0,
            Severity::Warning => 1,
            Severity::Information => 2,
        });
        issues
    }

    /// The server's id of the request.
    pub fn request_id(&self) -> Option<&str> {
        match self {
            Self::Refused { request_id, .. } => request_id.as_deref(),
            _ => None,
        }
    }

    /// True when signing in again helps.
    pub fn wants_sign_in(&self) -> bool {
        matches!(self, Self::SignIn(_) | Self::Refused { status: 401, .. })
    }

    /// True when the same request may well succeed later.
    pub fn may_be_retried(&self) -> bool {
        match self {
            Self::Unreachable { .. } | Self::Unreadable { .. } => true,
            Self::Refused { status, .. } => matches!(status, 408 | 429 | 500..),
            Self::SignIn(failure) => failure.may_pass(),
            Self::ForeignLink(_) => false,
        }
    }
}

impl From<SignInFailure> for FhirFailure {
    fn from(failure: SignInFailure) -> Self {
        Self::SignIn(failure)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(status: u16) -> FhirFailure {
        FhirFailure::Refused {
            status,
            issues: Vec::new(),
            request_id: Some("r-1".into()),
        }
    }

    #[test]
    fn every_status_has_a_heading_and_a_remedy() {
        for status in [
            400, 401, 403, 404, 405, 408, 409, 410, 412, 413, 415, 422, 429, 500, 503, 504,
        ] {
            let failure = refused(status);
            assert!(failure.heading().len() > 5, "{status}");
            assert!(failure.advice().ends_with('.'), "{status}");
        }
        assert_eq!(refused(500).request_id(), Some("r-1"));
    }

    #[test]
    fn another_site_is_explained_with_its_setting() {
        let failure = |other_origin| FhirFailure::Unreachable {
            base: "https://fhir.example".into(),
            other_origin,
        };
        assert!(failure(true).advice().contains("CLIENT_CONNECT_SRC"));
        assert!(!failure(false).advice().contains("CLIENT_CONNECT_SRC"));
    }

    #[test]
    fn only_temporary_failures_offer_a_retry() {
        assert!(refused(429).may_be_retried());
        assert!(refused(503).may_be_retried());
        assert!(!refused(403).may_be_retried());
        assert!(!refused(400).may_be_retried());
        assert!(!FhirFailure::SignIn(SignInFailure::PopupClosed).may_be_retried());
    }

    #[test]
    fn errors_come_before_warnings() {
        let issue = |severity, words: &str| Issue {
            severity,
            code: "x".into(),
            words: words.into(),
            expressions: Vec::new(),
        };
        let failure = FhirFailure::Refused {
            status: 400,
            issues: vec![
                issue(Severity::Information, "i"),
                issue(Severity::Warning, "w"),
                issue(Severity::Error, "e"),
            ],
            request_id: None,
        };
        let words: Vec<String> = failure.issues().into_iter().map(|i| i.words).collect();
        assert_eq!(words, ["e", "w", "i"]);
    }
}
