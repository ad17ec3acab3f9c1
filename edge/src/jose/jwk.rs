//! JSON Web Keys. <https://www.rfc-editor.org/rfc/rfc7517>

use super::jwt::{Algorithm, Unverified};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use smart::base64url::encode;

/// A public key as the provider publishes it, stripped to what identifies the key itself.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Jwk {
    pub(crate) key_id: String,
    /// The algorithm that the key is for, when its publisher says so.
    algorithm: Option<String>,
    /// The members that WebCrypto imports.
    pub(crate) members: Value,
}

/// The signature keys of a JWK set; keys for anything else are passed over.
pub(crate) fn parse_set(set: &Value) -> Vec<Jwk> {
    let keys = set.get("keys").and_then(Value::as_array);
    keys.into_iter().flatten().filter_map(parse).collect()
}

/// The key that a token names, if it can have signed it.
pub(crate) fn find(keys: &[Jwk], token: &Unverified<'_>) -> Option<Jwk> {
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

/// Members of keys that must never be sent. <https://www.rfc-editor.org/rfc/rfc7518#section-6>
const PRIVATE: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

impl Jwk {
    /// A public key that its owner sends along; its id is its thumbprint.
    /// <https://www.rfc-editor.org/rfc/rfc7638>
    ///
    /// # Errors
    /// What is wrong with it, in words that end a sentence.
    pub(crate) fn embedded(key: &Value) -> Result<Self, String> {
        let text = |name: &str| key.get(name).and_then(Value::as_str).unwrap_or_default();
        if let Some(name) = PRIVATE.iter().find(|name| key.get(**name).is_some()) {
            return Err(format!("its `jwk` holds a private key (`{name}`)"));
        }
        let size = |name: &str| {
            URL_SAFE_NO_PAD
                .decode(text(name))
                .map_or(0, |bytes| bytes.len())
        };
        let (members, canonical) = match (text("kty"), text("crv")) {
            ("EC", crv @ ("P-256" | "P-384")) => {
                let expected = if crv == "P-256" { 32 } else { 48 };
                let (x, y) = (text("x"), text("y"));
                if size("x") != expected || size("y") != expected {
                    return Err("the coordinates of its `jwk` do not fit the curve".into());
                }
                (
                    json!({ "kty": "EC", "crv": crv, "x": x, "y": y }),
                    format!(r#"{{"crv":"{crv}","kty":"EC","x":"{x}","y":"{y}"}}"#),
                )
            }
            ("RSA", _) => {
                let (n, e) = (text("n"), text("e"));
                if !(256..=512).contains(&size("n")) || !(1..=8).contains(&size("e")) {
                    return Err("the RSA key of its `jwk` must have 2048 to 4096 bits".into());
                }
                (
                    json!({ "kty": "RSA", "n": n, "e": e }),
                    format!(r#"{{"e":"{e}","kty":"RSA","n":"{n}"}}"#),
                )
            }
            _ => {
                return Err("its `jwk` must be a public key, RSA or EC with P-256 or P-384".into());
            }
        };
        Ok(Self {
            key_id: encode(&Sha256::digest(canonical)),
            algorithm: key
                .get("alg")
                .and_then(Value::as_str)
                .map(ToOwned::to_owned),
            members,
        })
    }

    /// Whether the key can have made a signature of `algorithm`.
    pub(crate) fn fits(&self, algorithm: Algorithm) -> bool {
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
    fn a_key_that_is_sent_along_is_known_by_its_thumbprint() {
        // The example of RFC 7638, section 3.1.
        let n = "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw";
        let key = json!({"kty": "RSA", "n": n, "e": "AQAB", "alg": "RS256", "kid": "2011-04-29"});
        let known = Jwk::embedded(&key).unwrap();
        assert_eq!(known.key_id, "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
        assert!(known.fits(Algorithm::Rs256) && !known.fits(Algorithm::Ps256));
        let ec = json!({"kty": "EC", "crv": "P-256", "x": "A".repeat(43), "y": "A".repeat(43)});
        assert!(Jwk::embedded(&ec).is_ok());
        let changed = |key: &Value, name: &str, value: Value| {
            let mut key = key.clone();
            key[name] = value;
            Jwk::embedded(&key).unwrap_err()
        };
        for name in PRIVATE {
            assert!(
                changed(&key, name, json!("AQAB")).contains("private"),
                "{name}"
            );
            assert!(
                changed(&ec, name, json!(null)).contains("private"),
                "{name}"
            );
        }
        for (key, name, value) in [
            (&key, "n", json!("AQAB")),
            (&key, "n", json!(format!("{n}="))),
            (&key, "n", json!("A".repeat(800))),
            (&key, "e", json!("")),
            (&key, "kty", json!("oct")),
            (&key, "kty", json!(null)),
            (&ec, "crv", json!("P-384")),
            (&ec, "crv", json!("P-521")),
            (&ec, "crv", json!("secp256k1")),
            (&ec, "x", json!("\"")),
            (&ec, "y", json!("A".repeat(44))),
        ] {
            assert!(
                changed(key, name, value.clone()).contains("`jwk`"),
                "{name} {value}"
            );
        }
        for odd in [json!(null), json!("key"), json!([]), json!({})] {
            assert!(Jwk::embedded(&odd).is_err(), "{odd}");
        }
    }

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
