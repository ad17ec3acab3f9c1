//! Authorisation: what a principal may do with a type, as a value that the store demands.

use super::principal::Principal;
use crate::config::DataActions;
use crate::error::{Error, Reason};
use crate::grant::action::Deed;
use crate::grant::{Action, Grant, PartitionName};
use fhir::outcome::IssueType;
use fhir::search::{self, Confinement};

impl Action {
    /// The data actions of which one suffices, and the verb of the refusal.
    fn needs(self) -> (&'static [&'static str], &'static str) {
        match self {
            Self::Read => (&["read", "readById"], "read"),
            Self::Search => (&["read", "search"], "search"),
            Self::History => (&["read", "search"], "read the history of"),
            Self::Create => (&["write", "create"], "create"),
            Self::Update => (&["write", "update"], "update"),
            Self::Delete => (&["delete"], "delete"),
            Self::Bundle => (&[], "post bundles"),
        }
    }

    /// The verb, with an object to follow.
    pub(super) fn deed(self) -> &'static str {
        self.needs().1
    }
}

/// Conformance resources change how others are validated, so writing them needs more.
const PROFILE_DEFINITIONS: [&str; 3] = ["StructureDefinition", "ValueSet", "CodeSystem"];

/// Decides whether `principal` may do `D` with resources of `resource_type`.
///
/// # Errors
/// 403 with the missing data action and the roles in the token.
pub(crate) fn authorise<D: Deed>(
    principal: &Principal,
    resource_type: &'static str,
    context: &search::Context<'_>,
) -> Result<Grant<D>, Error> {
    let confinement = permit(principal, D::ACTION, Some(resource_type), context)?;
    let subject = principal.identity().person.clone();
    Ok(Grant::new(
        PartitionName::Default,
        resource_type,
        confinement,
        subject,
    ))
}

/// Decides whether `principal` may post a bundle. Each of its entries is authorised by itself.
///
/// # Errors
/// 403 when no role of the token counts here, or none of its scopes.
pub(crate) fn check_may_post_bundles(
    principal: &Principal,
    context: &search::Context<'_>,
) -> Result<(), Error> {
    permit(principal, Action::Bundle, None, context).map(drop)
}

fn permit(
    principal: &Principal,
    action: Action,
    resource_type: Option<&str>,
    context: &search::Context<'_>,
) -> Result<Confinement, Error> {
    let (names, deed) = action.needs();
    let what = resource_type.unwrap_or("anything here");
    let wanted = names.iter().fold(DataActions::default(), |all, name| {
        all.or(DataActions::of(name))
    });
    let permitted = if names.is_empty() {
        !principal.actions.is_empty()
    } else {
        principal.actions.has_any(wanted)
    };
    if !permitted {
        return Err(refuse(principal, deed, what, &names.join("` or `")));
    }
    let writes = matches!(action, Action::Create | Action::Update | Action::Delete);
    let is_definition = resource_type.is_some_and(|name| PROFILE_DEFINITIONS.contains(&name));
    let edits = DataActions::of("editProfileDefinitions");
    if writes && is_definition && !principal.actions.has_any(edits) {
        return Err(refuse(principal, deed, what, "editProfileDefinitions"));
    }
    match &principal.narrowing {
        Some(narrowing) => narrowing.confinement(action, resource_type, context),
        None => Ok(Confinement::default()),
    }
}

/// Decides whether `principal` may do anything at all.
///
/// # Errors
/// 403 when no role of the token counts.
pub(crate) fn check_any_action(principal: &Principal, deed: &str) -> Result<(), Error> {
    if principal.actions.is_empty() {
        return Err(refuse(principal, deed, "anything here", ""));
    }
    Ok(())
}

/// Decides whether a role of `principal` permits the data action `deed`, which is done to `what`.
///
/// # Errors
/// 403 with the data action and the roles that were sent.
pub(crate) fn check_data_action(
    principal: &Principal,
    deed: &str,
    what: &str,
) -> Result<(), Error> {
    if principal.actions.has_any(DataActions::of(deed)) {
        return Ok(());
    }
    Err(refuse(principal, deed, what, deed))
}

/// Decides whether `principal` may follow the rebuilding of indexes, which is about everybody's
/// resources.
///
/// # Errors
/// 403 without the data action, and when anything narrows the token.
pub(crate) fn check_may_follow_reindexing(principal: &Principal) -> Result<(), Error> {
    check_data_action(principal, "reindex", "everything here")?;
    if principal.narrowing.is_some() {
        return Err(forbidden(
            "a token that SMART scopes narrow sees no indexes",
        ));
    }
    Ok(())
}

fn refuse(principal: &Principal, deed: &str, what: &str, needed: &str) -> Error {
    let roles = if principal.roles.is_empty() {
        "the token has no role that counts here".to_owned()
    } else {
        format!("the token has the role {}", principal.roles.join(", "))
    };
    let needed = if needed.is_empty() {
        "any data action"
    } else {
        needed
    };
    forbidden(&format!(
        "to {deed} {what} a role with `{needed}` is needed, and {roles}"
    ))
}

fn forbidden(reason: &str) -> Error {
    let message = format!("Authorization failed: {reason}.");
    Error::rejected(Reason::Forbidden, IssueType::Forbidden, message)
}
