//! The EHR's colours for apps: only plain colours are taken, and only those that can be read.
//! <https://hl7.org/fhir/smart-app-launch/scopes-and-launch-context.html#styling>

use serde_json::Value;

/// What WCAG asks of text: <https://www.w3.org/TR/WCAG22/#contrast-minimum>
const LEAST_CONTRAST: f64 = 4.5;

/// The background colours of text.
const GROUNDS: [&str; 5] = [
    "--ground",
    "--surface",
    "--surface-hover",
    "--surface-sunken",
    "--surface-chosen",
];
/// The colours of plain text.
const TEXTS: [&str; 4] = ["--text", "--text-quiet", "--text-faint", "--code-name"];

/// What stands out, and the ring around what has the focus.
const ACCENTS: [&str; 3] = ["--link", "--accent", "--focus"];

/// Every custom property that a style may change.
pub fn names() -> impl Iterator<Item = &'static str> {
    GROUNDS.into_iter().chain(TEXTS).chain(ACCENTS)
}

/// A colour as red, green and blue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Colour([u8; 3]);

impl Colour {
    /// Reads `#rgb` or `#rrggbb`; nothing else is accepted, since it could be more than a colour.
    fn read(text: &str) -> Option<Self> {
        let digits = text.trim().strip_prefix('#')?;
        if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return None;
        }
        let whole: String = match digits.len() {
            3 => digits.chars().flat_map(|digit| [digit, digit]).collect(),
            6 => digits.to_owned(),
            _ => return None,
        };
        let number = u32::from_str_radix(&whole, 16).ok()?;
        let [_, red, green, blue] = number.to_be_bytes();
        Some(Self([red, green, blue]))
    }

    fn words(self) -> String {
        let Self([red, green, blue]) = self;
        format!("#{red:02x}{green:02x}{blue:02x}")
    }

    /// <https://www.w3.org/TR/WCAG22/#dfn-relative-luminance>
    fn luminance(self) -> f64 {
        let linear = self.0.map(|part| {
            let part = f64::from(part) / 255.0;
            if part <= 0.04045 {
                part / 12.92
            } else {
                ((part + 0.055) / 1.055).powf(2.4)
            }
        });
        let [red, green, blue] = linear;
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }

    fn is_readable_on(self, ground: Self) -> bool {
        let (one, other) = (self.luminance(), ground.luminance());
        (one.max(other) + 0.05) / (one.min(other) + 0.05) >= LEAST_CONTRAST
    }
}

/// The custom properties of this page that a style changes, with their values. A style whose text
/// lacks contrast changes nothing.
pub fn properties(style: &Value) -> Vec<(&'static str, String)> {
    let colour = |name: &str| style.get(name)?.as_str().and_then(Colour::read);
    let (Some(ground), Some(text)) = (colour("color_background"), colour("color_text")) else {
        return Vec::new();
    };
    if !text.is_readable_on(ground) {
        return Vec::new();
    }
    let highlight = colour("color_highlight").filter(|colour| colour.is_readable_on(ground));
    let accent = highlight.unwrap_or(text);
    let grounds = GROUNDS.into_iter().map(|name| (name, ground));
    let texts = TEXTS.into_iter().map(|name| (name, text));
    let accents = ACCENTS.into_iter().map(|name| (name, accent));
    grounds
        .chain(texts)
        .chain(accents)
        .map(|(name, colour)| (name, colour.words()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn value(properties: &[(&'static str, String)], name: &str) -> Option<String> {
        let found = properties.iter().find(|(property, _)| *property == name);
        found.map(|(_, value)| value.clone())
    }

    #[test]
    fn the_colours_of_an_ehr_are_taken() {
        let taken = properties(&json!({
            "color_background": "#edeae3", "color_text": "#303030", "color_highlight": "#069",
            "color_error": "red;}", "dim_font_size": "13px"
        }));
        assert_eq!(value(&taken, "--ground").unwrap(), "#edeae3");
        assert_eq!(value(&taken, "--surface").unwrap(), "#edeae3");
        assert_eq!(value(&taken, "--text").unwrap(), "#303030");
        assert_eq!(value(&taken, "--link").unwrap(), "#006699");
        assert!(taken.iter().map(|(name, _)| *name).eq(names()));
    }

    #[test]
    fn what_is_more_than_a_colour_is_no_colour() {
        for text in [
            "red",
            "#12",
            "#1234567",
            "#12345g",
            "rgb(0,0,0)",
            "url(https://evil.example)",
            "#fff;background:url(x)",
            "#é12",
            "",
        ] {
            assert_eq!(Colour::read(text), None, "{text}");
        }
        assert_eq!(Colour::read(" #FFF "), Some(Colour([255, 255, 255])));
    }

    #[test]
    fn a_style_that_cannot_be_read_changes_nothing() {
        for style in [
            json!({}),
            json!({"color_background": "#ffffff"}),
            json!({"color_background": "#ffffff", "color_text": "#cccccc"}),
            json!([]),
        ] {
            assert!(properties(&style).is_empty(), "{style}");
        }
        let pale =
            json!({"color_background": "#fff", "color_text": "#000", "color_highlight": "#ff0"});
        assert_eq!(value(&properties(&pale), "--link").unwrap(), "#000000");
    }
}
