//! Seals what passes through other hands: nobody else can read or make it.
//!
//! XChaCha20-Poly1305 with a random nonce. What the text is for is authenticated with it, so that
//! a text that was made for one use opens for no other. The text is base64url of nonce and
//! ciphertext.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// How many bytes a nonce has.
pub(crate) const NONCE: usize = 24;

/// What a sealed text of the proxy is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    State,
    Code,
    RefreshToken,
    /// An access token of a backend service.
    AccessToken,
    /// What a DPoP proof is to be made with.
    ProofNonce,
    /// An app's request that waits for a person's choice.
    Pending,
    /// What an EHR launches an app with.
    Launch,
    /// An app's request that was pushed.
    Pushed,
}

impl Purpose {
    /// What is authenticated with the text.
    pub(crate) fn name(self) -> &'static [u8] {
        match self {
            Self::State => b"state",
            Self::Code => b"code",
            Self::RefreshToken => b"refresh-token",
            Self::AccessToken => b"access-token",
            Self::ProofNonce => b"dpop-nonce",
            Self::Pending => b"pending",
            Self::Launch => b"launch",
            Self::Pushed => b"pushed",
        }
    }
}

/// Seals a value under a key of 32 bytes; `nonce` must never have been used before.
pub(crate) fn seal(
    key: &[u8; 32],
    purpose: &[u8],
    nonce: [u8; NONCE],
    value: &impl Serialize,
) -> Option<String> {
    let text = serde_json::to_vec(value).ok()?;
    let payload = Payload {
        msg: &text,
        aad: purpose,
    };
    let cipher = XChaCha20Poly1305::new(key.into());
    let sealed = cipher.encrypt(&XNonce::from(nonce), payload).ok()?;
    Some(URL_SAFE_NO_PAD.encode([nonce.as_slice(), &sealed].concat()))
}

/// A nonce for one sealing.
#[cfg(target_arch = "wasm32")]
pub(crate) fn nonce() -> [u8; NONCE] {
    let drawn = js_sys::Uint8Array::new_with_length(24);
    crate::binding::random_values(&drawn);
    let mut nonce = [0; NONCE];
    drawn.copy_to(&mut nonce);
    nonce
}

/// A nonce for one sealing, in native tests.
#[cfg(not(target_arch = "wasm32"))]
pub(crate) fn nonce() -> [u8; NONCE] {
    use std::hash::{BuildHasher, Hasher, RandomState};
    let mut nonce = [0; NONCE];
    for part in nonce.chunks_mut(8) {
        part.copy_from_slice(&RandomState::new().build_hasher().finish().to_le_bytes());
    }
    nonce
}

/// Opens what [`seal`] made for the same purpose; `None` for anything else.
pub(crate) fn open<T: DeserializeOwned>(key: &[u8; 32], purpose: &[u8], text: &str) -> Option<T> {
    // To the letter: a text that was revoked must not open in another spelling.
    let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    let (nonce, sealed) = bytes.split_at_checked(NONCE)?;
    let nonce: [u8; NONCE] = nonce.try_into().ok()?;
    let payload = Payload {
        msg: sealed,
        aad: purpose,
    };
    let text = XChaCha20Poly1305::new(key.into())
        .decrypt(&XNonce::from(nonce), payload)
        .ok()?;
    serde_json::from_slice(&text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: [u8; 32] = [7; 32];

    #[test]
    fn only_the_same_key_and_purpose_open_what_was_sealed() {
        let sealed = seal(&KEY, b"state", [1; NONCE], &("a", 1)).unwrap();
        let opened: Option<(String, i32)> = open(&KEY, b"state", &sealed);
        assert_eq!(opened, Some(("a".into(), 1)));
        assert_eq!(open::<(String, i32)>(&KEY, b"code", &sealed), None);
        assert_eq!(open::<(String, i32)>(&[8; 32], b"state", &sealed), None);
    }

    #[test]
    fn a_text_that_was_touched_does_not_open() {
        let sealed = seal(&KEY, b"code", [2; NONCE], &"secret").unwrap();
        assert!(!sealed.contains("secret"));
        let bytes = URL_SAFE_NO_PAD.decode(&sealed).unwrap();
        for at in 0..bytes.len() {
            let mut touched = bytes.clone();
            touched[at] ^= 1;
            assert_eq!(
                open::<String>(&KEY, b"code", &URL_SAFE_NO_PAD.encode(&touched)),
                None,
                "{at}"
            );
        }
        let padded = format!("{sealed}=");
        for text in ["", "AA", "!", &sealed[1..], &padded, &format!(" {sealed}")] {
            assert_eq!(open::<String>(&KEY, b"code", text), None, "{text}");
        }
    }
}
