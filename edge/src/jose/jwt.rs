//! A JSON Web Token before its signature is checked. <https://www.rfc-editor.org/rfc/rfc7519>

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

/// The signature algorithms that are accepted: asymmetric ones only, and never `none`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Algorithm {
    Rs256,
    Rs384,
    Rs512,
    Ps256,
    Es256,
    Es384,
}

impl Algorithm {
    fn parse(name: &str) -> Option<Self> {
        match name {
            "RS256" => Some(Self::Rs256),
            "RS384" => Some(Self::Rs384),
            "RS512" => Some(Self::Rs512),
            "PS256" => Some(Self::Ps256),
            "ES256" => Some(Self::Es256),
            "ES384" => Some(Self::Es384),
            _ => None,
        }
    }

    /// The name in a JWS header.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Rs384 => "RS384",
            Self::Rs512 => "RS512",
            Self::Ps256 => "PS256",
            Self::Es256 => "ES256",
            Self::Es384 => "ES384",
        }
    }
}

/// The parts of a token; nothing in it may be trusted yet.
pub(crate) struct Unverified<'a> {
    pub(crate) algorithm: Algorithm,
    pub(crate) key_id: String,
    /// Where the signer says that the key is published (`jku`); it is never fetched from there.
    pub(crate) key_address: Option<String>,
    /// What the header says that the token is (`typ`); what is no text is said as JSON.
    pub(crate) media_type: Option<String>,
    pub(crate) claims: Value,
    /// What the signature is over.
    pub(crate) signed: &'a str,
    pub(crate) signature: Vec<u8>,
}

/// Splits and decodes a token whose key its header names.
///
/// # Errors
/// Why it is no token that could be accepted, in words that end a sentence.
pub(crate) fn parse(token: &str) -> Result<Unverified<'_>, String> {
    let (token, _) = decode(token)?;
    if token.key_id.is_empty() || token.key_id.len() > 512 {
        return Err("the token does not name its key (kid)".into());
    }
    Ok(token)
}

/// Splits and decodes a token whose key stands in its header (`jwk`).
///
/// # Errors
/// As [`parse`].
pub(crate) fn parse_with_key(token: &str) -> Result<(Unverified<'_>, Value), String> {
    let (token, mut header) = decode(token)?;
    let key = header.get_mut("jwk").map(Value::take);
    Ok((token, key.ok_or("its header holds no key (`jwk`)")?))
}

fn decode(token: &str) -> Result<(Unverified<'_>, Value), String> {
    let (signed, signature) = token.rsplit_once('.').ok_or("the token is no JWT")?;
    let (header, claims) = signed.split_once('.').ok_or("the token is no JWT")?;
    if claims.contains('.') {
        return Err(
            "the token has more than three parts; encrypted tokens are not accepted".into(),
        );
    }
    let header = object(header).ok_or("the header of the token is not base64url-encoded JSON")?;
    if header.get("crit").is_some() {
        return Err("the token demands extensions (crit) that this server does not know".into());
    }
    let algorithm = header.get("alg").and_then(Value::as_str).unwrap_or("none");
    let algorithm = Algorithm::parse(algorithm).ok_or(
        "the token's algorithm is not accepted; RS256, PS256 and ES256 and their like are",
    )?;
    let key_id = header
        .get("kid")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let signature = URL_SAFE_NO_PAD.decode(signature);
    let token = Unverified {
        algorithm,
        key_id: key_id.to_owned(),
        key_address: text_or_json(&header, "jku"),
        media_type: text_or_json(&header, "typ"),
        claims: object(claims).ok_or("the claims of the token are not base64url-encoded JSON")?,
        signed,
        signature: signature.map_err(|_| "the signature of the token is not base64url")?,
    };
    Ok((token, header))
}

/// A member that must be a text; what is not is told from every right one.
fn text_or_json(header: &Value, name: &str) -> Option<String> {
    header.get(name).map(|stated| match stated {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    })
}

fn object(part: &str) -> Option<Value> {
    let bytes = URL_SAFE_NO_PAD.decode(part).ok()?;
    // The FHIR parser refuses a property that stands twice, which two readers could read
    // differently.
    fhir::json::parse(&bytes).ok().filter(Value::is_object)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(header: &str, claims: &str) -> String {
        format!(
            "{}.{}.c2ln",
            URL_SAFE_NO_PAD.encode(header),
            URL_SAFE_NO_PAD.encode(claims)
        )
    }

    #[test]
    fn only_signed_tokens_of_known_algorithms_get_further() {
        let right = token(r#"{"alg":"RS256","kid":"1"}"#, "{}");
        assert!(parse(&right).is_ok());
        for (header, claims) in [
            (r#"{"alg":"none","kid":"1"}"#, "{}"),
            (r#"{"alg":"None","kid":"1"}"#, "{}"),
            (r#"{"alg":"HS256","kid":"1"}"#, "{}"),
            (r#"{"kid":"1"}"#, "{}"),
            (r#"{"alg":"RS256"}"#, "{}"),
            (r#"{"alg":"RS256","kid":1}"#, "{}"),
            (r#"{"alg":"RS256","kid":"1","crit":["exp"]}"#, "{}"),
            (r#"{"alg":"RS256","alg":"none","kid":"1"}"#, "{}"),
            (r#"{"alg":"RS256","kid":"1"}"#, "[]"),
            (r#"{"alg":"RS256","kid":"1"}"#, "x"),
            ("", "{}"),
        ] {
            assert!(parse(&token(header, claims)).is_err(), "{header} {claims}");
        }
        for text in [
            "",
            ".",
            "..",
            "a.b",
            "a.b.c.d.e",
            &format!("{right}="),
            &right.replace('.', ":"),
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
