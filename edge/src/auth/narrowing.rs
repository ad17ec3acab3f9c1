//! What narrows a caller below the role: the SMART scopes of the token, the patient that the app
//! was launched for, and the compartment of a SMART user. Each only ever takes away.
//! <https://hl7.org/fhir/smart-app-launch/scopes-and-launch-context.html>

use crate::error::{Error, Reason};
use crate::grant::Action;
use fhir::outcome::{Issue, IssueType};
use fhir::search::{self, Compartment, Confinement};
use smart::granted_scope::intersection;
use smart::scope::{Access, Scope, ScopeContext, is_smart, parse_scopes, parse_scopes_of};

/// The scope of a client that acts with the whole role of the person.
const USER_IMPERSONATION: &str = "user_impersonation";

/// Whom a token is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bearer {
    /// A person, whose scopes are `patient/` and `user/`.
    Person,
    /// A service by itself, whose scopes are `system/`.
    Service,
}

/// What the proxy gave an app together with its token.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Launched {
    /// The scopes that were granted, as the app names them.
    pub(crate) scope: String,
    /// The patient that the app was launched for.
    pub(crate) patient: Option<String>,
}

/// What a token says that narrows its bearer.
pub(super) struct Stated<'a> {
    pub(super) bearer: Bearer,
    /// The scopes of the token.
    pub(super) scopes: &'a str,
    /// The address of the person's own resource.
    pub(super) fhir_user: Option<&'a str>,
    /// What an absolute reference to this server begins with; empty when that is not known.
    pub(super) base_url: &'a str,
    /// Whether the role is one of SMART users, who see their own record only.
    pub(super) is_smart_user: bool,
    /// What the proxy gave with the token; `None` for a token of another origin.
    pub(super) launched: Option<&'a Launched>,
}

/// The scopes of a token, as far as they say what may be done with resources.
#[derive(Debug)]
enum Scopes {
    /// No scope narrows the role.
    Unlimited,
    /// These and nothing else; none of them is of a context that does not fit the bearer.
    Limited(Vec<Scope>),
}

impl Scopes {
    /// What both permit.
    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Unlimited, other) => other,
            (own, Self::Unlimited) => own,
            (Self::Limited(own), Self::Limited(other)) => Self::Limited(intersection(&own, &other)),
        }
    }
}

/// What narrows a caller.
#[derive(Debug)]
pub(super) struct Narrowing {
    /// The scopes that count, or what is wrong with them.
    scopes: Result<Scopes, String>,
    is_smart_user: bool,
    /// Whether the token, or what the app was granted, has no scope for resources that counts.
    is_unscoped: bool,
    /// The compartment of the person.
    own: Option<Compartment>,
    /// The compartment of the patient that the app was launched for.
    launch: Option<Compartment>,
}

impl Narrowing {
    /// What narrows the bearer; `None` when nothing does.
    pub(super) fn of(stated: &Stated<'_>) -> Option<Self> {
        let scopes = effective(stated);
        let has_none = |list| scopes_of(list, stated.bearer).is_ok_and(|own| own.is_empty());
        let is_unscoped = has_none(stated.scopes)
            || stated
                .launched
                .is_some_and(|launched| has_none(&launched.scope));
        if matches!(scopes, Ok(Scopes::Unlimited)) && !stated.is_smart_user {
            return None;
        }
        let launched = stated
            .launched
            .and_then(|launched| launched.patient.as_ref());
        Some(Self {
            scopes,
            // What a service may do by itself is not about a person.
            is_smart_user: stated.is_smart_user && (is_unscoped || stated.bearer == Bearer::Person),
            is_unscoped,
            own: stated
                .fhir_user
                .and_then(|fhir_user| own_compartment(fhir_user, stated.base_url)),
            launch: launched.map(|id| Compartment {
                compartment: "Patient".to_owned(),
                id: id.clone(),
            }),
        })
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
        let mut confinement = Confinement {
            own_base: context.base_url.to_owned(),
            ..Confinement::default()
        };
        if self.is_smart_user {
            let own = self.own.clone().ok_or_else(names_nobody)?;
            confinement.compartments.push(own);
            self.check_own_record(action)?;
        }
        let Scopes::Limited(scopes) = scopes else {
            return Ok(confinement);
        };
        let covering: Vec<&Scope> = scopes
            .iter()
            .filter(|scope| covers(scope, action, resource_type))
            .collect();
        // The entries of a bundle are judged one by one.
        if covering.is_empty() && action != Action::Bundle {
            let what = resource_type.unwrap_or("anything here");
            let deed = action.deed();
            return Err(forbidden(&format!(
                "no scope of the token lets the app {deed} {what}"
            )));
        }
        let of_patient = |scope: &&Scope| scope.context == ScopeContext::Patient;
        if covering.iter().any(of_patient) {
            self.add_patient(&mut confinement)?;
        }
        confinement.constraints = constraints(&covering, resource_type, context)?;
        Ok(confinement)
    }

    /// A SMART user who signed in without scopes for resources reads the own record.
    fn check_own_record(&self, action: Action) -> Result<(), Error> {
        let writes = matches!(action, Action::Create | Action::Update | Action::Delete);
        if self.is_unscoped && writes {
            return Err(forbidden(
                "the token of this SMART user has no scope for resources, which lets it read the \
                 own record and change nothing",
            ));
        }
        Ok(())
    }

    /// Adds the compartment that `patient/` scopes are about: that of the patient in context, who
    /// is the person where an app was not launched for anybody else.
    fn add_patient(&self, confinement: &mut Confinement) -> Result<(), Error> {
        let is_patient = |own: &&Compartment| own.compartment == "Patient";
        let own = self.own.as_ref().filter(is_patient);
        match self.launch.as_ref().or(own) {
            Some(patient) if confinement.compartments.contains(patient) => Ok(()),
            Some(patient) => {
                confinement.compartments.push(patient.clone());
                Ok(())
            }
            None => Err(forbidden(
                "the scopes of the token are about the patient in context (`patient/`), and the \
                 app was launched for no patient; launch it for one, or ask for `user/` scopes",
            )),
        }
    }
}

/// The scopes that count: what both the token and the proxy's grant permit. The provider may put
/// more into a token than the app was granted, and one that knows no scopes puts none.
fn effective(stated: &Stated<'_>) -> Result<Scopes, String> {
    let of_token = permitted(stated.scopes, stated, false)?;
    match stated.launched {
        // A grant of nothing is a grant as well.
        Some(launched) => Ok(of_token.and(permitted(&launched.scope, stated, true)?)),
        None => Ok(of_token),
    }
}

/// What a list of scopes permits.
fn permitted(list: &str, stated: &Stated<'_>, is_granted: bool) -> Result<Scopes, String> {
    if names_resources(list) {
        let scopes = scopes_of(list, stated.bearer)?;
        // A SMART user whose scopes are all of services is one without scopes.
        let is_person = stated.bearer == Bearer::Person;
        return Ok(if scopes.is_empty() && stated.is_smart_user && is_person {
            Scopes::Unlimited
        } else {
            Scopes::Limited(scopes)
        });
    }
    let mut names = list.split_ascii_whitespace();
    let impersonates = names.any(|name| {
        name.rsplit('/').next() == Some(USER_IMPERSONATION) || name.ends_with("/.default")
    });
    let asks_who_is_there = is_granted || (stated.launched.is_none() && is_smart(list));
    if !impersonates && asks_who_is_there && !stated.is_smart_user {
        // An app that asked who is there, not for data.
        return Ok(Scopes::Limited(Vec::new()));
    }
    Ok(Scopes::Unlimited)
}

/// Whether a list of scopes has one for resources, right or wrong.
fn names_resources(list: &str) -> bool {
    parse_scopes(list).map_or(true, |scopes| !scopes.is_empty())
}

/// The scopes for resources that fit the bearer: `system/` is for services, the rest for persons.
fn scopes_of(list: &str, bearer: Bearer) -> Result<Vec<Scope>, String> {
    let fits = |context| (context == ScopeContext::System) == (bearer == Bearer::Service);
    parse_scopes_of(list, fits).map_err(|error| error.to_string())
}

fn names_nobody() -> Error {
    let message = "The token of a SMART user must name a Patient or Practitioner of this server in \
                   its claim `fhirUser`, such as `Patient/123`.";
    Error::invalid_because(Issue::error(IssueType::Invalid, message))
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
        let predicates = query.map_err(Error::invalid)?.predicates;
        if predicates.is_empty() {
            // What finds everything constrains nothing.
            let message = "The constraint of a scope must be of search parameters.";
            return Err(Error::invalid_because(Issue::error(
                IssueType::Invalid,
                message,
            )));
        }
        Ok(predicates)
    });
    read.collect()
}

/// The compartment that a `fhirUser` names: `Patient/1` or, with the base of this server in front,
/// `https://fhir.example/Patient/1`. What another server calls so is somebody else.
fn own_compartment(fhir_user: &str, base_url: &str) -> Option<Compartment> {
    let absolute = fhir_user.strip_prefix(base_url);
    let relative = match absolute.filter(|_| !base_url.is_empty()) {
        Some(rest) => rest.strip_prefix('/')?,
        None => fhir_user,
    };
    let (name, id) = relative.split_once('/')?;
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
mod tests;
