//! Backslash escapes in query values. <https://hl7.org/fhir/R4/search.html#escaping>

/// Splits at every `separator` that no backslash stands before.
pub(super) fn split(text: &str, separator: char) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut escaped = false;
    let mut rest = text;
    let mut offset = 0;
    while let Some(at) = rest.get(offset..).and_then(|tail| {
        tail.find(|c: char| {
            let found = c == separator && !escaped;
            escaped = c == '\\' && !escaped;
            found
        })
    }) {
        let end = offset + at;
        parts.push(rest.get(..end).unwrap_or_default());
        rest = rest.get(end + separator.len_utf8()..).unwrap_or_default();
        offset = 0;
    }
    parts.push(rest);
    parts
}

/// The text without its escapes: `\,` `\|` `\$` and `\\` stand for the second character.
pub(super) fn unescape(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match (character, characters.peek()) {
            ('\\', Some(',' | '|' | '$' | '\\')) => plain.extend(characters.next()),
            _ => plain.push(character),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn escaped_separators_do_not_split() {
        assert_eq!(split(r"a,b\,c,,d", ','), ["a", r"b\,c", "", "d"]);
        assert_eq!(split(r"a\\,b", ','), [r"a\\", "b"]);
        assert_eq!(split("", ','), [""]);
        assert_eq!(unescape(r"b\,c\|\$\\\n"), r"b,c|$\\n");
    }

    proptest! {
        #[test]
        fn the_parts_joined_are_the_text(text in "\\PC{0,30}") {
            prop_assert_eq!(split(&text, ',').join(","), text);
        }
    }
}
