//! Everything that can stop a sign-in, each with words that say what to do next.

use smart::authorization_response::Refusal;
use smart::claims::ClaimsError;

/// Why there is no token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignInFailure {
    /// Only the person can help: sign in again.
    InteractionRequired,
    /// The browser did not open the sign-in window.
    PopupBlocked,
    /// The person closed the sign-in window.
    PopupClosed,
    /// The provider refused, in its own words.
    Provider {
        /// OAuth error code.
        code: String,
        /// The provider's description.
        description: String,
    },
    /// The provider's answer fails a check.
    Answer(String),
    /// The provider cannot be reached.
    Unreachable {
        /// The address that was tried.
        address: String,
    },
    /// `crypto.subtle` is missing: the page is neither https nor localhost.
    InsecurePage,
    /// The browser refuses something that sign-in needs, such as storage.
    Browser(&'static str),
}

impl std::fmt::Display for SignInFailure {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::InteractionRequired => {
                formatter.write_str("Your sign-in has ended. Sign in again to go on.")
            }
            Self::PopupBlocked => formatter.write_str(
                "Your browser blocked the sign-in window. Allow pop-ups for this site, or sign in \
                 on this page instead.",
            ),
            Self::PopupClosed => formatter.write_str(
                "The sign-in window was closed before sign-in was finished. Try again when you \
                 are ready.",
            ),
            Self::Provider { code, description } if code == "access_denied" => write!(
                formatter,
                "The sign-in was refused: {description}. Ask your administrator for access, or \
                 use another account."
            ),
            Self::Provider { code, description } if code == description => write!(
                formatter,
                "The identity provider refused the sign-in ({code}). Try again; if it goes on, \
                 tell your administrator."
            ),
            Self::Provider { code, description } => write!(
                formatter,
                "The identity provider refused the sign-in: {description} ({code})."
            ),
            Self::Answer(reason) => write!(
                formatter,
                "The identity provider's answer was not accepted: {reason}. Start the sign-in \
                 again from this page."
            ),
            Self::Unreachable { address } => write!(
                formatter,
                "The identity provider at {address} cannot be reached. Check the network and \
                 that the provider is running, then try again."
            ),
            Self::InsecurePage => formatter.write_str(
                "Signing in needs a secure page. Open this application by https, or on localhost.",
            ),
            Self::Browser(what) => write!(
                formatter,
                "Your browser does not allow {what}, which signing in needs. Check its privacy \
                 settings, or use another browser."
            ),
        }
    }
}

impl From<Refusal> for SignInFailure {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Provider { code, .. } if smart::token_error::needs_interaction(&code) => {
                Self::InteractionRequired
            }
            Refusal::Provider { code, description } => Self::Provider { code, description },
            Refusal::StateMismatch => Self::Answer("it belongs to no sign-in of this page".into()),
            Refusal::IssuerMismatch => Self::Answer("it comes from another provider".into()),
            Refusal::Empty => Self::Answer("it holds no authorization code".into()),
        }
    }
}

impl From<ClaimsError> for SignInFailure {
    fn from(error: ClaimsError) -> Self {
        Self::Answer(error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_failure_tells_what_to_do() {
        let provider = |code: &str, description: &str| SignInFailure::Provider {
            code: code.into(),
            description: description.into(),
        };
        for (failure, remedy) in [
            (SignInFailure::InteractionRequired, "Sign in again"),
            (SignInFailure::PopupBlocked, "on this page instead"),
            (SignInFailure::PopupClosed, "Try again"),
            (provider("access_denied", "No"), "another account"),
            (provider("server_error", "server_error"), "administrator"),
            (provider("invalid_scope", "No such scope"), "No such scope"),
            (SignInFailure::Answer("x".into()), "Start the sign-in"),
            (
                SignInFailure::Unreachable {
                    address: "https://idp".into(),
                },
                "network",
            ),
            (SignInFailure::InsecurePage, "https"),
            (SignInFailure::Browser("storage"), "privacy settings"),
        ] {
            assert!(failure.to_string().contains(remedy), "{failure}");
        }
    }

    #[test]
    fn a_login_that_is_required_is_an_interaction_and_not_an_error() {
        let refusal = Refusal::Provider {
            code: "login_required".into(),
            description: "x".into(),
        };
        assert_eq!(
            SignInFailure::from(refusal),
            SignInFailure::InteractionRequired
        );
    }
}
