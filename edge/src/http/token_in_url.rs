//! Tokens do not belong into addresses: those end up in logs, histories and referrers.
//! <https://www.rfc-editor.org/rfc/rfc6750#section-5.3>

use crate::error::Error;
use crate::exchange::Exchange;
use fhir::outcome::{Issue, IssueType};

/// The shortest run of characters that is taken for a part of a token.
const PART: usize = 8;

/// Refuses a request whose path or query holds what looks like a JWT.
pub(super) fn refuse(exchange: &Exchange) -> Result<(), Error> {
    let segments = exchange.request.segments.iter();
    let values = exchange.request.query.iter().map(|(_, value)| value);
    if !segments.chain(values).any(|text| holds_token(text)) {
        return Ok(());
    }
    let message = "The address holds a token. Send it in the Authorization header, and have this \
        one revoked: addresses are written to logs.";
    Err(Error::invalid_because(Issue::error(
        IssueType::Invalid,
        message,
    )))
}

/// Whether a text holds two base64url runs with a dot between, the first of which starts like a
/// JSON object (`eyJ`).
fn holds_token(text: &str) -> bool {
    let belongs = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    text.match_indices("eyJ").any(|(at, _)| {
        let rest = text.get(at..).unwrap_or_default();
        let mut parts = rest.split('.');
        let header = parts.next().unwrap_or_default();
        let claims = parts.next().unwrap_or_default();
        let run = |part: &str| part.chars().take_while(|c| belongs(*c)).count();
        header.len() >= PART && run(header) == header.len() && run(claims) >= PART
    })
}

#[cfg(test)]
mod tests {
    use super::holds_token;

    #[test]
    fn a_token_is_seen_wherever_it_stands_and_nothing_else_is() {
        for (text, expected) in [
            ("eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.c2ln", true),
            ("Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.", true),
            ("eyJhbGciOiJub25lIn0", false),
            ("eyJhbGciOiJub25lIn0.x", false),
            ("urn:eyJ.eyJ", false),
            ("Patient", false),
            ("", false),
        ] {
            assert_eq!(holds_token(text), expected, "{text}");
        }
    }
}
