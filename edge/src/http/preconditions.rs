//! Version tags: `ETag` and `If-Match`. <https://hl7.org/fhir/R4/http.html#concurrency>

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

#[cfg(test)]
mod tests {
    use super::if_match;

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
