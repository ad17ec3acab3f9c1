//! Seals what passes through the browser: nobody else can read or make it, and it ends.
//!
//! XChaCha20-Poly1305 with a random nonce; the purpose is authenticated with it, so that a state
//! cannot be used as a code. The text is base64url of nonce and ciphertext.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use serde::Serialize;
use serde::de::DeserializeOwned;
use smart::launch_context::{decode, encode};

const NONCE: usize = 24;

/// What a sealed text is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    State,
    Code,
    RefreshToken,
}

impl Purpose {
    fn name(self) -> &'static [u8] {
        match self {
            Self::State => b"state",
            Self::Code => b"code",
            Self::RefreshToken => b"refresh-token",
        }
    }
}

/// Seals a value under a key of 32 bytes; `nonce` must never have been used before.
pub(crate) fn seal(
    key: &[u8; 32],
    purpose: Purpose,
    nonce: [u8; NONCE],
    value: &impl Serialize,
) -> Option<String> {
    let text = serde_json::to_vec(value).ok()?;
    let payload = Payload {
        msg: &text,
        aad: purpose.name(),
    };
    let cipher = XChaCha20Poly1305::new(key.into());
    let sealed = cipher.encrypt(&XNonce::from(nonce), payload).ok()?;
    Some(encode(&[nonce.as_slice(), &sealed].concat()))
}

/// Opens what [`seal`] made for the same purpose; `None` for anything else.
pub(crate) fn open<T: DeserializeOwned>(key: &[u8; 32], purpose: Purpose, text: &str) -> Option<T> {
    let bytes = decode(text)?;
    let (nonce, sealed) = bytes.split_at_checked(NONCE)?;
    let nonce: [u8; NONCE] = nonce.try_into().ok()?;
    let payload = Payload {
        msg: sealed,
        aad: purpose.name(),
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
        let sealed = seal(&KEY, Purpose::State, [1; NONCE], &("a", 1)).unwrap();
        let opened: Option<(String, i32)> = open(&KEY, Purpose::State, &sealed);
        assert_eq!(opened, Some(("a".into(), 1)));
        assert_eq!(open::<(String, i32)>(&KEY, Purpose::Code, &sealed), None);
        assert_eq!(
            open::<(String, i32)>(&[8; 32], Purpose::State, &sealed),
            None
        );
    }

    #[test]
    fn a_text_that_was_touched_does_not_open() {
        let sealed = seal(&KEY, Purpose::Code, [2; NONCE], &"secret").unwrap();
        assert!(!sealed.contains("secret"));
        let bytes = decode(&sealed).unwrap();
        for at in 0..bytes.len() {
            let mut touched = bytes.clone();
            touched[at] ^= 1;
            assert_eq!(
                open::<String>(&KEY, Purpose::Code, &encode(&touched)),
                None,
                "{at}"
            );
        }
        for text in ["", "AA", "!", &sealed[1..]] {
            assert_eq!(open::<String>(&KEY, Purpose::Code, text), None, "{text}");
        }
    }
}
