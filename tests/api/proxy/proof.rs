//! Keys of apps and the proofs that they sign. <https://www.rfc-editor.org/rfc/rfc9449#section-4.2>

use super::TOKEN;
use super::client_key::{ClientKey, now};
use super::parameters::Parameters;
use api::{Answer, Server, unique};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::fmt::Write;

/// An app's key pair.
pub(super) enum ProofKey {
    /// ES384, grown from a number.
    Es384(u8),
    /// ES256.
    Es256,
    /// RS256.
    Rs256,
}

impl ProofKey {
    fn algorithm(&self) -> &'static str {
        match self {
            Self::Es384(_) => "ES384",
            Self::Es256 => "ES256",
            Self::Rs256 => "RS256",
        }
    }

    /// The public half.
    pub(super) fn jwk(&self, server: &Server) -> Value {
        let get = |path: &str| {
            let address = format!("{}/test/{path}", server.idp);
            server.anonymous().get(&address).expect(200).body
        };
        let (key, members): (Value, &[&str]) = match self {
            Self::Es384(seed) => (
                ClientKey::of(*seed).jwks()["keys"][0].clone(),
                &["kty", "crv", "x", "y"],
            ),
            Self::Es256 => (get("app-key"), &["kty", "crv", "x", "y"]),
            Self::Rs256 => (get("foreign-keys")["keys"][0].clone(), &["kty", "n", "e"]),
        };
        let members = members.iter().map(|name| (*name, key[*name].clone()));
        members
            .map(|(name, value)| (name.to_owned(), value))
            .collect()
    }

    /// The thumbprint. <https://www.rfc-editor.org/rfc/rfc7638>
    pub(super) fn thumbprint(&self, server: &Server) -> String {
        let jwk = self.jwk(server);
        let mut members: Vec<_> = jwk.as_object().expect("an object").iter().collect();
        members.sort_by_key(|(name, _)| *name);
        let mut canonical = String::new();
        for (name, value) in members {
            write!(canonical, ",\"{name}\":{value}").expect("a text");
        }
        hash(&format!("{{{}}}", &canonical[1..]))
    }

    pub(super) fn sign(&self, server: &Server, header: &Value, claims: &Value) -> String {
        match self {
            Self::Es384(seed) => ClientKey::of(*seed).sign(header, claims),
            Self::Es256 => server.sign("app", header, claims),
            Self::Rs256 => server.sign("foreign", header, claims),
        }
    }
}

/// SHA-256 as base64url.
pub(super) fn hash(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(text))
}

/// A proof in the making: right but for what a test changes.
#[derive(Clone)]
pub(super) struct Proof<'a> {
    server: &'a Server,
    key: &'a ProofKey,
    header: Value,
    claims: Value,
}

impl<'a> Proof<'a> {
    /// A proof for a request to a path.
    pub(super) fn of(server: &'a Server, key: &'a ProofKey, method: &str, path: &str) -> Self {
        Self {
            server,
            key,
            header: json!({
                "typ": "dpop+jwt", "alg": key.algorithm(), "jwk": key.jwk(server),
            }),
            claims: json!({
                "jti": unique("proof"), "htm": method, "htu": format!("{}{path}", server.base),
                "iat": now(),
            }),
        }
    }

    /// The same with the token that it comes with.
    pub(super) fn with_token(self, token: &str) -> Self {
        self.claim("ath", json!(hash(token)))
    }

    /// Sets a claim; null leaves it out.
    pub(super) fn claim(mut self, name: &str, value: Value) -> Self {
        set(&mut self.claims, name, value);
        self
    }

    /// Sets a parameter of the header; null leaves it out.
    pub(super) fn header(mut self, name: &str, value: Value) -> Self {
        set(&mut self.header, name, value);
        self
    }

    /// Signs with another key than the one that is sent along.
    pub(super) fn signed_by(mut self, key: &'a ProofKey) -> Self {
        self.key = key;
        self
    }

    pub(super) fn sign(&self) -> String {
        self.key.sign(self.server, &self.header, &self.claims)
    }
}

fn set(object: &mut Value, name: &str, value: Value) {
    let members = object.as_object_mut().expect("an object");
    if value.is_null() {
        members.remove(name);
    } else {
        members.insert(name.to_owned(), value);
    }
}

/// Asks for tokens with a proof.
pub(super) fn post_with_proof(server: &Server, form: &Parameters, proof: &str) -> Answer {
    let request = server.anonymous().request("POST", TOKEN);
    let request = request.header("content-type", "application/x-www-form-urlencoded");
    let request = request.header("dpop", proof);
    request.body(form.to_string()).send()
}

/// A nonce of the token endpoint, which it gives for a proof without one.
#[track_caller]
pub(super) fn nonce(server: &Server, key: &ProofKey) -> String {
    let form = Parameters::default().set("grant_type", "authorization_code");
    let form = form.set("client_id", "nobody");
    let proof = Proof::of(server, key, "POST", TOKEN).sign();
    let answer = post_with_proof(server, &form, &proof);
    assert_eq!(answer.body["error"], "use_dpop_nonce", "{answer}");
    answer.header("dpop-nonce").expect("a nonce")
}

/// Asks for tokens with a right proof.
pub(super) fn post_proved(server: &Server, form: &Parameters, key: &ProofKey) -> Answer {
    let proof = Proof::of(server, key, "POST", TOKEN).claim("nonce", json!(nonce(server, key)));
    post_with_proof(server, form, &proof.sign())
}

/// Sends a request with a bound token and a proof.
pub(super) fn send(
    server: &Server,
    (method, path): (&str, &str),
    token: &str,
    proof: &str,
) -> Answer {
    let request = server.anonymous().request(method, path);
    let request = request.header("authorization", &format!("DPoP {token}"));
    request.header("dpop", proof).send()
}
