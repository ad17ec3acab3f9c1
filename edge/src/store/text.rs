//! The text that bodies travel behind.
//!
//! In the worker it is a JavaScript string: it comes from the storage, is joined and sent without
//! ever being copied into WebAssembly. Natively it is Rust's, so that tests run the same code.

use js_sys::JsString;
use wasm_bindgen::JsValue;

#[cfg(target_arch = "wasm32")]
type Held = JsString;
#[cfg(not(target_arch = "wasm32"))]
type Held = std::rc::Rc<str>;

/// A text, measured and cut in UTF-16 units as JavaScript does.
#[derive(Clone, Debug)]
pub(crate) struct Text(Held);

#[cfg(target_arch = "wasm32")]
impl Text {
    /// The pieces as one text.
    pub(crate) fn join(pieces: impl IntoIterator<Item = Self>) -> Self {
        let pieces: js_sys::Array = pieces.into_iter().map(|piece| piece.0).collect();
        Self(pieces.join(""))
    }

    /// The length in UTF-16 units.
    pub(crate) fn units(&self) -> u32 {
        self.0.length()
    }

    /// What lies between two places, in UTF-16 units.
    pub(crate) fn substring(&self, start: u32, end: u32) -> Self {
        Self(self.0.substring(start, end))
    }

    /// Whether a place lies between the two halves of a character.
    pub(crate) fn cuts_character(&self, at: u32) -> bool {
        let before = self.0.char_code_at(at.saturating_sub(1)) as u32;
        (0xD800..0xDC00).contains(&before)
    }
}

#[cfg(target_arch = "wasm32")]
impl PartialEq for Text {
    fn eq(&self, other: &Self) -> bool {
        AsRef::<JsValue>::as_ref(&self.0) == AsRef::<JsValue>::as_ref(&other.0)
    }
}

#[cfg(not(target_arch = "wasm32"))]
impl Text {
    /// The pieces as one text.
    pub(crate) fn join(pieces: impl IntoIterator<Item = Self>) -> Self {
        let pieces: Vec<Held> = pieces.into_iter().map(|piece| piece.0).collect();
        Self(pieces.concat().into())
    }

    /// The length in UTF-16 units.
    #[cfg(test)]
    pub(crate) fn units(&self) -> u32 {
        let units = self.0.chars().map(char::len_utf16).sum::<usize>();
        u32::try_from(units).unwrap_or(u32::MAX)
    }

    /// What lies between two places, in UTF-16 units.
    pub(crate) fn substring(&self, start: u32, end: u32) -> Self {
        let count = end.saturating_sub(start);
        let units = self.0.encode_utf16().skip(start as usize);
        let units: Vec<u16> = units.take(count as usize).collect();
        Self(String::from_utf16_lossy(&units).into())
    }

    /// Whether a place lies between the two halves of a character.
    #[cfg(test)]
    pub(crate) fn cuts_character(&self, at: u32) -> bool {
        let before = self.0.encode_utf16().nth(at.saturating_sub(1) as usize);
        before.is_some_and(|unit| (0xD800..0xDC00).contains(&unit))
    }
}

#[cfg(not(target_arch = "wasm32"))]
impl PartialEq for Text {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self(text.into())
    }
}

/// Copies the text into WebAssembly.
impl From<Text> for String {
    fn from(text: Text) -> Self {
        #[cfg(target_arch = "wasm32")]
        return text.0.into();
        #[cfg(not(target_arch = "wasm32"))]
        return text.0.as_ref().into();
    }
}

impl From<JsString> for Text {
    fn from(text: JsString) -> Self {
        #[cfg(target_arch = "wasm32")]
        return Self(text);
        #[cfg(not(target_arch = "wasm32"))]
        return String::from(text).into();
    }
}

impl From<Text> for JsValue {
    fn from(text: Text) -> Self {
        #[cfg(target_arch = "wasm32")]
        return text.0.into();
        #[cfg(not(target_arch = "wasm32"))]
        return Self::from_str(&text.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_measured_and_cut_in_utf_16_units() {
        for (text, units, (start, end), cut) in [
            ("", 0, (0, 0), ""),
            ("Müller", 6, (1, 3), "ül"),
            ("a😀b", 4, (1, 3), "😀"),
            ("a😀b", 4, (3, 9), "b"),
        ] {
            let text = Text::from(text);
            assert_eq!(text.units(), units, "{text:?}");
            assert_eq!(text.substring(start, end), Text::from(cut), "{text:?}");
        }
    }

    #[test]
    fn a_character_of_two_units_can_be_cut() {
        let text = Text::from("a😀b");
        let cuts = [0, 1, 2, 3, 4].map(|at| text.cuts_character(at));
        assert_eq!(cuts, [false, false, true, false, false]);
    }

    #[test]
    fn pieces_are_joined_in_their_order() {
        let pieces = ["{\"resource\":", "{}", "}"].map(Text::from);
        assert_eq!(String::from(Text::join(pieces)), "{\"resource\":{}}");
        assert_eq!(Text::join([]), Text::from(""));
    }
}
