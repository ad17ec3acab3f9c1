//! Base64url, without padding where it is written and with or without where it is read.
//! <https://www.rfc-editor.org/rfc/rfc4648#section-5>

use base64::Engine;
use base64::alphabet::URL_SAFE;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// Base64url as senders write it: with padding or without.
const LIBERAL: GeneralPurpose = GeneralPurpose::new(
    &URL_SAFE,
    GeneralPurposeConfig::new()
        .with_encode_padding(false)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// Base64url without padding.
pub fn encode(text: &[u8]) -> String {
    LIBERAL.encode(text)
}

/// Decodes base64url or base64, padded or not.
pub fn decode(text: &str) -> Option<Vec<u8>> {
    let url_safe = text.replace('+', "-").replace('/', "_");
    LIBERAL.decode(url_safe).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worked_vectors_hold() {
        for (text, encoded) in [
            ("https://app.example/cb", "aHR0cHM6Ly9hcHAuZXhhbXBsZS9jYg"),
            (r#"{"patient":"p1"}"#, "eyJwYXRpZW50IjoicDEifQ"),
            ("", ""),
        ] {
            assert_eq!(encode(text.as_bytes()), encoded);
            assert_eq!(decode(encoded).as_deref(), Some(text.as_bytes()));
        }
    }

    #[test]
    fn both_alphabets_are_read_with_and_without_padding() {
        assert_eq!(decode("_-8="), decode("/+8"));
        assert!(decode("_-8").is_some());
        assert_eq!(decode("!!"), None);
    }
}
