//! Text that crosses from isolate to isolate. A call carries 32 MiB, and a JavaScript string counts
//! two bytes a character as soon as one of them is not Latin; so long text crosses as UTF-8.

use crate::binding;
use js_sys::{JsString, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};

/// From how many bytes or characters on text is long.
pub(super) const LONG: usize = 4 * 1024 * 1024;

/// How text crosses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Crossing {
    /// As a string: the quickest.
    Text,
    /// As UTF-8 bytes: the smallest.
    Bytes,
}

impl Crossing {
    /// How a command of that many bytes crosses.
    pub(super) fn of(bytes: usize) -> Self {
        if bytes < LONG {
            Self::Text
        } else {
            Self::Bytes
        }
    }

    /// The text as it crosses.
    pub(super) fn pack(self, text: &str) -> JsValue {
        match self {
            Self::Text => JsValue::from_str(text),
            Self::Bytes => Uint8Array::from(text.as_bytes()).into(),
        }
    }
}

/// Packs a string that was made on the JavaScript side.
#[cfg(target_arch = "wasm32")]
pub(super) fn pack(text: JsString) -> JsValue {
    if usize::try_from(text.length()).unwrap_or(usize::MAX) < LONG {
        return text.into();
    }
    binding::TextEncoder::new().encode(&text).into()
}

/// The text that crossed.
pub(super) fn unpack(value: JsValue) -> JsString {
    match value.dyn_into::<Uint8Array>() {
        Ok(bytes) => binding::TextDecoder::new().decode(&bytes),
        Err(text) => text.unchecked_into(),
    }
}
