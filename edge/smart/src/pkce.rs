//! Proof Key for Code Exchange, method S256. <https://www.rfc-editor.org/rfc/rfc7636>
//!
//! Hashing is the caller's: a browser and a worker have SHA-256 at hand.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// The only challenge method in use; `plain` proves nothing to a listener.
pub const METHOD: &str = "S256";

/// The code verifier made of 32 random bytes: 43 characters, the least that RFC 7636 allows.
pub fn verifier(entropy: &[u8; 32]) -> String {
    URL_SAFE_NO_PAD.encode(entropy)
}

/// The code challenge, given the SHA-256 digest of the verifier's ASCII text.
pub fn challenge(verifier_digest: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(verifier_digest)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The octets of RFC 7636, appendix B.
    const VERIFIER: [u8; 32] = [
        116, 24, 223, 180, 151, 153, 224, 37, 79, 250, 96, 125, 216, 173, 187, 186, 22, 212, 37,
        77, 105, 214, 191, 240, 91, 88, 5, 88, 83, 132, 141, 121,
    ];
    const DIGEST: [u8; 32] = [
        19, 211, 30, 150, 26, 26, 216, 236, 47, 22, 177, 12, 76, 152, 46, 8, 118, 168, 120, 173,
        109, 241, 68, 86, 110, 225, 137, 74, 203, 112, 249, 195,
    ];

    #[test]
    fn the_specification_example_is_reproduced() {
        assert_eq!(
            verifier(&VERIFIER),
            "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
        );
        assert_eq!(
            challenge(&DIGEST),
            "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
        );
    }
}
