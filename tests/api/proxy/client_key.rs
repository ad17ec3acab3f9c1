//! A client's key pair, ES384, and the assertions that it signs.
//! <https://hl7.org/fhir/smart-app-launch/client-confidential-asymmetric.html>

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use p384::ecdsa::signature::Signer;
use p384::ecdsa::{Signature, SigningKey};
use serde_json::{Value, json};
use std::time::{SystemTime, UNIX_EPOCH};

pub(super) struct ClientKey(SigningKey);

impl ClientKey {
    /// The key that grows from a number.
    pub(super) fn of(seed: u8) -> Self {
        Self(SigningKey::from_slice(&[seed; 48]).expect("a key"))
    }

    /// What the operator registers.
    pub(super) fn jwks(&self) -> Value {
        let point = self.0.verifying_key().to_sec1_point(false);
        let text = |half: Option<&p384::FieldBytes>| URL_SAFE_NO_PAD.encode(half.expect("a half"));
        json!({ "keys": [{
            "kty": "EC", "crv": "P-384", "kid": "key-1", "use": "sig", "alg": "ES384",
            "x": text(point.x()), "y": text(point.y()),
        }] })
    }

    /// A signed JWT.
    pub(super) fn sign(&self, header: &Value, claims: &Value) -> String {
        let encode = |part: &Value| URL_SAFE_NO_PAD.encode(part.to_string());
        let signed = format!("{}.{}", encode(header), encode(claims));
        let signature: Signature = self.0.sign(signed.as_bytes());
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature.to_bytes()))
    }
}

/// The header of a right assertion.
pub(super) fn header() -> Value {
    json!({ "alg": "ES384", "typ": "JWT", "kid": "key-1" })
}

/// The claims of a right assertion of `client` for `audience`.
pub(super) fn claims(client: &str, audience: &str) -> Value {
    json!({
        "iss": client, "sub": client, "aud": audience, "iat": now(), "exp": now() + 240,
        "jti": api::unique("assertion"),
    })
}

/// The time, in seconds since 1970.
pub(super) fn now() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    now.expect("a time after 1970").as_secs()
}
