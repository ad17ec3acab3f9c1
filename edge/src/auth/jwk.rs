//! JSON Web Keys. <https://www.rfc-editor.org/rfc/rfc7517>

use super::jwt::{Algorithm, Unverified};
use serde_json::{Value, json};

/// A public key as the provider publishes it, stripped to what identifies the key itself.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Jwk {
    pub(super) key_id: String,
    /// The algorithm that the key is for, when its publisher says so.
    algorithm: Option<String>,
    /// The members that WebCrypto imports.
    pub(super) members: Value,
}

/// The signature keys of a JWK set; keys for anything else are passed over.
pub(super) fn parse_set(set: &Value) -> Vec<Jwk> {
    let keys = set.get("keys").and_then(Value::as_array);
    keys.into_iter().flatten().filter_map(parse).collect()
}

/// The key that a token names, if it can have signed it.
pub(super) fn find(keys: &[Jwk], token: &Unverified<'_>) -> Option<Jwk> {
    let mut named = keys.iter().filter(|key| key.key_id == token.key_id);
    named.find(|key| key.fits(token.algorithm)).cloned()
}

fn parse(key: &Value) -> Option<Jwk> {
    let text = |name: &str| key.get(name).and_then(Value::as_str);
    if text("use").is_some_and(|purpose| purpose != "sig") {
        return None;
    }
    let members = match text("kty")? {
        "RSA" => json!({ "kty": "RSA", "n": text("n")?, "e": text("e")? }),
        "EC" => json!({ "kty": "EC", "crv": text("crv")?, "x": text("x")?, "y": text("y")? }),
        _ => return None,
    };
    Some(Jwk {
        key_id: text("kid")?.to_owned(),
        algorithm: text("alg").map(ToOwned::to_owned),
        members,
    })
}

impl Jwk {
    /// Whether the key can have made a signature of `algorithm`.
    pub(super) fn fits(&self, algorithm: Algorithm) -> bool {
        if self
            .algorithm
            .as_deref()
            .is_some_and(|stated| stated != algorithm.name())
        {
            return false;
        }
        let member = |name: &str| self.members.get(name).and_then(Value::as_str);
        match algorithm {
            Algorithm::Es256 => member("crv") == Some("P-256"),
            Algorithm::Es384 => member("crv") == Some("P-384"),
            _ => member("kty") == Some("RSA"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_signature_keys_with_an_id_are_kept() {
        let set = json!({"keys": [
            {"kty": "RSA", "kid": "a", "n": "n", "e": "AQAB", "use": "sig", "d": "secret"},
            {"kty": "RSA", "kid": "b", "n": "n", "e": "AQAB", "use": "enc"},
            {"kty": "oct", "kid": "c", "k": "k"},
            {"kty": "RSA", "n": "n", "e": "AQAB"},
            {"kty": "EC", "kid": "d", "crv": "P-256", "x": "x", "y": "y", "alg": "ES256"},
        ]});
        let keys = parse_set(&set);
        let ids: Vec<&str> = keys.iter().map(|key| key.key_id.as_str()).collect();
        assert_eq!(ids, ["a", "d"]);
        assert_eq!(
            keys[0].members,
            json!({"kty": "RSA", "n": "n", "e": "AQAB"})
        );
        assert!(keys[0].fits(Algorithm::Rs256) && !keys[0].fits(Algorithm::Es256));
        assert!(keys[1].fits(Algorithm::Es256) && !keys[1].fits(Algorithm::Es384));
    }
}
