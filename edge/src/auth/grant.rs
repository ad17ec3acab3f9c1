//! Authorisation: what a principal may do with a type, as a value that the store demands.

use super::principal::Principal;
use super::roles::DataActions;
use crate::error::{Error, Reason};
use fhir::outcome::IssueType;
use fhir::search::{self, Confinement};

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    Read,
    Search,
    History,
    Create,
    Update,
    Delete,
    /// Post a bundle: each entry is authorised by itself.
    Bundle,
}

impl Action {
    /// The data actions of which one suffices, and what the refusal calls the deed.
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

    /// The deed in words that an object follows.
    pub(super) fn deed(self) -> &'static str {
        self.needs().1
    }
}

/// Proof that the caller may do one thing, and with which resources. Only [`authorise`] makes it.
#[derive(Clone, Debug)]
pub(crate) struct Grant {
    confinement: Confinement,
    subject: String,
}

impl Grant {
    /// What the store confines every statement to.
    pub(crate) fn confinement(&self) -> &Confinement {
        &self.confinement
    }

    /// Whom the grant is for: what a cursor is bound to.
    pub(crate) fn subject(&self) -> &str {
        &self.subject
    }
}

/// Conformance resources change how others are validated, so writing them needs more.
const PROFILE_DEFINITIONS: [&str; 3] = ["StructureDefinition", "ValueSet", "CodeSystem"];

/// Decides whether `principal` may do `action` with resources of `resource_type` (`None`: with
/// the server as a whole).
///
/// # Errors
/// 403 with the missing data action and the roles that were sent.
pub(crate) fn authorise(
    principal: &Principal,
    action: Action,
    resource_type: Option<&str>,
    context: &search::Context<'_>,
) -> Result<Grant, Error> {
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
    let confinement = match &principal.narrowing {
        Some(narrowing) => narrowing.confinement(action, resource_type, context)?,
        None => Confinement::default(),
    };
    Ok(Grant {
        confinement,
        subject: principal.identity().person.clone(),
    })
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
