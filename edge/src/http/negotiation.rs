//! What the caller takes and sends: `Accept`, `_format`, `Content-Type`, `Prefer`, consistency.
//! <https://hl7.org/fhir/R4/http.html#mime-type>

use crate::error::{Error, Reason};
use crate::message::{Incoming, JSON_TYPES, media_type};
use crate::store::Consistency;
use fhir::outcome::{Issue, IssueType};
use fhir::search::Handling;

/// Checks `_format`, which overrides `Accept`, or else `Accept`.
pub(super) fn check_acceptable(request: &Incoming) -> Result<(), Error> {
    let format = request.query.iter().find(|(name, _)| name == "_format");
    let format = format.map(|(_, value)| value.as_str());
    let accept = request.header("accept");
    let acceptable = match (format, accept) {
        // A `+` in a query string that nobody encoded arrives as a space.
        (Some(format), _) => {
            let format = media_type(format).replace(' ', "+");
            format == "json" || JSON_TYPES.contains(&format.as_str())
        }
        (None, Some(accept)) => accept.split(',').map(media_type).any(|range| {
            let wild = ["*/*", "application/*", ""].contains(&range.as_str());
            wild || JSON_TYPES.contains(&range.as_str())
        }),
        (None, None) => true,
    };
    if acceptable {
        return Ok(());
    }
    let message = "This server answers in JSON; ask for application/fhir+json or application/json.";
    Err(Error::rejected(
        Reason::NotAcceptable,
        IssueType::NotSupported,
        message,
    ))
}

fn preference<'a>(request: &'a Incoming, name: &str) -> Option<&'a str> {
    let prefer = request.header("prefer");
    let parts = prefer.unwrap_or_default().split([',', ';']);
    let mut pairs = parts.filter_map(|part| part.trim().split_once('='));
    pairs
        .find(|(key, _)| key.trim() == name)
        .map(|(_, value)| value.trim().trim_matches('"'))
}

/// Reads `Prefer: handling=`.
pub(super) fn handling(request: &Incoming) -> Result<Handling, Error> {
    match preference(request, "handling") {
        None | Some("lenient") => Ok(Handling::Lenient),
        Some("strict") => Ok(Handling::Strict),
        Some(other) => {
            let message = format!("Prefer says handling={other}; it must be strict or lenient.");
            Err(Error::invalid_because(
                Issue::error(IssueType::Invalid, message).at("http.Prefer"),
            ))
        }
    }
}

/// Reads `Prefer: return=`.
pub(super) fn wants_minimal(request: &Incoming) -> bool {
    preference(request, "return") == Some("minimal")
}

/// Reads `x-ms-consistency-level`. The ledger is one, so that everything but the most relaxed
/// level is as good as strong.
pub(super) fn consistency(request: &Incoming) -> Result<Consistency, Error> {
    match request.header("x-ms-consistency-level") {
        None | Some("Strong" | "BoundedStaleness" | "Session") => Ok(Consistency::Strong),
        Some("ConsistentPrefix" | "Eventual") => Ok(Consistency::Eventual),
        Some(_) => {
            let message = "x-ms-consistency-level must be Strong, BoundedStaleness, Session, \
                ConsistentPrefix or Eventual.";
            let issue = Issue::error(IssueType::Invalid, message);
            Err(Error::invalid_because(
                issue.at("http.x-ms-consistency-level"),
            ))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_answered_to_whoever_takes_it() {
        let cases = [
            (None, None, true),
            (None, Some("*/*"), true),
            (None, Some("application/fhir+json;fhirVersion=4.0"), true),
            (None, Some("text/html,application/json;q=0.5"), true),
            (None, Some("application/fhir+xml"), false),
            (None, Some("text/html"), false),
            (Some("json"), Some("text/html"), true),
            (Some("application/fhir json"), None, true),
            (Some("xml"), Some("*/*"), false),
            (Some(""), None, false),
        ];
        for (format, accept, expected) in cases {
            assert_eq!(
                check_acceptable(format, accept).is_ok(),
                expected,
                "{format:?} {accept:?}"
            );
        }
    }

    #[test]
    fn preferences_are_read_from_lists() {
        assert_eq!(
            handling(Some("return=minimal, handling=strict")).ok(),
            Some(Handling::Strict)
        );
        assert!(handling(Some("handling=odd")).is_err());
        assert!(wants_minimal(Some("handling=strict; return=\"minimal\"")));
        assert!(!wants_minimal(Some("return=representation")));
    }

    #[test]
    fn bodies_must_be_json() {
        for (content_type, expected) in [
            (Some("application/fhir+json; charset=UTF-8"), true),
            (Some("APPLICATION/JSON"), true),
            (Some("text/plain"), false),
            (Some("application/fhir+xml"), false),
            (None, false),
        ] {
            assert_eq!(
                check_content_type(content_type).is_ok(),
                expected,
                "{content_type:?}"
            );
        }
    }
}
