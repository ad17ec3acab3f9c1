//! Authorisation: what a principal may do with a type, as a value that the store demands.

use super::principal::Principal;
use super::roles::DataActions;
use crate::error::{Error, Reason};
use fhir::outcome::IssueType;
use fhir::search::CompartmentFilter;

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    Read,
    Search,
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
            Self::Create => (&["write", "create"], "create"),
            Self::Update => (&["write", "update"], "update"),
            Self::Delete => (&["delete"], "delete"),
            Self::Bundle => (&[], "post bundles"),
        }
    }
}

/// Proof that the caller may do one thing, and with which resources. Only [`authorise`] makes it.
#[derive(Clone, Debug)]
pub(crate) struct Grant {
    compartment: Option<CompartmentFilter>,
    subject: String,
}

impl Grant {
    /// The compartment that the store confines every statement to; `None` is everything.
    pub(crate) fn compartment(&self) -> Option<&CompartmentFilter> {
        self.compartment.as_ref()
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
    Ok(Grant {
        compartment: compartment(principal, writes)?,
        subject: principal.object_id.clone(),
    })
}

/// A SMART user sees the compartment of the patient that the token names, and nothing when it
/// names none.
fn compartment(principal: &Principal, writes: bool) -> Result<Option<CompartmentFilter>, Error> {
    if !principal.actions.has_any(DataActions::of("smart")) {
        return Ok(None);
    }
    if writes {
        return Err(forbidden(
            "a SMART user may read the own record and change nothing",
        ));
    }
    match &principal.patient {
        Some(id) => Ok(Some(CompartmentFilter {
            compartment: "Patient".into(),
            id: id.clone(),
        })),
        None => Err(forbidden(
            "the token of a SMART user must name a Patient in its claim `fhirUser`",
        )),
    }
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
