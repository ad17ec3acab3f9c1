//! The `Authorization` and `WWW-Authenticate` headers. <https://www.rfc-editor.org/rfc/rfc6750>,
//! <https://www.rfc-editor.org/rfc/rfc9449#section-7.1>

use crate::config::Security;
use crate::error::{Error, Reason};
use fhir::outcome::IssueType;

/// Longer tokens are refused unread: real ones stay far below, headers end at 16 KB anyway.
const MAX_TOKEN: usize = 16 * 1024;

/// How a token is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scheme {
    Bearer,
    /// With the proof of a key.
    Dpop,
}

/// The token of an Authorization header.
pub(crate) fn presented_token(authorization: Option<&str>) -> Result<(Scheme, &str), Error> {
    let Some(value) = authorization else {
        return Err(refuse(
            "the request has no Authorization header with a Bearer token",
        ));
    };
    let (scheme, token) = value.trim().split_once(' ').unwrap_or((value, ""));
    let scheme = if scheme.eq_ignore_ascii_case("bearer") {
        Scheme::Bearer
    } else if scheme.eq_ignore_ascii_case("dpop") {
        Scheme::Dpop
    } else {
        return Err(refuse(
            "the Authorization header must use the scheme Bearer or DPoP",
        ));
    };
    let token = token.trim();
    if token.is_empty() || token.len() > MAX_TOKEN {
        return Err(refuse("the Bearer token is empty or too long"));
    }
    Ok((scheme, token))
}

/// A 401 that tells why.
pub(crate) fn refuse(reason: &str) -> Error {
    let message = format!("Authentication failed: {reason}.");
    Error::rejected(Reason::Unauthenticated, IssueType::Login, message)
}

/// The value of `WWW-Authenticate` for a 401: where to get a token, and for whom it must be.
pub(crate) fn challenge(security: &Security, base_url: &str, reason: &str) -> String {
    let audience = security.audiences.first().map_or(base_url, String::as_str);
    let authority = security.authority.as_deref().unwrap_or_default();
    let reason: String = reason
        .chars()
        .map(|c| if c == '"' || c == '\\' { '\'' } else { c })
        .filter(|c| c.is_ascii() && !c.is_ascii_control())
        .collect();
    let mut value = format!(
        "Bearer authorization_uri=\"{authority}\", resource_id=\"{audience}\", realm=\"{audience}\""
    );
    // A request without any token gets no error code: https://www.rfc-editor.org/rfc/rfc6750#section-3.1
    if !reason.contains("no Authorization header") {
        value.push_str(&format!(
            ", error=\"invalid_token\", error_description=\"{reason}\""
        ));
    }
    value
}
