//! What is granted of the scopes that a backend service asks for: never more than it may have.
//! <https://hl7.org/fhir/smart-app-launch/backend-services.html#scopes>

use crate::scope::{Access, Scope, ScopeContext, ScopeError, parse_scopes};
use std::fmt;

/// The scopes for resources in `asked` that lie within `allowed`; the rest is cut off. What was
/// asked for is repeated to the letter when all of it is granted.
///
/// # Errors
/// When a list cannot be understood.
pub fn granted(asked: &str, allowed: &str) -> Result<String, ScopeError> {
    let wanted = parse_scopes(asked)?;
    let allowed = parse_scopes(allowed)?;
    let is_whole = |scope: &Scope| {
        allowed
            .iter()
            .any(|own| within(scope, own).as_ref() == Some(scope))
    };
    if !wanted.is_empty() && wanted.iter().all(is_whole) {
        let named = asked
            .split_ascii_whitespace()
            .filter(|token| parse_scopes(token).is_ok_and(|scopes| !scopes.is_empty()));
        return Ok(named.collect::<Vec<_>>().join(" "));
    }
    let mut parts: Vec<Scope> = Vec::new();
    for scope in &wanted {
        for part in allowed.iter().filter_map(|own| within(scope, own)) {
            if !parts.contains(&part) {
                parts.push(part);
            }
        }
    }
    let parts: Vec<String> = parts.iter().map(ToString::to_string).collect();
    Ok(parts.join(" "))
}

/// What both scopes let be done.
fn within(asked: &Scope, allowed: &Scope) -> Option<Scope> {
    if asked.context != allowed.context {
        return None;
    }
    let resource_type = match (&asked.resource_type, &allowed.resource_type) {
        (Some(asked), Some(allowed)) if asked != allowed => return None,
        (Some(name), _) | (None, Some(name)) => Some(name.clone()),
        (None, None) => None,
    };
    let (left, right) = (asked.access, allowed.access);
    let access = Access {
        create: left.create && right.create,
        read: left.read && right.read,
        update: left.update && right.update,
        delete: left.delete && right.delete,
        search: left.search && right.search,
    };
    if access == Access::default() {
        return None;
    }
    let mut constraint = asked.constraint.clone();
    for pair in &allowed.constraint {
        if !constraint.contains(pair) {
            constraint.push(pair.clone());
        }
    }
    Some(Scope {
        context: asked.context,
        resource_type,
        access,
        constraint,
    })
}

/// In the notation of SMART v2.
impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let context = match self.context {
            ScopeContext::Patient => "patient",
            ScopeContext::User => "user",
            ScopeContext::System => "system",
        };
        write!(
            f,
            "{context}/{}.",
            self.resource_type.as_deref().unwrap_or("*")
        )?;
        let Access {
            create,
            read,
            update,
            delete,
            search,
        } = self.access;
        let letters = [
            (create, "c"),
            (read, "r"),
            (update, "u"),
            (delete, "d"),
            (search, "s"),
        ];
        for (_, letter) in letters.iter().filter(|(is_set, _)| *is_set) {
            f.write_str(letter)?;
        }
        for (at, (name, value)) in self.constraint.iter().enumerate() {
            let mark = if at == 0 { '?' } else { '&' };
            write!(f, "{mark}{}={}", escaped(name), escaped(value))?;
        }
        Ok(())
    }
}

/// As a form writes it, but readable where that makes no difference.
fn escaped(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._~:/|,".contains(c);
    if text.chars().all(plain) {
        return text.to_owned();
    }
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_allowed_is_repeated_to_the_letter_and_the_rest_is_cut_off() {
        for (asked, allowed, expected) in [
            ("system/*.read", "system/*.cruds", "system/*.read"),
            (
                "system/Patient.rs openid",
                "system/*.rs",
                "system/Patient.rs",
            ),
            ("system/*.cruds", "system/*.rs", "system/*.rs"),
            (
                "system/*.*",
                "system/Patient.rs system/Group.r",
                "system/Patient.rs system/Group.r",
            ),
            (
                "system/Patient.rs system/Group.rs",
                "system/Patient.r",
                "system/Patient.r",
            ),
            ("system/Patient.write", "system/*.rs", ""),
            ("system/Patient.rs", "system/Group.rs", ""),
            ("patient/*.rs", "system/*.rs", ""),
            ("", "system/*.rs", ""),
            ("openid fhirUser", "system/*.rs", ""),
            (
                "system/Observation.rs",
                "system/*.rs?category=vital-signs",
                "system/Observation.rs?category=vital-signs",
            ),
            (
                "system/Observation.rs?category=laboratory",
                "system/*.rs",
                "system/Observation.rs?category=laboratory",
            ),
            (
                "system/Observation.r?code=a",
                "system/*.rs?category=b",
                "system/Observation.r?code=a&category=b",
            ),
        ] {
            assert_eq!(
                granted(asked, allowed).unwrap(),
                expected,
                "{asked} within {allowed}"
            );
        }
        assert!(granted("system/Patient.sr", "system/*.rs").is_err());
    }

    proptest! {
        #[test]
        fn a_scope_that_is_written_is_read_again(
            bits in 1_u8..32,
            named in any::<bool>(),
            pairs in prop::collection::vec(("[a-z_-]{1,9}", "\\PC{1,12}"), 0..3),
        ) {
            let plain = ["_has", "_include", "_revinclude", "_sort", "_count", "_summary", "_elements"];
            prop_assume!(pairs.iter().all(|(name, _)| !plain.contains(&name.as_str())));
            let scope = Scope {
                context: ScopeContext::System,
                resource_type: named.then(|| "Observation".to_owned()),
                access: Access {
                    create: bits & 1 != 0,
                    read: bits & 2 != 0,
                    update: bits & 4 != 0,
                    delete: bits & 8 != 0,
                    search: bits & 16 != 0,
                },
                constraint: pairs,
            };
            prop_assume!(!scope.to_string().contains(char::is_whitespace));
            prop_assert_eq!(parse_scopes(&scope.to_string()).unwrap(), vec![scope]);
        }

        #[test]
        fn nothing_is_granted_beyond_what_is_allowed(asked in "system/(\\*|Patient|Group)\\.[cruds]{1,5}", allowed in "system/(\\*|Patient)\\.(r|rs|cud|cruds)") {
            if let Ok(granted) = granted(&asked, &allowed) {
                for scope in parse_scopes(&granted).unwrap() {
                    let own = parse_scopes(&allowed).unwrap();
                    prop_assert!(within(&scope, &own[0]) == Some(scope));
                }
            }
        }
    }
}
