//! What is granted of the scopes that a client asks for: never more than it may have.
//! <https://hl7.org/fhir/smart-app-launch/backend-services.html#scopes>

use crate::scope::{Access, Scope, ScopeContext, ScopeError, parse_scopes};
use crate::scope_list::is_impersonation;
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

/// Scopes of a sign-in that say nothing about what may be done with resources.
const SIGN_IN: [&str; 9] = [
    "openid",
    "profile",
    "email",
    "fhirUser",
    "launch",
    "launch/patient",
    "launch/encounter",
    "offline_access",
    "online_access",
];

/// What is left of an app's scopes below a `ceiling` of scopes for resources. Those of the sign-in
/// stay; what lies above the ceiling, or has no place below it, is cut off.
pub fn below_ceiling(asked: &str, ceiling: &str) -> String {
    below(asked, ceiling, |token| SIGN_IN.contains(&token))
}

/// The scopes for resources below a `ceiling`, and the others that `stay`.
fn below(asked: &str, ceiling: &str, stay: impl Fn(&str) -> bool) -> String {
    // One by one: an app may have scopes of several contexts below its ceiling.
    let one = |token: &str| parse_scopes(token).ok()?.into_iter().next();
    let ceiling: Vec<Scope> = ceiling.split_ascii_whitespace().filter_map(one).collect();
    let mut left: Vec<String> = Vec::new();
    for token in asked.split_ascii_whitespace() {
        let parts = match one(token) {
            Some(scope) => {
                let parts = ceiling.iter().filter_map(|own| within(&scope, own));
                let parts: Vec<Scope> = parts.collect();
                if parts.contains(&scope) {
                    vec![token.to_owned()]
                } else {
                    parts.iter().map(ToString::to_string).collect()
                }
            }
            None if stay(token) => vec![token.to_owned()],
            None => Vec::new(),
        };
        for part in parts {
            if !left.contains(&part) {
                left.push(part);
            }
        }
    }
    left.join(" ")
}

/// What an app is granted that `asked` for scopes, of those that the provider `stated`: no more than
/// it asked for, since some providers name everything that was ever consented to. Who asks for no
/// scope, or for all that the person may do, gets what the provider says.
pub fn within_request(stated: &str, asked: &str) -> String {
    let mut asked_names = asked.split_ascii_whitespace().peekable();
    if asked_names.peek().is_none() || asked_names.any(is_impersonation) {
        return stated.to_owned();
    }
    let was_asked_for = |token: &str| asked.split_ascii_whitespace().any(|own| own == token);
    below(stated, asked, |token| {
        SIGN_IN.contains(&token) || was_asked_for(token)
    })
}

/// What both lists of scopes let be done.
pub fn intersection(left: &[Scope], right: &[Scope]) -> Vec<Scope> {
    let mut both: Vec<Scope> = Vec::new();
    for one in left {
        let shared = right
            .iter()
            .filter_map(|other| within(one, other).or_else(|| within(other, one)));
        for scope in shared {
            if !both.contains(&scope) {
                both.push(scope);
            }
        }
    }
    both
}

/// What both scopes let be done. What the user may see includes what of it is the patient's.
fn within(asked: &Scope, allowed: &Scope) -> Option<Scope> {
    let contexts = (asked.context, allowed.context);
    let is_of_patient = contexts == (ScopeContext::Patient, ScopeContext::User);
    if asked.context != allowed.context && !is_of_patient {
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

    #[test]
    fn what_lies_above_the_ceiling_is_cut_off() {
        for (asked, ceiling, expected) in [
            (
                "openid launch patient/*.rs offline_access",
                "patient/*.cruds",
                "openid launch patient/*.rs offline_access",
            ),
            (
                "patient/*.read openid",
                "patient/*.rs",
                "patient/*.read openid",
            ),
            ("patient/*.cruds", "patient/*.rs", "patient/*.rs"),
            (
                "launch/patient patient/*.*",
                "patient/Patient.rs patient/Observation.rs?category=vital-signs",
                "launch/patient patient/Patient.rs patient/Observation.rs?category=vital-signs",
            ),
            (
                "patient/Observation.rs",
                "user/*.rs",
                "patient/Observation.rs",
            ),
            ("user/Observation.rs", "patient/*.rs", ""),
            (
                "patient/*.rs",
                "patient/Patient.rs user/Practitioner.r",
                "patient/Patient.rs patient/Practitioner.r",
            ),
            ("system/*.rs", "patient/*.rs user/*.rs", ""),
            ("user_impersonation openid", "user/*.cruds", "openid"),
            ("https://fhir.example/.default", "user/*.cruds", ""),
            ("patient/Observation.x fhirUser", "patient/*.rs", "fhirUser"),
            ("", "patient/*.rs", ""),
        ] {
            let left = below_ceiling(asked, ceiling);
            assert_eq!(left, expected, "{asked} below {ceiling}");
        }
    }

    #[test]
    fn an_app_is_granted_no_more_than_it_asked_for() {
        for (stated, asked, expected) in [
            (
                "openid patient/*.rs offline_access",
                "openid patient/*.rs offline_access",
                "openid patient/*.rs offline_access",
            ),
            (
                "patient/Observation.rs user/*.cruds user_impersonation",
                "openid patient/Observation.rs",
                "patient/Observation.rs",
            ),
            (
                "patient/Observation.rs",
                "patient/Observation.rs?category=laboratory",
                "patient/Observation.rs?category=laboratory",
            ),
            (
                "openid launch patient/*.rs",
                "openid launch",
                "openid launch",
            ),
            ("patient/Patient.r", "patient/*.rs", "patient/Patient.r"),
            ("user_impersonation", "", "user_impersonation"),
            (
                "user_impersonation",
                "openid user_impersonation",
                "user_impersonation",
            ),
            ("user/*.rs", "https://fhir.example/.default", "user/*.rs"),
        ] {
            let granted = within_request(stated, asked);
            assert_eq!(granted, expected, "{stated} for {asked}");
        }
    }

    #[test]
    fn an_intersection_is_what_both_lists_permit() {
        for (left, right, expected) in [
            ("user/*.cruds", "user/Observation.rs", "user/Observation.rs"),
            ("user/*.rs", "patient/*.cruds", "patient/*.rs"),
            ("patient/*.cruds", "user/*.rs", "patient/*.rs"),
            ("user/*.read", "user/Patient.cu", ""),
            ("system/*.rs", "user/*.rs", ""),
            (
                "user/Patient.rs user/Group.rs",
                "user/*.r",
                "user/Patient.r user/Group.r",
            ),
        ] {
            let [one, other] = [left, right].map(|list| parse_scopes(list).unwrap());
            for both in [intersection(&one, &other), intersection(&other, &one)] {
                let mut both: Vec<String> = both.iter().map(ToString::to_string).collect();
                let mut expected: Vec<&str> = expected.split_ascii_whitespace().collect();
                both.sort();
                expected.sort_unstable();
                assert_eq!(both, expected, "{left} and {right}");
            }
        }
    }

    proptest! {
        #[test]
        fn nothing_is_left_above_the_ceiling(
            asked in prop::collection::vec(
                "(patient|user|system)/(\\*|Patient|Group)\\.(read|write|\\*|c?r?u?d?s(\\?a=b)?)",
                1..4,
            ),
            ceiling in prop::collection::vec(
                "(patient|user)/(\\*|Patient)\\.(r|rs|cud|cruds)(\\?c=d)?",
                1..4,
            ),
        ) {
            let (asked, ceiling) = (asked.join(" "), ceiling.join(" "));
            let own: Vec<Scope> = ceiling
                .split_ascii_whitespace()
                .flat_map(|token| parse_scopes(token).unwrap())
                .collect();
            let left = below_ceiling(&asked, &ceiling);
            for token in left.split_ascii_whitespace() {
                for scope in parse_scopes(token).unwrap() {
                    prop_assert!(own.iter().any(|own| within(&scope, own).as_ref() == Some(&scope)));
                }
            }
            prop_assert_eq!(below_ceiling(&left, &ceiling), left);
        }

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
