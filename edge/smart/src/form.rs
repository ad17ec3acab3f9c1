//! `application/x-www-form-urlencoded` pairs, the encoding of every OAuth query, fragment and
//! token request body. <https://url.spec.whatwg.org/#application/x-www-form-urlencoded>

/// Name and value pairs in the order they are sent.
pub type Pairs = Vec<(String, String)>;

/// Encodes pairs for a query string or a form body.
pub fn encode<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    form_urlencoded::Serializer::new(String::new())
        .extend_pairs(pairs)
        .finish()
}

/// Decodes a query string, a fragment or a form body; a leading `?` or `#` is skipped.
pub fn decode(encoded: &str) -> Pairs {
    let encoded = encoded.strip_prefix(['?', '#']).unwrap_or(encoded);
    form_urlencoded::parse(encoded.as_bytes())
        .into_owned()
        .collect()
}

/// The first value of a name.
pub fn first<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    pairs
        .iter()
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_text_survives_a_round_trip() {
        let pairs = [("a b", "ü&=+%"), ("empty", ""), ("next", "a=b#c")];
        let decoded = decode(&encode(pairs));
        let expected: Pairs = pairs
            .iter()
            .map(|(name, value)| (name.to_string(), value.to_string()))
            .collect();
        assert_eq!(decoded, expected);
    }

    #[test]
    fn a_fragment_or_query_mark_is_skipped_once() {
        assert_eq!(decode("#code=1"), decode("code=1"));
        assert_eq!(decode("?code=1"), decode("code=1"));
        assert_eq!(first(&decode("##code=1"), "code"), None);
    }

    #[test]
    fn broken_percent_escapes_are_kept_as_written() {
        assert_eq!(first(&decode("a=%zz%4"), "a"), Some("%zz%4"));
    }

    #[test]
    fn the_first_of_repeated_names_is_taken() {
        assert_eq!(first(&decode("a=1&a=2"), "a"), Some("1"));
    }
}
