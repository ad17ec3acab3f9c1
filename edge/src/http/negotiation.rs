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
    acceptable(format, request.header("accept"))
}

fn acceptable(format: Option<&str>, accept: Option<&str>) -> Result<(), Error> {
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

fn preference<'a>(prefer: Option<&'a str>, name: &str) -> Option<&'a str> {
    let parts = prefer.unwrap_or_default().split([',', ';']);
    let mut pairs = parts.filter_map(|part| part.trim().split_once('='));
    pairs
        .find(|(key, _)| key.trim() == name)
        .map(|(_, value)| value.trim().trim_matches('"'))
}

/// Reads `Prefer: handling=`.
pub(super) fn handling(request: &Incoming) -> Result<Handling, Error> {
    handling_of(request.header("prefer"))
}

fn handling_of(prefer: Option<&str>) -> Result<Handling, Error> {
    match preference(prefer, "handling") {
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
    preference(request.header("prefer"), "return") == Some("minimal")
}

/// Reads `x-ms-consistency-level`. The ledger is one, so that everything but the most relaxed
/// level is as good as strong.
pub(super) fn consistency(request: &Incoming) -> Result<Consistency, Error> {
    consistency_of(request.header("x-ms-consistency-level"))
}

fn consistency_of(level: Option<&str>) -> Result<Consistency, Error> {
    match level {
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
                acceptable(format, accept).is_ok(),
                expected,
                "{format:?} {accept:?}"
            );
        }
    }

    #[test]
    fn preferences_are_read_from_lists() {
        assert_eq!(
            handling_of(Some("return=minimal, handling=strict")).ok(),
            Some(Handling::Strict)
        );
        assert!(handling_of(Some("handling=odd")).is_err());
        let minimal = |prefer| preference(Some(prefer), "return") == Some("minimal");
        assert!(minimal("handling=strict; return=\"minimal\""));
        assert!(!minimal("return=representation"));
    }
}
