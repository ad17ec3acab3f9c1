//! Verifies signatures with the runtime's WebCrypto. <https://www.w3.org/TR/webcrypto/>

use super::jwk::Jwk;
use super::jwt::{Algorithm, Unverified};
use crate::error::Error;
use js_sys::{Array, Object, Reflect};
use serde_json::Value;
use std::cell::RefCell;
use std::collections::HashMap;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{CryptoKey, SubtleCrypto};

/// More keys than any provider publishes at once.
const MAX_KEYS: usize = 64;

thread_local! {
    static IMPORTED: RefCell<HashMap<(String, Algorithm), (Value, CryptoKey)>> = RefCell::default();
}

/// Whether the signature of `token` was made with `key`, which is published and used again.
pub(crate) async fn verify(key: &Jwk, token: &Unverified<'_>) -> Result<bool, Error> {
    let subtle = subtle()?;
    let imported = remembered(&subtle, key, token.algorithm).await?;
    is_of(&subtle, &imported, token).await
}

/// Whether the signature of `token` was made with `key`, which came along with it and may be none.
pub(crate) async fn verify_with_own_key(key: &Jwk, token: &Unverified<'_>) -> Result<bool, Error> {
    let subtle = subtle()?;
    match import(&subtle, key, token.algorithm).await? {
        Some(imported) => is_of(&subtle, &imported, token).await,
        None => Ok(false),
    }
}

async fn is_of(
    subtle: &SubtleCrypto,
    imported: &CryptoKey,
    token: &Unverified<'_>,
) -> Result<bool, Error> {
    let (name, parameters) = match token.algorithm {
        Algorithm::Rs256 | Algorithm::Rs384 | Algorithm::Rs512 => ("RSASSA-PKCS1-v1_5", None),
        Algorithm::Ps256 => ("RSA-PSS", Some(("saltLength", JsValue::from(32)))),
        Algorithm::Es256 | Algorithm::Es384 => {
            ("ECDSA", Some(("hash", hash(token.algorithm).into())))
        }
    };
    let algorithm = Object::new();
    Reflect::set(&algorithm, &"name".into(), &name.into())?;
    if let Some((name, value)) = parameters {
        Reflect::set(&algorithm, &name.into(), &value)?;
    }
    let verified = subtle.verify_with_object_and_u8_array_and_u8_array(
        &algorithm,
        imported,
        &token.signature,
        token.signed.as_bytes(),
    )?;
    // WebCrypto rejects signatures of an impossible shape instead of answering `false`.
    Ok(JsFuture::from(verified)
        .await
        .is_ok_and(|value| value.is_truthy()))
}

async fn remembered(
    subtle: &SubtleCrypto,
    key: &Jwk,
    algorithm: Algorithm,
) -> Result<CryptoKey, Error> {
    let at = (key.key_id.clone(), algorithm);
    let known = IMPORTED.with_borrow(|keys| keys.get(&at).cloned());
    if let Some((members, imported)) = known
        && members == key.members
    {
        return Ok(imported);
    }
    let imported = import(subtle, key, algorithm).await?;
    let imported = imported
        .ok_or_else(|| Error::Upstream("a published key is none that can be used".into()))?;
    IMPORTED.with_borrow_mut(|keys| {
        if keys.len() >= MAX_KEYS {
            keys.clear();
        }
        keys.insert(at, (key.members.clone(), imported.clone()));
    });
    Ok(imported)
}

/// The key as the runtime uses it; `None` for one that is none, such as a point off the curve.
async fn import(
    subtle: &SubtleCrypto,
    key: &Jwk,
    algorithm: Algorithm,
) -> Result<Option<CryptoKey>, Error> {
    let data = js_sys::JSON::parse(&key.members.to_string())?;
    let parameters = Object::new();
    let set = |name: &str, value: &str| Reflect::set(&parameters, &name.into(), &value.into());
    match algorithm {
        Algorithm::Es256 => set("namedCurve", "P-256").and(set("name", "ECDSA"))?,
        Algorithm::Es384 => set("namedCurve", "P-384").and(set("name", "ECDSA"))?,
        Algorithm::Ps256 => set("hash", "SHA-256").and(set("name", "RSA-PSS"))?,
        _ => set("hash", hash(algorithm)).and(set("name", "RSASSA-PKCS1-v1_5"))?,
    };
    let usages = Array::of1(&"verify".into());
    let promise = subtle.import_key_with_object(
        "jwk",
        data.unchecked_ref(),
        &parameters,
        false,
        usages.as_ref(),
    )?;
    let imported = JsFuture::from(promise).await;
    Ok(imported.ok().map(JsCast::unchecked_into))
}

fn hash(algorithm: Algorithm) -> &'static str {
    match algorithm {
        Algorithm::Rs384 | Algorithm::Es384 => "SHA-384",
        Algorithm::Rs512 => "SHA-512",
        Algorithm::Rs256 | Algorithm::Ps256 | Algorithm::Es256 => "SHA-256",
    }
}

fn subtle() -> Result<SubtleCrypto, Error> {
    let crypto = Reflect::get(&js_sys::global(), &"crypto".into())?;
    Ok(crypto.unchecked_into::<web_sys::Crypto>().subtle())
}
