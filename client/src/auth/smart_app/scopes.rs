//! Compares the granted scopes with the requested ones.
//! <https://hl7.org/fhir/smart-app-launch/scopes-and-launch-context.html>

use smart::scope::{Access, Scope, parse_scopes};

/// Whether a scope was granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// Granted as requested.
    Granted,
    /// Granted by a wider scope, or in the other notation.
    Covered,
    /// Not named, but the token response holds what it is for; Azure AD names no OpenID scopes.
    Evident,
    /// Granted in part.
    Partly,
    /// Not granted.
    Refused,
    /// Granted without being requested.
    Added,
}

impl Fate {
    /// The word in the table.
    pub fn words(self) -> &'static str {
        match self {
            Self::Granted => "granted",
            Self::Covered => "granted by another scope",
            Self::Evident => "granted, as the response shows",
            Self::Partly => "granted in part",
            Self::Refused => "not granted",
            Self::Added => "added by the server",
        }
    }

    /// True for what the person should notice.
    pub fn is_short(self) -> bool {
        matches!(self, Self::Partly | Self::Refused)
    }
}

/// A line of the comparison.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compared {
    /// The scope as written.
    pub scope: String,
    /// Whether it was granted.
    pub fate: Fate,
}

/// Compares; without `granted` the server says that all was given. What the token response shows
/// to have been given is `evident`. <https://www.rfc-editor.org/rfc/rfc6749#section-5.1>
pub fn compare(asked: &str, granted: Option<&str>, evident: &[&str]) -> Vec<Compared> {
    let asked = distinct(asked);
    let granted = granted.map_or_else(|| asked.clone(), distinct);
    let mut lines: Vec<Compared> = asked
        .iter()
        .map(|scope| Compared {
            scope: (*scope).to_owned(),
            fate: match fate(scope, &granted) {
                Fate::Refused if evident.contains(scope) => Fate::Evident,
                fate => fate,
            },
        })
        .collect();
    let added = granted.iter().filter(|scope| !asked.contains(scope));
    lines.extend(added.map(|scope| Compared {
        scope: (*scope).to_owned(),
        fate: Fate::Added,
    }));
    lines
}

fn distinct(list: &str) -> Vec<&str> {
    let mut scopes: Vec<&str> = Vec::new();
    for scope in list.split_whitespace() {
        if !scopes.contains(&scope) {
            scopes.push(scope);
        }
    }
    scopes
}

fn fate(asked: &str, granted: &[&str]) -> Fate {
    if granted.contains(&asked) {
        return Fate::Granted;
    }
    let Some(wanted) = read(asked) else {
        return Fate::Refused;
    };
    let given = granted.iter().filter_map(|scope| read(scope));
    let relevant: Vec<Scope> = given
        .filter(|scope| scope.context == wanted.context && touches(scope, &wanted))
        .collect();
    let covering = relevant.iter().filter(|scope| covers(scope, &wanted));
    let whole = covering.fold(Access::default(), |all, scope| union(all, scope.access));
    if includes(whole, wanted.access) {
        return Fate::Covered;
    }
    let some = relevant
        .iter()
        .any(|scope| overlaps(scope.access, wanted.access));
    if some { Fate::Partly } else { Fate::Refused }
}

fn read(scope: &str) -> Option<Scope> {
    parse_scopes(scope).ok()?.into_iter().next()
}

fn touches(given: &Scope, wanted: &Scope) -> bool {
    match (&given.resource_type, &wanted.resource_type) {
        (Some(given), Some(wanted)) => given == wanted,
        _ => true,
    }
}

fn covers(given: &Scope, wanted: &Scope) -> bool {
    let wide = given.resource_type.is_none() || given.resource_type == wanted.resource_type;
    wide && (given.constraint.is_empty() || given.constraint == wanted.constraint)
}

fn flags(access: Access) -> [bool; 5] {
    [
        access.create,
        access.read,
        access.update,
        access.delete,
        access.search,
    ]
}

fn union(one: Access, other: Access) -> Access {
    Access {
        create: one.create || other.create,
        read: one.read || other.read,
        update: one.update || other.update,
        delete: one.delete || other.delete,
        search: one.search || other.search,
    }
}

fn includes(given: Access, wanted: Access) -> bool {
    flags(given)
        .iter()
        .zip(flags(wanted))
        .all(|(given, wanted)| *given || !wanted)
}

fn overlaps(given: Access, wanted: Access) -> bool {
    flags(given)
        .iter()
        .zip(flags(wanted))
        .any(|(given, wanted)| *given && wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scope_is_compared() {
        for (asked, granted, fate) in [
            ("openid", "openid profile", Fate::Granted),
            ("offline_access", "openid", Fate::Refused),
            ("patient/*.rs", "patient/*.rs", Fate::Granted),
            ("patient/*.read", "patient/*.rs", Fate::Covered),
            ("patient/Observation.rs", "patient/*.cruds", Fate::Covered),
            (
                "patient/Observation.rs",
                "patient/Observation.r patient/Observation.s",
                Fate::Covered,
            ),
            ("patient/*.rs", "patient/Patient.rs", Fate::Partly),
            (
                "patient/Observation.cruds",
                "patient/Observation.rs",
                Fate::Partly,
            ),
            (
                "patient/Observation.rs",
                "patient/Observation.rs?category=laboratory",
                Fate::Partly,
            ),
            (
                "patient/Observation.rs",
                "user/Observation.rs",
                Fate::Refused,
            ),
            (
                "patient/Observation.c",
                "patient/Observation.rs",
                Fate::Refused,
            ),
            (
                "patient/Patient.rs",
                "patient/Observation.rs",
                Fate::Refused,
            ),
            ("launch/patient", "launch", Fate::Refused),
        ] {
            let lines = compare(asked, Some(granted), &[]);
            assert_eq!(lines[0].fate, fate, "{asked} of {granted}");
        }
    }

    #[test]
    fn added_scopes_follow_the_requested_ones() {
        let lines = compare("openid openid", Some("openid fhirUser"), &[]);
        let seen: Vec<(&str, Fate)> = lines
            .iter()
            .map(|line| (line.scope.as_str(), line.fate))
            .collect();
        assert_eq!(seen, [("openid", Fate::Granted), ("fhirUser", Fate::Added)]);
    }

    #[test]
    fn a_response_without_scope_grants_everything() {
        let lines = compare("openid patient/*.rs", None, &[]);
        assert!(lines.iter().all(|line| line.fate == Fate::Granted));
        let nothing = compare("openid", Some(""), &[]);
        assert!(nothing.iter().all(|line| line.fate.is_short()));
    }

    #[test]
    fn what_the_response_shows_was_granted() {
        let lines = compare("openid profile", Some("patient/*.rs"), &["openid"]);
        let fates: Vec<Fate> = lines.iter().map(|line| line.fate).collect();
        assert_eq!(fates, [Fate::Evident, Fate::Refused, Fate::Added]);
    }
}
