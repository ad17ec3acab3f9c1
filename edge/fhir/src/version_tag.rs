//! Version tags and the conditions that name them, as HTTP headers and bundle entries write both.
//! <https://hl7.org/fhir/R4/http.html#concurrency>

/// The weak entity tag of a version.
pub fn etag(version: i64) -> String {
    format!("W/\"{version}\"")
}

/// Reads the one version that an `If-Match` names: `W/"3"`, or the strong form `"3"`.
///
/// # Errors
/// What would be right.
pub fn if_match(tag: &str) -> Result<i64, &'static str> {
    let tag = tag.trim();
    let quoted = tag.strip_prefix("W/").unwrap_or(tag);
    let version = quoted
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'));
    version
        .filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))
        .and_then(|digits| digits.parse().ok())
        .ok_or("If-Match must name one version, such as W/\"3\".")
}

/// The versions that an `If-None-Match` names. <https://www.rfc-editor.org/rfc/rfc9110#section-13.1.2>
#[derive(Clone, Debug, PartialEq, Eq)]
enum Tags {
    /// `*`
    Any,
    Listed(Vec<String>),
}

/// When a caller who reads a resource has it already and need not be sent it again.
/// <https://hl7.org/fhir/R4/http.html#cread>
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReadCondition {
    if_none_match: Option<Tags>,
    /// In milliseconds since 1970.
    if_modified_since: Option<i64>,
}

impl ReadCondition {
    /// A condition from the text of `If-None-Match` and the time of `If-Modified-Since` in
    /// milliseconds since 1970. Tags are compared weakly; text that is not a list of tags names no
    /// version. As in HTTP, the time counts only where no tags are named.
    pub fn new(if_none_match: Option<&str>, if_modified_since: Option<i64>) -> Self {
        Self {
            if_none_match: if_none_match.map(|text| match text.trim() {
                "*" => Tags::Any,
                list => Tags::Listed(tags(list).unwrap_or_default()),
            }),
            if_modified_since,
        }
    }

    /// Whether the caller has the version, which was made at `updated` (milliseconds since 1970).
    pub fn has(&self, version: i64, updated: i64) -> bool {
        match (&self.if_none_match, self.if_modified_since) {
            (Some(Tags::Any), _) => true,
            (Some(Tags::Listed(tags)), _) => tags.contains(&version.to_string()),
            // HTTP dates are whole seconds.
            (None, Some(since)) => updated.div_euclid(1000) <= since.div_euclid(1000),
            (None, None) => false,
        }
    }
}

/// The opaque parts of a list of tags; `None` when the text is no such list.
fn tags(mut list: &str) -> Option<Vec<String>> {
    let mut tags = Vec::new();
    loop {
        list = list.trim_start_matches([' ', '\t', ',']);
        if list.is_empty() {
            return Some(tags);
        }
        let quoted = list.strip_prefix("W/").unwrap_or(list).strip_prefix('"')?;
        let (tag, rest) = quoted.split_once('"')?;
        let rest = rest.trim_start_matches([' ', '\t']);
        if !rest.is_empty() && !rest.starts_with(',') {
            return None;
        }
        tags.push(tag.to_owned());
        list = rest;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_caller_has_a_version_by_one_of_the_tags_of_a_list() {
        for (header, expected) in [
            ("W/\"3\"", true),
            ("\"3\"", true),
            ("*", true),
            (" W/\"1\" , W/\"3\"", true),
            ("\"a,b\",\"3\"", true),
            (",, \"3\" ,", true),
            ("W/\"33\"", false),
            ("W/\"\"", false),
            ("\"a,\"3\"", false),
            ("\"*\"", false),
            ("*, \"3\"", false),
            ("3", false),
            ("\"", false),
            ("", false),
            ("w/\"3\"", false),
            ("W/\"3\" W/\"3\"", false),
            ("W/\"3\"x", false),
        ] {
            let condition = ReadCondition::new(Some(header), None);
            assert_eq!(condition.has(3, 0), expected, "{header}");
        }
        assert!(!ReadCondition::default().has(3, 0));
    }

    #[test]
    fn a_caller_has_what_did_not_change_since_unless_tags_say_otherwise() {
        for (tags, since, expected) in [
            (None, 12_000, true),
            (None, 12_999, true),
            (None, 11_999, false),
            (None, 13_000, true),
            (Some("\"2\""), 13_000, false),
            (Some("\"3\""), 0, true),
        ] {
            let condition = ReadCondition::new(tags, Some(since));
            assert_eq!(condition.has(3, 12_345), expected, "{tags:?} {since}");
        }
    }

    #[test]
    fn an_if_match_names_one_version() {
        for (header, expected) in [
            ("W/\"3\"", Some(3)),
            ("\"12\"", Some(12)),
            ("3", None),
            ("*", None),
            ("W/\"\"", None),
            ("W/\"-1\"", None),
            ("W/\"1\", W/\"2\"", None),
            ("W/\"99999999999999999999\"", None),
        ] {
            assert_eq!(if_match(header).ok(), expected, "{header:?}");
        }
    }
}
