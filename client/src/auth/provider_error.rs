//! The errors of identity providers: a table from OAuth, OpenID Connect and Azure AD codes to a course
//! of action and a message.
//! <https://openid.net/specs/openid-connect-core-1_0.html#AuthError>
//! <https://learn.microsoft.com/en-us/entra/identity-platform/reference-error-codes>

use smart::form;
use smart::token_error::TokenError;

/// What helps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Course {
    /// The person signs in, consents or proves who they are.
    Interact,
    /// The refresh token is no longer valid, but the person may still have a session at the provider.
    Reacquire,
    /// The same request, a little later.
    Wait,
    /// Another account, or someone with more rights.
    Stop,
}

/// An error response of either endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderError {
    /// `error`.
    pub code: String,
    /// The provider's words without its trace numbers; empty when it gave none.
    pub description: String,
    /// The number of an Azure AD error.
    pub number: Option<u32>,
    /// Azure AD's word for what the person must do.
    pub suberror: Option<String>,
    /// The claims that the next authorization request must include.
    pub claims: Option<String>,
}

/// One row: a code and what it means to the person.
struct Meaning<Code> {
    code: Code,
    course: Course,
    words: &'static str,
}

const fn row<Code>(code: Code, course: Course, words: &'static str) -> Meaning<Code> {
    Meaning {
        code,
        course,
        words,
    }
}

const NO_SESSION: &str = "Your sign-in has expired. Sign in again to continue.";
const ASK_ADMINISTRATOR: &str = "Ask your administrator for access, or use another account.";

/// By Azure AD's error number, which is more specific than the OAuth code beside it.
const NUMBERS: [Meaning<u32>; 18] = [
    row(50058, Course::Interact, NO_SESSION),
    row(
        50076,
        Course::Interact,
        "Your organisation requires multi-factor authentication. Sign in again to complete it.",
    ),
    row(
        50079,
        Course::Interact,
        "Your organisation requires you to set up multi-factor authentication. Sign in again to \
         set it up.",
    ),
    row(
        50173,
        Course::Interact,
        "Your password was changed or your sessions were revoked. Sign in again to continue.",
    ),
    row(
        65001,
        Course::Interact,
        "This application needs your consent. Sign in again and give it; if you are not allowed \
         to, an administrator can consent for everyone.",
    ),
    row(
        160_021,
        Course::Interact,
        "This account is no longer signed in at the identity provider. Sign in again to continue.",
    ),
    row(70008, Course::Reacquire, NO_SESSION),
    row(70043, Course::Reacquire, NO_SESSION),
    row(700_082, Course::Reacquire, NO_SESSION),
    row(700_084, Course::Reacquire, NO_SESSION),
    row(
        50105,
        Course::Stop,
        "This account is not assigned to this application. Ask your administrator to assign it, or \
         use another account.",
    ),
    row(
        53000,
        Course::Stop,
        "Your organisation allows only managed devices. Sign in from one of them.",
    ),
    row(
        53003,
        Course::Stop,
        "A Conditional Access policy of your organisation blocks this sign-in. Try from \
         your organisation's network or device, or ask your administrator.",
    ),
    row(
        50011,
        Course::Stop,
        "This page's address is not registered at the identity provider. Its administrator must \
         add the redirect address that the settings page names.",
    ),
    row(
        500_011,
        Course::Stop,
        "The identity provider does not know the FHIR server for which access was requested. The \
         operator must set the scopes of the registered server, and an administrator must add it \
         to the tenant.",
    ),
    row(
        700_016,
        Course::Stop,
        "The identity provider does not know this application. The operator must check the client \
         id and the tenant.",
    ),
    row(
        9_002_326,
        Course::Stop,
        "This page is registered as a web application. Its administrator must register the redirect \
         address as a single-page application.",
    ),
    row(
        90033,
        Course::Wait,
        "The identity provider is busy. Wait a little, then try again.",
    ),
];

/// By the OAuth or OpenID Connect code.
const CODES: [Meaning<&str>; 21] = [
    row("login_required", Course::Interact, NO_SESSION),
    row("interaction_required", Course::Interact, NO_SESSION),
    row(
        "consent_required",
        Course::Interact,
        "This application needs your consent. Sign in again and give it.",
    ),
    row(
        "account_selection_required",
        Course::Interact,
        "The identity provider knows several accounts. Sign in again and choose one.",
    ),
    row("invalid_grant", Course::Reacquire, NO_SESSION),
    row("access_denied", Course::Stop, ASK_ADMINISTRATOR),
    row(
        "invalid_scope",
        Course::Stop,
        "The identity provider does not know the requested scopes. The operator must set scopes \
         that the identity provider publishes for the FHIR server.",
    ),
    row(
        "invalid_target",
        Course::Stop,
        "The identity provider does not know the FHIR server for which access was requested. The \
         operator must check the scopes.",
    ),
    row(
        "unauthorized_client",
        Course::Stop,
        "This application is not registered for this way of signing in. The operator must check \
         its registration.",
    ),
    row(
        "invalid_client",
        Course::Stop,
        "The identity provider does not accept this application. The operator must check the \
         client id and that it is registered as a public client.",
    ),
    row(
        "unsupported_response_type",
        Course::Stop,
        "The identity provider does not offer the code flow. The operator must enable it.",
    ),
    row(
        "unsupported_grant_type",
        Course::Stop,
        "The identity provider does not offer this kind of sign-in. The operator must enable the \
         code flow and refresh tokens.",
    ),
    row(
        "invalid_request",
        Course::Stop,
        "The identity provider did not understand the request. The operator must check this page's \
         registration and its redirect address.",
    ),
    row(
        "registration_not_supported",
        Course::Stop,
        "The identity provider does not accept unregistered applications. The operator must \
         register this page.",
    ),
    row(
        "request_not_supported",
        Course::Stop,
        "The identity provider does not support this request. The operator must check its \
         settings.",
    ),
    row(
        "request_uri_not_supported",
        Course::Stop,
        "The identity provider does not support this request. The operator must check its \
         settings.",
    ),
    row(
        "invalid_request_object",
        Course::Stop,
        "The identity provider does not support this request. The operator must check its \
         settings.",
    ),
    row(
        "invalid_request_uri",
        Course::Stop,
        "The identity provider does not support this request. The operator must check its \
         settings.",
    ),
    row(
        "server_error",
        Course::Stop,
        "The identity provider has an internal problem. Try again in a few minutes; if the \
         problem persists, contact your administrator.",
    ),
    row(
        "temporarily_unavailable",
        Course::Wait,
        "The identity provider is busy. Wait a little, then try again.",
    ),
    row(
        "slow_down",
        Course::Wait,
        "The identity provider is busy. Wait a little, then try again.",
    ),
];

/// Azure AD's suberrors that only the person can resolve.
const SUBERRORS: [&str; 7] = [
    "message_only",
    "additional_action",
    "basic_action",
    "user_password_expired",
    "consent_required",
    "ui_not_allowed",
    "interrupted_user",
];

impl ProviderError {
    /// The token endpoint's.
    pub fn of_token_endpoint(error: TokenError) -> Self {
        let description = error.error_description.unwrap_or_default();
        let number = error.error_codes.first().copied();
        Self {
            number: number.or_else(|| number_in(&description)),
            description: without_trace(&description),
            code: error.error,
            suberror: error.suberror,
            claims: error.claims,
        }
    }

    /// The authorization endpoint's, whose code and description have been read already.
    pub fn of_fragment(code: String, description: &str, fragment: &str) -> Self {
        let pairs = form::decode(fragment);
        let value = |name| form::first(&pairs, name).map(str::to_owned);
        let described = if description == code { "" } else { description };
        Self {
            number: number_in(described),
            description: without_trace(described),
            code,
            suberror: value("error_subcode").or_else(|| value("suberror")),
            claims: value("claims"),
        }
    }

    /// What helps.
    pub fn course(&self) -> Course {
        if let Some(meaning) = self.by_number() {
            return meaning.course;
        }
        let suberror = self.suberror.as_deref().unwrap_or_default();
        if SUBERRORS.contains(&suberror) {
            return Course::Interact;
        }
        self.by_code()
            .map_or(Course::Stop, |meaning| meaning.course)
    }

    /// What happened and what to do, in plain words.
    pub fn words(&self) -> String {
        let said = self.description.trim_end_matches('.');
        match (self.by_number(), self.by_code()) {
            (Some(meaning), _) => {
                let number = self.number.unwrap_or_default();
                format!("{} (AADSTS{number})", meaning.words)
            }
            (None, Some(meaning)) if meaning.course == Course::Interact => meaning.words.to_owned(),
            (None, Some(meaning)) if said.is_empty() => format!(
                "The identity provider refused the sign-in ({}). {}",
                self.code, meaning.words
            ),
            (None, Some(meaning)) => format!("The sign-in was refused: {said}. {}", meaning.words),
            (None, None) if said.is_empty() => format!(
                "The identity provider refused the sign-in ({}). Try again; if the problem \
                 persists, contact your administrator.",
                self.code
            ),
            (None, None) => format!(
                "The identity provider refused the sign-in: {said} ({}). Try again; if the \
                 problem persists, contact your administrator.",
                self.code
            ),
        }
    }

    fn by_number(&self) -> Option<&'static Meaning<u32>> {
        let number = self.number?;
        NUMBERS.iter().find(|meaning| meaning.code == number)
    }

    fn by_code(&self) -> Option<&'static Meaning<&'static str>> {
        CODES.iter().find(|meaning| meaning.code == self.code)
    }
}

/// The number after `AADSTS`.
fn number_in(description: &str) -> Option<u32> {
    let (_, rest) = description.split_once("AADSTS")?;
    let digits = rest.split(|letter: char| !letter.is_ascii_digit()).next()?;
    digits.parse().ok()
}

/// Azure AD's sentence without the number before it and the trace ids after it.
fn without_trace(description: &str) -> String {
    let sentence = description.split("Trace ID:").next().unwrap_or_default();
    let sentence = match sentence.split_once(": ") {
        Some((number, rest)) if number.starts_with("AADSTS") => rest,
        _ => sentence,
    };
    sentence.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests;
