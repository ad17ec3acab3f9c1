//! What narrows a caller whose role is for SMART users: the scopes of the token, and the
//! compartment of the person that it names. Both only ever take away from the role.
//! <https://hl7.org/fhir/smart-app-launch/scopes-and-launch-context.html>

use super::grant::Action;
use crate::error::{Error, Reason};
use fhir::outcome::{Issue, IssueType};
use fhir::search::{self, Compartment, Confinement};
use smart::scope::{Access, Scope, ScopeContext, parse_scopes};

/// A SMART user as the token describes it.
#[derive(Debug)]
pub(super) struct SmartUser {
    /// The scopes for resources, or what is wrong with them.
    scopes: Result<Vec<Scope>, String>,
    /// Whose compartment it is.
    compartment: Option<Compartment>,
}

impl SmartUser {
    pub(super) fn new(scopes: &str, fhir_user: Option<&str>) -> Self {
        Self {
            scopes: parse_scopes(scopes).map_err(|error| error.to_string()),
            compartment: fhir_user.and_then(compartment),
        }
    }

    /// What the caller is confined to when doing `action` with `resource_type`.
    ///
    /// # Errors
    /// 400 when the token's scopes or `fhirUser` cannot be understood, 403 when no scope covers
    /// the deed.
    pub(super) fn confinement(
        &self,
        action: Action,
        resource_type: Option<&str>,
        context: &search::Context<'_>,
    ) -> Result<Confinement, Error> {
        let scopes = self.scopes.as_ref().map_err(|problem| {
            let message = format!("The token cannot be used: {problem}.");
            Error::invalid_because(Issue::error(IssueType::Invalid, message))
        })?;
        if scopes.is_empty() {
            return self.own_record(action);
        }
        let covering: Vec<&Scope> = scopes
            .iter()
            .filter(|scope| covers(scope, action, resource_type))
            .collect();
        let Some(first) = covering.first() else {
            let what = resource_type.unwrap_or("anything here");
            let deed = action.deed();
            return Err(forbidden(&format!(
                "no scope of the token lets the app {deed} {what}"
            )));
        };
        let compartment = match first.context {
            ScopeContext::System => None,
            ScopeContext::Patient | ScopeContext::User => Some(self.own_compartment()?),
        };
        Ok(Confinement {
            compartment,
            constraints: constraints(&covering, resource_type, context)?,
        })
    }

    /// Someone who signed in without an app that asks for scopes reads the own record.
    fn own_record(&self, action: Action) -> Result<Confinement, Error> {
        match action {
            Action::Read | Action::Search | Action::History | Action::Bundle => Ok(Confinement {
                compartment: Some(self.own_compartment()?),
                constraints: Vec::new(),
            }),
            Action::Create | Action::Update | Action::Delete => Err(forbidden(
                "the token of this SMART user has no scope for resources, which lets it read the \
                 own record and change nothing",
            )),
        }
    }

    fn own_compartment(&self) -> Result<Compartment, Error> {
        self.compartment.clone().ok_or_else(|| {
            let message = "The token of a SMART user must name a Patient or Practitioner in its \
                           claim `fhirUser`, such as `Patient/123`.";
            Error::invalid_because(Issue::error(IssueType::Invalid, message))
        })
    }
}

fn covers(scope: &Scope, action: Action, resource_type: Option<&str>) -> bool {
    let Access {
        create,
        read,
        update,
        delete,
        search,
    } = scope.access;
    let access = match action {
        Action::Read | Action::History => read,
        Action::Search => search,
        Action::Create => create,
        Action::Update => update,
        Action::Delete => delete,
        Action::Bundle => true,
    };
    let same = |own: &String| resource_type.is_none_or(|wanted| own == wanted);
    access && scope.resource_type.as_ref().is_none_or(same)
}

/// The constraints of the covering scopes; none when one of them has none.
fn constraints(
    covering: &[&Scope],
    resource_type: Option<&str>,
    context: &search::Context<'_>,
) -> Result<Vec<Vec<search::Predicate>>, Error> {
    let definition = resource_type.and_then(|name| context.definitions.resource(name));
    let Some(definition) = definition else {
        return Ok(Vec::new());
    };
    if covering.iter().any(|scope| scope.constraint.is_empty()) {
        return Ok(Vec::new());
    }
    let read = covering.iter().map(|scope| {
        let query = search::parse(context, definition.name, &scope.constraint);
        query.map(|query| query.predicates).map_err(Error::invalid)
    });
    read.collect()
}

/// The compartment that a `fhirUser` names: `Patient/1` or `https://.../Practitioner/1`.
fn compartment(fhir_user: &str) -> Option<Compartment> {
    let (rest, id) = fhir_user.rsplit_once('/')?;
    let name = rest.rsplit('/').next().unwrap_or(rest);
    let known = matches!(name, "Patient" | "Practitioner") && fhir::types::is_id(id);
    known.then(|| Compartment {
        compartment: name.to_owned(),
        id: id.to_owned(),
    })
}

fn forbidden(reason: &str) -> Error {
    let message = format!("Authorization failed: {reason}.");
    Error::rejected(Reason::Forbidden, IssueType::Forbidden, message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use fhir::Release;
    use fhir::definitions::Definitions;
    use fhir::search::Handling;

    fn context() -> search::Context<'static> {
        search::Context {
            definitions: Definitions::of(Release::R4),
            base_url: "http://localhost",
            now: 0,
            handling: Handling::Strict,
        }
    }

    #[test]
    fn scopes_and_actions_form_a_lattice() {
        let actions = [
            (Action::Create, 'c'),
            (Action::Read, 'r'),
            (Action::History, 'r'),
            (Action::Update, 'u'),
            (Action::Delete, 'd'),
            (Action::Search, 's'),
        ];
        let v1 = [("read", "rs"), ("write", "cud"), ("*", "cruds")];
        let v2 = (1_u32..32).map(|bits| {
            let letters = "cruds"
                .chars()
                .enumerate()
                .filter(|(at, _)| bits & (1 << at) != 0);
            let letters: String = letters.map(|(_, letter)| letter).collect();
            (letters.clone(), letters)
        });
        let all = v1
            .map(|(text, letters)| (text.to_owned(), letters.to_owned()))
            .into_iter();
        for (access, letters) in all.chain(v2) {
            for whose in ["patient", "user", "system"] {
                for named in ["Observation", "*"] {
                    let user =
                        SmartUser::new(&format!("{whose}/{named}.{access}"), Some("Patient/1"));
                    for (action, letter) in actions {
                        for wanted in ["Observation", "Condition"] {
                            let found = user.confinement(action, Some(wanted), &context());
                            let expected =
                                letters.contains(letter) && (named == "*" || wanted == named);
                            assert_eq!(
                                found.is_ok(),
                                expected,
                                "{whose}/{named}.{access} {action:?} {wanted}"
                            );
                            if let Ok(confinement) = found {
                                assert_eq!(confinement.compartment.is_none(), whose == "system");
                            }
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn a_constraint_counts_unless_another_scope_has_none() {
        let confinement = |scopes: &str| {
            let user = SmartUser::new(scopes, Some("https://fhir.example/Patient/1"));
            user.confinement(Action::Search, Some("Observation"), &context())
        };
        let both = "patient/Observation.rs?category=a patient/Observation.s?category=b";
        assert_eq!(confinement(both).unwrap().constraints.len(), 2);
        let open = "patient/Observation.rs?category=a patient/*.s";
        assert!(confinement(open).unwrap().constraints.is_empty());
        assert!(confinement("patient/Observation.rs?nonsense=a").is_err());
    }

    #[test]
    fn without_a_person_there_is_no_compartment() {
        for fhir_user in [
            None,
            Some("Group/1"),
            Some("Patient/"),
            Some("1"),
            Some("Patient/a b"),
        ] {
            let user = SmartUser::new("patient/*.rs", fhir_user);
            assert!(
                user.confinement(Action::Read, Some("Patient"), &context())
                    .is_err()
            );
        }
    }
}
