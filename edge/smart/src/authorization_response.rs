//! The provider's answer to an authorization request, and the checks that it must pass.
//! <https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2>

use crate::form;
use crate::state::State;

/// Why an answer brings no code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The provider said no: error code and its description.
    Provider {
        /// `error`.
        code: String,
        /// `error_description`, or the code again.
        description: String,
    },
    /// The answer belongs to no request of ours.
    StateMismatch,
    /// The answer is another provider's (RFC 9207).
    IssuerMismatch,
    /// Neither code nor error.
    Empty,
}

/// Reads the fragment that came back for the request `expected_id` sent to `issuer`.
///
/// The state is checked first: nothing of a foreign answer is believed, not even its error.
pub fn authorization_code(
    fragment: &str,
    expected_id: &str,
    issuer: &str,
) -> Result<String, Refusal> {
    let pairs = form::decode(fragment);
    let value = |name| form::first(&pairs, name);
    match value("state").and_then(State::decode) {
        Some(state) if state.id == expected_id => {}
        _ => return Err(Refusal::StateMismatch),
    }
    if value("iss").is_some_and(|answered| answered != issuer) {
        return Err(Refusal::IssuerMismatch);
    }
    if let Some(code) = value("error") {
        return Err(Refusal::Provider {
            code: code.to_owned(),
            description: value("error_description").unwrap_or(code).to_owned(),
        });
    }
    match value("code") {
        Some(code) if !code.is_empty() => Ok(code.to_owned()),
        _ => Err(Refusal::Empty),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::Interaction;

    const ISSUER: &str = "https://idp.example/v2.0";

    fn answer(rest: &str) -> String {
        let state = State::new("id-1", Interaction::Popup).encode();
        let state = form::encode([("state", state.as_str())]);
        format!("#{state}&{rest}")
    }

    #[test]
    fn a_matching_answer_yields_its_code() {
        assert_eq!(
            authorization_code(&answer("code=abc&session_state=x"), "id-1", ISSUER),
            Ok("abc".to_owned())
        );
        let with_issuer = answer("code=abc&iss=https%3A%2F%2Fidp.example%2Fv2.0");
        assert_eq!(
            authorization_code(&with_issuer, "id-1", ISSUER),
            Ok("abc".to_owned())
        );
    }

    #[test]
    fn a_foreign_or_missing_state_is_refused_before_anything_else() {
        for fragment in ["#code=abc", "#error=access_denied", "", "#state=x&code=abc"] {
            assert_eq!(
                authorization_code(fragment, "id-1", ISSUER),
                Err(Refusal::StateMismatch),
                "{fragment}"
            );
        }
        assert_eq!(
            authorization_code(&answer("code=abc"), "id-2", ISSUER),
            Err(Refusal::StateMismatch)
        );
    }

    #[test]
    fn another_issuer_is_refused() {
        assert_eq!(
            authorization_code(&answer("code=abc&iss=https://evil.example"), "id-1", ISSUER),
            Err(Refusal::IssuerMismatch)
        );
    }

    #[test]
    fn an_error_keeps_the_provider_s_words() {
        assert_eq!(
            authorization_code(
                &answer("error=access_denied&error_description=No+consent"),
                "id-1",
                ISSUER
            ),
            Err(Refusal::Provider {
                code: "access_denied".into(),
                description: "No consent".into()
            })
        );
    }

    #[test]
    fn an_answer_without_a_code_is_empty() {
        assert_eq!(
            authorization_code(&answer("code="), "id-1", ISSUER),
            Err(Refusal::Empty)
        );
    }
}
