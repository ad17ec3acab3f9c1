//! Proof Key for Code Exchange, checked here besides at the provider, which may not insist on it.
//! <https://www.rfc-editor.org/rfc/rfc7636>

use super::refusal::Refused;
use sha2::{Digest, Sha256};
use smart::base64url::encode;

/// The challenge of a request for a code, where it has one.
///
/// # Errors
/// What is wrong with it, as a sentence.
pub(super) fn of_request(query: &[(String, String)]) -> Result<Option<String>, &'static str> {
    let value = |name: &str| {
        let found = query.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    };
    match (value("code_challenge"), value("code_challenge_method")) {
        (None, None) => Ok(None),
        (None, Some(_)) => Err("The code_challenge_method needs a code_challenge."),
        (Some(_), method) if method != Some("S256") => {
            Err("The code_challenge_method must be S256.")
        }
        (Some(challenge), _) if is_unreserved(challenge) && challenge.len() == 43 => {
            Ok(Some(challenge.to_owned()))
        }
        (Some(_), _) => {
            Err("The code_challenge must be 43 characters of base64url, without padding.")
        }
    }
}

/// Checks the verifier of a token request against the challenge that came before.
pub(super) fn check(
    challenge: Option<&str>,
    verifier: Option<&str>,
    is_public: bool,
) -> Result<(), Refused> {
    let refuse = |words: &str| Err(Refused("invalid_grant", words.to_owned()));
    match (challenge, verifier) {
        (None, None) if is_public => {
            refuse("An app without a secret or keys must use PKCE: a code_challenge with S256.")
        }
        (None, None) => Ok(()),
        (None, Some(_)) => refuse("The code_verifier belongs to no code_challenge."),
        (Some(_), None) => refuse("The parameter code_verifier is required."),
        (Some(challenge), Some(verifier)) => {
            let is_verifier = (43..=128).contains(&verifier.len()) && is_unreserved(verifier);
            if is_verifier && encode(&Sha256::digest(verifier)) == challenge {
                return Ok(());
            }
            refuse("The code_verifier is not the one of the code_challenge.")
        }
    }
}

fn is_unreserved(text: &str) -> bool {
    let letter = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_' | '~');
    text.chars().all(letter)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The pair of RFC 7636, appendix B.
    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    #[test]
    fn only_a_whole_challenge_by_s256_is_taken() {
        let of = |pairs: &[(&str, &str)]| {
            let pair = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
            of_request(&pairs.iter().map(pair).collect::<Vec<_>>())
        };
        let (challenge, method) = ("code_challenge", "code_challenge_method");
        assert_eq!(of(&[]), Ok(None));
        let whole = of(&[(challenge, CHALLENGE), (method, "S256")]);
        assert_eq!(whole, Ok(Some(CHALLENGE.to_owned())));
        for pairs in [
            vec![(challenge, CHALLENGE)],
            vec![(challenge, CHALLENGE), (method, "plain")],
            vec![(challenge, CHALLENGE), (method, "s256")],
            vec![(challenge, CHALLENGE), (method, "")],
            vec![(method, "S256")],
            vec![(challenge, ""), (method, "S256")],
            vec![(challenge, "x"), (method, "S256")],
            vec![(challenge, &CHALLENGE[1..]), (method, "S256")],
            vec![
                (challenge, "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw+cM"),
                (method, "S256"),
            ],
        ] {
            assert!(of(&pairs).is_err(), "{pairs:?}");
        }
    }

    #[test]
    fn the_verifier_must_be_the_one_of_the_challenge() {
        assert!(check(Some(CHALLENGE), Some(VERIFIER), true).is_ok());
        assert!(check(None, None, false).is_ok());
        let long = "a".repeat(129);
        for (challenge, verifier, is_public) in [
            (None, None, true),
            (None, Some(VERIFIER), false),
            (Some(CHALLENGE), None, false),
            (Some(CHALLENGE), Some(""), true),
            (Some(CHALLENGE), Some(&VERIFIER[1..]), true),
            (Some(CHALLENGE), Some(CHALLENGE), true),
            (Some(CHALLENGE), Some(&long), true),
        ] {
            assert!(
                check(challenge, verifier, is_public).is_err(),
                "{challenge:?} {verifier:?}"
            );
        }
    }
}
