//! Sessions: by what the store knows whose they are, and who may end them.
//! <https://openid.net/specs/openid-connect-backchannel-1_0.html#BCActions>

use super::logout_token::SignedOut;
use super::{Principal, Verifier, discovery};
use crate::config::DataActions;
use crate::error::{Error, Reason};
use fhir::outcome::IssueType;

/// A person (or service) as the store knows them: ids of two providers may be the same.
pub(super) fn person(issuer: &str, object_id: &str) -> String {
    // Object ids are compared whatever their case, here as on the operator's list.
    format!("{issuer} {}", object_id.to_ascii_lowercase())
}

/// A provider's session as the store knows it. No object id has a space in it.
pub(super) fn session(issuer: &str, session: &str) -> String {
    format!("{issuer} session {session}")
}

/// What an administrator or a provider ends, as the store knows it.
#[derive(Debug, Default)]
pub(crate) struct Ending {
    pub(crate) names: Vec<String>,
    /// Why not everything is named: a provider that could not be asked who it is.
    pub(crate) outage: Option<Error>,
}

/// Everything that `who` is known by when `issuer` names them: at all endpoints of that directory,
/// or without an issuer at all that are trusted, and here.
pub(crate) async fn ending(
    verifier: &Verifier<'_>,
    issuer: Option<&str>,
    who: &SignedOut,
) -> Ending {
    let name = |issuer: &str| match who {
        SignedOut::Person(id) => person(issuer, id),
        SignedOut::Session(id) => session(issuer, id),
    };
    let mut ending = Ending::default();
    let mut known = Vec::new();
    for authority in &verifier.security.authorities {
        match discovery::metadata(authority, verifier.now).await {
            Ok(metadata) => known.push((authority, metadata.issuer)),
            Err(error) => ending.outage = Some(error),
        }
    }
    // Backend services get their tokens here.
    if issuer.is_none_or(|issuer| issuer == verifier.base_url) {
        ending.names.push(name(verifier.base_url));
    }
    let speaker = known.iter().find(|(_, own)| issuer == Some(own.as_str()));
    for (authority, own) in &known {
        let is_meant = match speaker {
            Some((speaker, _)) => speaker.is_same_directory(authority),
            None => issuer.is_none(),
        };
        if is_meant {
            ending.names.push(name(own));
        }
    }
    ending
}

/// Decides whether `principal` may end the sessions of others: with the whole of a role that
/// permits it, not through an app that was given a part.
///
/// # Errors
/// 403 when not.
pub(crate) fn check_may_end_sessions(principal: &Principal) -> Result<(), Error> {
    let permits = principal.actions.has_any(DataActions::of("endSessions"));
    if permits && principal.narrowing.is_none() {
        return Ok(());
    }
    let message = "Authorization failed: to end the sessions of others a role with `endSessions` \
        is needed, in a token that no SMART scope narrows.";
    Err(Error::rejected(
        Reason::Forbidden,
        IssueType::Forbidden,
        message,
    ))
}
