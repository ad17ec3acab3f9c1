//! Version tags: `ETag`, `If-Match` and `If-None-Match`.
//! <https://hl7.org/fhir/R4/http.html#concurrency>

use crate::error::Error;
use fhir::outcome::{Issue, IssueType};

/// The weak tag of a version.
pub(crate) fn etag(version: i64) -> String {
    format!("W/\"{version}\"")
}

/// The version that an `If-Match` names: `W/"3"`, or the strong form `"3"`.
///
/// # Errors
/// 400 when the tag is none of ours.
pub(crate) fn if_match(header: Option<&str>) -> Result<Option<i64>, Error> {
    let Some(tag) = header.map(str::trim) else {
        return Ok(None);
    };
    let quoted = tag.strip_prefix("W/").unwrap_or(tag);
    let version = quoted
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'));
    let version = version.filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()));
    match version.and_then(|digits| digits.parse().ok()) {
        Some(version) => Ok(Some(version)),
        None => {
            let message = "If-Match must name one version, such as W/\"3\".";
            Err(Error::invalid_because(
                Issue::error(IssueType::Invalid, message).at("http.If-Match"),
            ))
        }
    }
}

/// Whether an `If-None-Match` names the version: the caller has it already. It is `*` or a list of
/// tags, which are compared weakly; a header that is neither names nothing.
/// <https://www.rfc-editor.org/rfc/rfc9110#section-13.1.2>
pub(crate) fn if_none_match(header: Option<&str>, version: i64) -> bool {
    let Some(header) = header.map(str::trim) else {
        return false;
    };
    if header == "*" {
        return true;
    }
    let own = version.to_string();
    tags(header).is_some_and(|tags| tags.contains(&own.as_str()))
}

/// The opaque parts of a list of tags; `None` when it is no such list.
fn tags(mut list: &str) -> Option<Vec<&str>> {
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
        tags.push(tag);
        list = rest;
    }
}

#[cfg(test)]
mod tests {
    use super::{if_match, if_none_match};

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
            assert_eq!(if_none_match(Some(header), 3), expected, "{header}");
        }
        assert!(!if_none_match(None, 3));
    }

    #[test]
    fn a_tag_names_one_version() {
        for (header, expected) in [
            (None, Some(None)),
            (Some("W/\"3\""), Some(Some(3))),
            (Some("\"12\""), Some(Some(12))),
            (Some("3"), None),
            (Some("*"), None),
            (Some("W/\"\""), None),
            (Some("W/\"-1\""), None),
            (Some("W/\"1\", W/\"2\""), None),
            (Some("W/\"99999999999999999999\""), None),
        ] {
            assert_eq!(if_match(header).ok(), expected, "{header:?}");
        }
    }
}
