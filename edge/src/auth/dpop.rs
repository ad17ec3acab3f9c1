//! DPoP: a caller proves with each request that it has the key that its token is bound to.
//! <https://www.rfc-editor.org/rfc/rfc9449>

use super::claims;
use crate::error::Error;
use crate::jose::jwk::Jwk;
use crate::jose::{jwt, signature};
use serde_json::Value;
use sha2::{Digest, Sha256};
use smart::base64url::encode;

/// By which algorithms a proof may be signed.
pub(crate) const SIGNING_ALGORITHMS: [&str; 6] =
    ["ES256", "ES384", "RS256", "RS384", "RS512", "PS256"];

/// How far the time of a proof may be from ours, in seconds.
const WINDOW: i64 = 60;
const MAX_PROOF: usize = 8 * 1024;
const MAX_ID: usize = 256;

/// A proof that was found right, but for what only its use can tell: whether it was used before.
#[derive(Debug)]
pub(crate) struct Proof {
    /// The thumbprint of the key. <https://www.rfc-editor.org/rfc/rfc7638>
    pub(crate) key: String,
    /// By what it is known that it was used.
    pub(crate) id: String,
    /// What this server gave to be signed with it.
    pub(crate) nonce: Option<String>,
    /// From when on it is too old, in milliseconds since 1970.
    pub(crate) expires: i64,
}

/// The request that a proof must be for.
pub(crate) struct Target<'a> {
    pub(crate) method: &'a str,
    /// The public base URL.
    pub(crate) base_url: &'a str,
    /// The path below it, decoded.
    pub(crate) segments: &'a [String],
    /// The access token that is sent with it, where one is.
    pub(crate) access_token: Option<&'a str>,
    /// The time, in milliseconds since 1970.
    pub(crate) now: i64,
}

/// Checks a proof. <https://www.rfc-editor.org/rfc/rfc9449#section-4.3>
///
/// # Errors
/// The inner one says what is wrong with it, in words that end a sentence.
pub(crate) async fn check_proof(
    proof: &str,
    target: &Target<'_>,
) -> Result<Result<Proof, String>, Error> {
    if proof.len() > MAX_PROOF {
        return Ok(Err("it is too long".into()));
    }
    let (token, key) = match jwt::parse_with_key(proof) {
        Ok(parsed) => parsed,
        Err(reason) => return Ok(Err(reason)),
    };
    if token.media_type.is_none() || !token.is_of_type(&["dpop+jwt"]) {
        return Ok(Err("its `typ` must be dpop+jwt".into()));
    }
    let key = match Jwk::embedded(&key) {
        Ok(key) if key.fits(token.algorithm) => key,
        Ok(_) => return Ok(Err("its `jwk` does not fit its `alg`".into())),
        Err(reason) => return Ok(Err(reason)),
    };
    let checked = match check(&token.claims, target) {
        Ok(checked) => checked,
        Err(reason) => return Ok(Err(reason)),
    };
    if !signature::verify_with_own_key(&key, &token).await? {
        return Ok(Err("its signature is wrong".into()));
    }
    Ok(Ok(Proof {
        key: key.key_id,
        ..checked
    }))
}

/// A thumbprint, as `dpop_jkt` has it.
pub(crate) fn is_thumbprint(text: &str) -> bool {
    let is_digit = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    text.len() == 43 && text.chars().all(is_digit)
}

fn check(claims: &Value, target: &Target<'_>) -> Result<Proof, String> {
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    let id = text("jti").filter(|id| (1..=MAX_ID).contains(&id.len()));
    let id = id.ok_or("it has no `jti` of 1 to 256 characters")?;
    if text("htm") != Some(target.method) {
        return Err(format!("its `htm` must be {}", target.method));
    }
    if !text("htu").is_some_and(|address| is_address(address, target)) {
        return Err("its `htu` is not the address of the request".into());
    }
    let now = target.now / 1000;
    let issued = claims::time(claims, "iat")?.ok_or("it does not say when it was made (`iat`)")?;
    if !(now - WINDOW..=now + WINDOW).contains(&issued) {
        return Err("its `iat` is more than a minute away from the time here".into());
    }
    if let Some(token) = target.access_token
        && text("ath") != Some(encode(&Sha256::digest(token)).as_str())
    {
        return Err("its `ath` is not the hash of the access token".into());
    }
    Ok(Proof {
        key: String::new(),
        id: id.to_owned(),
        nonce: text("nonce").map(ToOwned::to_owned),
        expires: (issued + WINDOW + 1) * 1000,
    })
}

/// Whether an address is that of the request, without regard to query and fragment, to the case of
/// scheme and host, and to how the path is encoded.
fn is_address(address: &str, target: &Target<'_>) -> bool {
    let end = address.find(['?', '#']).unwrap_or(address.len());
    let Some((origin, path)) = split(address.get(..end).unwrap_or_default()) else {
        return false;
    };
    let Some((own, base)) = split(target.base_url) else {
        return false;
    };
    let own_path = segments(base).chain(target.segments.iter().cloned());
    origin == own && segments(path).eq(own_path)
}

fn segments(path: &str) -> impl Iterator<Item = String> {
    let steps = path.split('/').filter(|step| !step.is_empty());
    steps.map(|step| {
        percent_encoding::percent_decode_str(step)
            .decode_utf8_lossy()
            .into_owned()
    })
}

/// Origin, with neither upper case nor a port that goes without saying, and path.
fn split(address: &str) -> Option<(String, &str)> {
    let (scheme, rest) = address.split_once("://")?;
    let at = rest.find('/').unwrap_or(rest.len());
    let (host, path) = rest.split_at_checked(at)?;
    let scheme = scheme.to_ascii_lowercase();
    let host = host.to_ascii_lowercase();
    let port = match scheme.as_str() {
        "https" => ":443",
        _ => ":80",
    };
    let host = host.strip_suffix(port).unwrap_or(&host);
    Some((format!("{scheme}://{host}"), path))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn target<'a>(segments: &'a [String], access_token: Option<&'a str>) -> Target<'a> {
        Target {
            method: "GET",
            base_url: "https://fhir.example/r4",
            segments,
            access_token,
            now: 1_000_500,
        }
    }

    fn path(steps: &[&str]) -> Vec<String> {
        steps.iter().map(|step| (*step).to_owned()).collect()
    }

    #[test]
    fn the_address_is_compared_without_its_query_and_as_urls_are() {
        let segments = path(&["Patient", "a b"]);
        for (address, expected) in [
            ("https://fhir.example/r4/Patient/a%20b", true),
            ("HTTPS://FHIR.example:443/r4/Patient/a%20b?x=1#y", true),
            ("https://fhir.example/r4/%50atient/a%20b/", true),
            ("https://fhir.example/r4/patient/a%20b", false),
            ("https://fhir.example/Patient/a%20b", false),
            ("https://fhir.example/r4/Patient", false),
            ("https://fhir.example/r4/Patient/a%20b/c", false),
            ("http://fhir.example/r4/Patient/a%20b", false),
            ("https://fhir.example:8443/r4/Patient/a%20b", false),
            ("https://u@fhir.example/r4/Patient/a%20b", false),
            ("https://fhir.example.evil/r4/Patient/a%20b", false),
            ("/r4/Patient/a%20b", false),
            ("", false),
        ] {
            let target = target(&segments, None);
            assert_eq!(is_address(address, &target), expected, "{address}");
        }
    }

    #[test]
    fn every_broken_claim_is_named() {
        let segments = path(&["Patient"]);
        let hash = encode(&Sha256::digest("t"));
        let check = |change: &Value| {
            let mut claims = json!({"jti": "1", "htm": "GET", "iat": 1000, "ath": hash,
                "htu": "https://fhir.example/r4/Patient"});
            for (name, value) in change.as_object().unwrap() {
                claims[name] = value.clone();
            }
            check(&claims, &target(&segments, Some("t")))
        };
        assert_eq!(check(&json!({})).unwrap().expires, 1_061_000);
        assert!(check(&json!({"iat": 940})).is_ok());
        assert!(check(&json!({"iat": 1060})).is_ok());
        for (change, expected) in [
            (json!({"jti": null}), "`jti`"),
            (json!({"jti": ""}), "`jti`"),
            (json!({"jti": "x".repeat(257)}), "`jti`"),
            (json!({"htm": "get"}), "`htm`"),
            (json!({"htm": null}), "`htm`"),
            (
                json!({"htu": "https://fhir.example/r4/Observation"}),
                "`htu`",
            ),
            (json!({"htu": null}), "`htu`"),
            (json!({"iat": null}), "not a time"),
            (json!({"iat": "1000"}), "not a time"),
            (json!({"iat": 939}), "`iat`"),
            (json!({"iat": 1061}), "`iat`"),
            (json!({"iat": i64::MAX}), "`iat`"),
            (json!({"iat": i64::MIN}), "`iat`"),
            (json!({"ath": null}), "`ath`"),
            (json!({"ath": "x"}), "`ath`"),
        ] {
            let message = check(&change).unwrap_err();
            assert!(message.contains(expected), "{change}: {message}");
        }
    }

    #[test]
    fn a_thumbprint_is_a_hash() {
        assert!(is_thumbprint(&encode(&Sha256::digest("x"))));
        for text in ["", "x", &"!".repeat(43), &"a".repeat(44)] {
            assert!(!is_thumbprint(text), "{text}");
        }
    }
}
