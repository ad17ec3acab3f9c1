//! The few things that sign-in asks of the browser: randomness, hashing and storage.

use serde::Serialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Storage, Window};

use super::failure::SignInFailure;

/// The page's window; a page always has one, a worker thread does not.
pub(crate) fn window() -> Result<Window, SignInFailure> {
    web_sys::window().ok_or(SignInFailure::Browser("pages to have a window"))
}

/// The address of a page of this application, for registration at the provider.
pub(crate) fn page_address(path: &str) -> Result<String, SignInFailure> {
    let origin = window()?
        .location()
        .origin()
        .map_err(|_| SignInFailure::Browser("pages to know their address"))?;
    Ok(format!("{origin}{path}"))
}

/// Random bytes of cryptographic quality.
pub(crate) fn entropy() -> Result<[u8; 32], SignInFailure> {
    let mut bytes = [0; 32];
    window()?
        .crypto()
        .and_then(|crypto| crypto.get_random_values_with_u8_array(&mut bytes))
        .map_err(|_| SignInFailure::Browser("random numbers"))?;
    Ok(bytes)
}

/// A random identifier that cannot be guessed.
pub(crate) fn unguessable_id() -> Result<String, SignInFailure> {
    entropy().map(|bytes| smart::pkce::verifier(&bytes))
}

/// SHA-256 by the Web Crypto API.
pub(crate) async fn sha256(text: &str) -> Result<Vec<u8>, SignInFailure> {
    let crypto = window()?
        .crypto()
        .map_err(|_| SignInFailure::InsecurePage)?;
    // Outside secure contexts `subtle` is undefined, whatever its type says.
    let subtle = js_sys::Reflect::get(&crypto, &"subtle".into())
        .ok()
        .filter(|subtle| !subtle.is_undefined())
        .ok_or(SignInFailure::InsecurePage)?
        .unchecked_into::<web_sys::SubtleCrypto>();
    let digest = subtle
        .digest_with_str_and_u8_array("SHA-256", text.as_bytes())
        .map_err(|_| SignInFailure::InsecurePage)?;
    let digest = JsFuture::from(digest)
        .await
        .map_err(|_| SignInFailure::Browser("hashing"))?;
    Ok(js_sys::Uint8Array::new(&digest).to_vec())
}

/// This tab's storage: tokens live here, and go when the tab goes.
pub(crate) fn tab_storage() -> Option<Storage> {
    web_sys::window()?.session_storage().ok()?
}

/// This browser's storage: choices live here, never tokens.
pub(crate) fn lasting_storage() -> Option<Storage> {
    web_sys::window()?.local_storage().ok()?
}

/// Reads JSON from a storage; what cannot be read counts as absent.
pub(crate) fn load<T: DeserializeOwned>(storage: Option<Storage>, key: &str) -> Option<T> {
    serde_json::from_str(&storage?.get_item(key).ok()??).ok()
}

/// Writes JSON to a storage.
pub(crate) fn save<T: Serialize>(
    storage: Option<Storage>,
    key: &str,
    value: &T,
) -> Result<(), SignInFailure> {
    let refused = SignInFailure::Browser("sites to keep data");
    let text = serde_json::to_string(value).map_err(|_| refused.clone())?;
    storage
        .ok_or(refused.clone())?
        .set_item(key, &text)
        .map_err(|_| refused)
}

/// Removes a key; storage that is refused holds nothing to remove.
pub(crate) fn forget(storage: Option<Storage>, key: &str) {
    if let Some(storage) = storage {
        let _ = storage.remove_item(key);
    }
}

/// Removes everything of this tab but the one key: one person's data is not for the next.
pub(crate) fn forget_work(kept_key: &str) {
    let Some(storage) = tab_storage() else {
        return;
    };
    let kept = storage.get_item(kept_key).ok().flatten();
    let _ = storage.clear();
    if let Some(kept) = kept {
        // There was room for it a moment ago.
        let _ = storage.set_item(kept_key, &kept);
    }
}

/// Removes everything of this tab.
pub(crate) fn forget_tab() {
    if let Some(storage) = tab_storage() {
        let _ = storage.clear();
    }
}
