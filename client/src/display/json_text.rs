//! JSON set for reading: indented, coloured by kind, references turned into links. Numbers keep
//! the digits they came with.

use serde_json::Value;

use super::reference::{self, Target};

/// A run of text of one kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// The text, with its quotes.
    pub text: String,
    /// What it is.
    pub kind: PieceKind,
}

/// What a run of text is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PieceKind {
    /// Braces, commas, blanks and line ends.
    Punctuation,
    /// A property's name.
    Name,
    /// A string.
    Text,
    /// A number.
    Number,
    /// `true`, `false`, `null`.
    Literal,
    /// A string that refers to a resource of this server.
    Reference(Target),
}

/// The pieces of a value; joined, they are valid JSON.
pub fn pieces(base: &str, value: &Value) -> Vec<Piece> {
    let mut writer = Writer {
        base,
        pieces: Vec::new(),
    };
    writer.value(value, 0, false);
    writer.pieces
}

/// The value as text, for copying.
pub fn pretty(value: &Value) -> String {
    pieces("", value)
        .into_iter()
        .map(|piece| piece.text)
        .collect()
}

struct Writer<'a> {
    base: &'a str,
    pieces: Vec<Piece>,
}

impl Writer<'_> {
    fn push(&mut self, kind: PieceKind, text: impl Into<String>) {
        let text = text.into();
        if let (PieceKind::Punctuation, Some(last)) = (&kind, self.pieces.last_mut())
            && last.kind == PieceKind::Punctuation
        {
            last.text.push_str(&text);
        } else {
            self.pieces.push(Piece { text, kind });
        }
    }

    fn punctuation(&mut self, text: &str) {
        self.push(PieceKind::Punctuation, text);
    }

    fn line(&mut self, depth: usize) {
        self.push(PieceKind::Punctuation, format!("\n{}", "  ".repeat(depth)));
    }

    fn value(&mut self, value: &Value, depth: usize, is_reference: bool) {
        match value {
            Value::Object(object) if object.is_empty() => self.punctuation("{}"),
            Value::Array(items) if items.is_empty() => self.punctuation("[]"),
            Value::Object(object) => {
                self.punctuation("{");
                for (index, (name, member)) in object.iter().enumerate() {
                    if index > 0 {
                        self.punctuation(",");
                    }
                    self.line(depth + 1);
                    self.push(PieceKind::Name, quoted(name));
                    self.punctuation(": ");
                    self.value(member, depth + 1, name == "reference");
                }
                self.line(depth);
                self.punctuation("}");
            }
            Value::Array(items) => {
                self.punctuation("[");
                for (index, item) in items.iter().enumerate() {
                    if index > 0 {
                        self.punctuation(",");
                    }
                    self.line(depth + 1);
                    self.value(item, depth + 1, false);
                }
                self.line(depth);
                self.punctuation("]");
            }
            Value::String(text) => {
                let target = is_reference
                    .then(|| reference::target(self.base, text))
                    .flatten();
                self.push(
                    target.map_or(PieceKind::Text, PieceKind::Reference),
                    quoted(text),
                );
            }
            Value::Number(number) => self.push(PieceKind::Number, number.to_string()),
            literal => self.push(PieceKind::Literal, literal.to_string()),
        }
    }
}

fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    const RESOURCE: &str = r#"{"resourceType":"Observation","b":{},"a":[],"value":1.50,
        "subject":{"reference":"Patient/1"},"other":{"reference":"urn:uuid:1"},
        "words":["\"<b>\"\n",true,null]}"#;

    #[test]
    fn the_pieces_are_the_same_json_digit_for_digit() {
        let value: Value = serde_json::from_str(RESOURCE).unwrap();
        let text = pretty(&value);
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), value);
        assert!(text.contains("\"value\": 1.50,"), "{text}");
        assert_eq!(text.lines().count(), 17);
    }

    #[test]
    fn only_references_to_this_server_are_links() {
        let value: Value = serde_json::from_str(RESOURCE).unwrap();
        let links: Vec<String> = pieces("https://fhir.example", &value)
            .into_iter()
            .filter(|piece| matches!(piece.kind, PieceKind::Reference(_)))
            .map(|piece| piece.text)
            .collect();
        assert_eq!(links, ["\"Patient/1\""]);
    }
}
