//! Every failure of a sign-in, each with a message that says what to do next.

use smart::authorization_response::Refusal;

use super::provider_error::{Course, ProviderError};

/// Why there is no token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignInFailure {
    /// An interactive sign-in is required.
    InteractionRequired(Cause),
    /// The browser did not open the sign-in window.
    PopupBlocked,
    /// The person closed the sign-in window.
    PopupClosed,
    /// Another sign-in was started in the meantime.
    Superseded,
    /// The same account signed out in another tab.
    SignedOutElsewhere,
    /// The provider refused, and trying again does not help.
    Provider(ProviderError),
    /// The provider is busy and asks to wait.
    Busy {
        /// For how long, where it says so.
        seconds: Option<u64>,
    },
    /// The ID token's dates and the clock cannot both be right.
    Clock {
        /// Seconds by which the clock is ahead of the provider's; behind when negative.
        ahead: i64,
        /// True when the clock was set by the server of this page, so that this computer's own
        /// clock plays no part.
        by_server: bool,
    },
    /// The provider's answer fails a check.
    Answer(String),
    /// The provider's metadata names an address that must not be used.
    Endpoint(&'static str),
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

/// Why interaction is required.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The tokens and the session at the provider have ended.
    Ended,
    /// The provider does not answer in a hidden frame: the browser blocks its cookies there.
    FrameSilent,
    /// The provider returned tokens for a different account than requested.
    OtherAccount,
    /// The provider requires it.
    Provider(ProviderError),
}

impl SignInFailure {
    /// The person's sign-in is over.
    pub const ENDED: Self = Self::InteractionRequired(Cause::Ended);

    /// True when only an interactive sign-in helps.
    pub fn is_interaction_required(&self) -> bool {
        matches!(self, Self::InteractionRequired(_))
    }

    /// True when the same request may succeed later.
    pub fn may_pass(&self) -> bool {
        matches!(self, Self::Unreachable { .. } | Self::Busy { .. })
    }

    /// Also reads the fragment that held `refusal`, for details beyond the error code.
    pub fn of_refusal(refusal: Refusal, fragment: &str) -> Self {
        match refusal {
            Refusal::Provider { code, description } => {
                ProviderError::of_fragment(code, &description, fragment).into()
            }
            Refusal::StateMismatch => {
                Self::Answer("it belongs to no sign-in that this page started".into())
            }
            Refusal::IssuerMismatch => Self::Answer("it comes from another provider".into()),
            Refusal::Empty => Self::Answer("it holds no authorization code".into()),
        }
    }
}

impl From<ProviderError> for SignInFailure {
    fn from(error: ProviderError) -> Self {
        match error.course() {
            Course::Interact | Course::Reacquire => {
                Self::InteractionRequired(Cause::Provider(error))
            }
            Course::Wait => Self::Busy { seconds: None },
            Course::Stop => Self::Provider(error),
        }
    }
}

impl std::fmt::Display for SignInFailure {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::InteractionRequired(cause) => cause.fmt(formatter),
            Self::PopupBlocked => formatter.write_str(
                "Your browser blocked the sign-in window. Allow pop-ups for this site, or sign in \
                 on this page instead.",
            ),
            Self::PopupClosed => formatter.write_str(
                "The sign-in window was closed before sign-in was finished. Try again when you \
                 are ready; if it is still open, continue there.",
            ),
            Self::Superseded => {
                formatter.write_str("Another sign-in was started. Finish that one, or try again.")
            }
            Self::SignedOutElsewhere => formatter.write_str(
                "You signed out in another tab of this browser. Sign in again to continue.",
            ),
            Self::Provider(error) => formatter.write_str(&error.words()),
            Self::Busy { seconds: None } => {
                formatter.write_str("The identity provider is busy. Wait a little, then try again.")
            }
            Self::Busy {
                seconds: Some(seconds),
            } => write!(
                formatter,
                "The identity provider is busy. Try again in {}.",
                span(*seconds)
            ),
            Self::Clock {
                ahead,
                by_server: false,
            } => write!(
                formatter,
                "This computer's clock is {} {}. Correct its date, time and time zone, then sign \
                 in again.",
                span(ahead.unsigned_abs()),
                if *ahead > 0 { "fast" } else { "slow" }
            ),
            Self::Clock { ahead, .. } => write!(
                formatter,
                "The clocks of the identity provider and of this page's server are {} apart. \
                 Report this to the operator; this computer's clock is not the cause.",
                span(ahead.unsigned_abs())
            ),
            Self::Answer(reason) => write!(
                formatter,
                "The identity provider's answer was not accepted: {reason}. Start the sign-in \
                 again from this page."
            ),
            Self::Endpoint(name) => write!(
                formatter,
                "The identity provider says that its {name} is at an address that is not secure, \
                 so nothing was sent there. Check the provider's address on the settings page; if \
                 it is correct, report to the provider's operator that the address must begin with \
                 https:// (http:// only for localhost)."
            ),
            Self::Unreachable { address } => write!(
                formatter,
                "The identity provider at {address} cannot be reached. Check the network and \
                 that the provider is running, then try again."
            ),
            Self::InsecurePage => formatter.write_str(
                "Signing in needs a secure page. Open this application over https, or on \
                 localhost.",
            ),
            Self::Browser(what) => write!(
                formatter,
                "Your browser does not allow {what}, which signing in needs. Check its privacy \
                 settings, or use another browser."
            ),
        }
    }
}

impl std::fmt::Display for Cause {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Ended => {
                formatter.write_str("Your sign-in has expired. Sign in again to continue.")
            }
            Self::FrameSilent => formatter.write_str(
                "Your sign-in has expired, and this browser does not let the page renew it in \
                 the background: it blocks the identity provider's cookies. Sign in again to \
                 continue. To be asked less often, allow third-party cookies for this site.",
            ),
            Self::OtherAccount => formatter.write_str(
                "You are signed in to the identity provider with a different account. Sign in \
                 again to continue with this one.",
            ),
            Self::Provider(error) => formatter.write_str(&error.words()),
        }
    }
}

/// A length of time in the largest unit that says enough.
fn span(seconds: u64) -> String {
    let (count, unit) = match seconds {
        0..=89 => (seconds, "second"),
        90..=5_399 => ((seconds + 30) / 60, "minute"),
        5_400..=129_599 => ((seconds + 1_800) / 3_600, "hour"),
        _ => ((seconds + 43_200) / 86_400, "day"),
    };
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {unit}{plural}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn provider(code: &str, description: &str) -> SignInFailure {
        let refusal = Refusal::Provider {
            code: code.into(),
            description: description.into(),
        };
        SignInFailure::of_refusal(refusal, "")
    }

    #[test]
    fn every_failure_says_what_to_do() {
        for (failure, remedy) in [
            (SignInFailure::ENDED, "Sign in again"),
            (
                SignInFailure::InteractionRequired(Cause::FrameSilent),
                "allow third-party cookies",
            ),
            (
                SignInFailure::InteractionRequired(Cause::OtherAccount),
                "Sign in again",
            ),
            (SignInFailure::PopupBlocked, "on this page instead"),
            (SignInFailure::PopupClosed, "Try again"),
            (SignInFailure::Superseded, "Finish that one"),
            (SignInFailure::SignedOutElsewhere, "Sign in again"),
            (provider("access_denied", "No"), "another account"),
            (provider("server_error", "server_error"), "administrator"),
            (provider("invalid_scope", "No such scope"), "No such scope"),
            (provider("temporarily_unavailable", ""), "Wait a little"),
            (SignInFailure::Busy { seconds: Some(120) }, "in 2 minutes"),
            (SignInFailure::Answer("x".into()), "Start the sign-in"),
            (
                SignInFailure::Endpoint("token endpoint"),
                "must begin with https://",
            ),
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
    fn login_required_asks_for_interaction() {
        assert!(provider("login_required", "x").is_interaction_required());
        assert!(provider("invalid_grant", "x").is_interaction_required());
        assert!(!provider("access_denied", "x").is_interaction_required());
        assert!(provider("temporarily_unavailable", "x").may_pass());
    }

    #[test]
    fn a_wrong_clock_is_reported_with_the_difference() {
        let clock = |ahead, by_server| SignInFailure::Clock { ahead, by_server }.to_string();
        assert!(clock(3 * 3_600 + 20, false).contains("clock is 3 hours fast"));
        assert!(clock(-5_400, false).contains("clock is 2 hours slow"));
        assert!(clock(600, true).contains("10 minutes apart"));
    }

    #[test]
    fn durations_use_one_unit() {
        for (seconds, words) in [
            (1, "1 second"),
            (90, "2 minutes"),
            (3_600, "60 minutes"),
            (86_400, "24 hours"),
            (200_000, "2 days"),
        ] {
            assert_eq!(span(seconds), words);
        }
    }
}
