//! SMART scopes for resources, v1 and v2: `patient/Observation.read`, `user/*.cruds`,
//! `patient/Observation.rs?category=vital-signs`.
//! <https://hl7.org/fhir/smart-app-launch/scopes-and-launch-context.html>

use percent_encoding::percent_decode_str;
use std::fmt;

/// Whose data a scope is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ScopeContext {
    /// The patient in context.
    Patient,
    /// All that the user may see.
    User,
    /// All that the client may see by itself.
    System,
}

/// What a scope lets be done, one flag for each letter of `cruds`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Access {
    /// Create a resource.
    pub create: bool,
    /// Read one resource, its versions and history.
    pub read: bool,
    /// Change a resource.
    pub update: bool,
    /// Delete a resource.
    pub delete: bool,
    /// Search.
    pub search: bool,
}

/// The notation of a scope; one token uses one of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Notation {
    V1,
    V2,
}

/// A scope for resources.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope {
    /// Whose data.
    pub context: ScopeContext,
    /// The type that it is for; `None` is every type.
    pub resource_type: Option<String>,
    /// What may be done.
    pub access: Access,
    /// The pairs of `?param=value`, which a resource must meet all of.
    pub constraint: Vec<(String, String)>,
}

/// What is wrong with the scopes of a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScopeError(String);

impl fmt::Display for ScopeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The scopes for resources in a space-separated list; `openid`, `launch` and others that say
/// nothing about resources are passed over.
///
/// # Errors
/// When a scope for resources is malformed, or notations or contexts are mixed.
pub fn parse_scopes(list: &str) -> Result<Vec<Scope>, ScopeError> {
    parse_scopes_of(list, |_| true)
}

/// The same, of the contexts that `counts` names; the others are passed over.
///
/// # Errors
/// When a scope for resources is malformed, or notations or contexts that count are mixed.
pub fn parse_scopes_of(
    list: &str,
    counts: impl Fn(ScopeContext) -> bool,
) -> Result<Vec<Scope>, ScopeError> {
    let mut scopes: Vec<Scope> = Vec::new();
    let mut notation = None;
    for token in list.split_ascii_whitespace() {
        let Some((scope, used)) = parse_scope(token)?.filter(|(scope, _)| counts(scope.context))
        else {
            continue;
        };
        if notation.is_some_and(|notation| notation != used) {
            return Err(ScopeError("the token mixes SMART v1 and v2 scopes".into()));
        }
        if scopes.iter().any(|other| other.context != scope.context) {
            let message = "the token mixes patient, user and system scopes";
            return Err(ScopeError(message.into()));
        }
        notation = Some(used);
        scopes.push(scope);
    }
    Ok(scopes)
}

/// Whether a list of scopes is one that a SMART app asks for: it has a scope for resources, for
/// the launch context or for the person's own resource.
pub fn is_smart(list: &str) -> bool {
    list.split_ascii_whitespace().any(|token| {
        let decoded = percent_decode_str(token).decode_utf8_lossy();
        let path = match decoded.split_once("://") {
            Some((_, rest)) => rest.split_once('/').map_or("", |(_, path)| path),
            None => &decoded,
        };
        let mut steps = path.rsplit(['/', '$']);
        let (last, before) = (steps.next(), steps.next());
        matches!(last, Some("launch" | "fhirUser"))
            || before == Some("launch")
            || !matches!(parse_scope(token), Ok(None))
    })
}

fn parse_scope(token: &str) -> Result<Option<(Scope, Notation)>, ScopeError> {
    let wrong = |reason: &str| ScopeError(format!("the scope `{token}` {reason}"));
    let (head, constraint) = split_constraint(token);
    let Some((context, rest)) = split_context(&head) else {
        return Ok(None);
    };
    let (resource_type, access) = rest
        .rsplit_once('.')
        .ok_or_else(|| wrong("must be context/Type.access"))?;
    let resource_type = match resource_type {
        "*" | "all" => None,
        name if is_type_name(name) => Some(name.to_owned()),
        _ => return Err(wrong("must name a resource type or `*`")),
    };
    let (access, notation) = parse_access(access)
        .ok_or_else(|| wrong("must end in read, write, * or letters of `cruds` in that order"))?;
    let constraint = match constraint {
        Some(_) if notation == Notation::V1 => {
            return Err(wrong("cannot have a constraint: those are of SMART v2"));
        }
        Some(text) => parse_constraint(&text)
            .ok_or_else(|| wrong("must constrain by plain param=value pairs"))?,
        None => Vec::new(),
    };
    let scope = Scope {
        context,
        resource_type,
        access,
        constraint,
    };
    Ok(Some((scope, notation)))
}

/// Splits a scope before its constraint, so that nothing in a value can pass for a scope. Some
/// providers percent-encode a scope as a whole; the values of a constraint are decoded later, as a
/// form.
pub(crate) fn split_constraint(token: &str) -> (String, Option<String>) {
    let decode = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    if let Some((head, constraint)) = token.split_once('?') {
        return (decode(head), Some(constraint.to_owned()));
    }
    let decoded = decode(token);
    match decoded.split_once('?') {
        Some((head, constraint)) => (head.to_owned(), Some(constraint.to_owned())),
        None => (decoded, None),
    }
}

/// Whose data the part before the constraint is about, and what of which type. A provider may want
/// it qualified with the audience: it is what stands at the end then.
pub(crate) fn split_context(head: &str) -> Option<(ScopeContext, &str)> {
    const CONTEXTS: [(&str, ScopeContext); 3] = [
        ("patient", ScopeContext::Patient),
        ("user", ScopeContext::User),
        ("system", ScopeContext::System),
    ];
    if !head.contains("://") {
        return CONTEXTS.iter().find_map(|(name, context)| {
            let rest = head.strip_prefix(name)?.strip_prefix(['/', '$', '.'])?;
            Some((*context, rest))
        });
    }
    let (before, last) = head.rsplit_once('/')?;
    let is_host = before.ends_with('/');
    CONTEXTS.iter().find_map(|(name, context)| {
        let step = before.strip_suffix(name);
        if step.is_some_and(|rest| rest.ends_with('/')) {
            return Some((*context, last));
        }
        let rest = last.strip_prefix(name)?.strip_prefix(['$', '.'])?;
        (!is_host).then_some((*context, rest))
    })
}

fn is_type_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_uppercase())
        && name.chars().all(|c| c.is_ascii_alphanumeric())
}

fn parse_access(text: &str) -> Option<(Access, Notation)> {
    let reads = Access {
        read: true,
        search: true,
        ..Access::default()
    };
    let writes = Access {
        create: true,
        update: true,
        delete: true,
        ..Access::default()
    };
    match text {
        "read" => return Some((reads, Notation::V1)),
        "write" => return Some((writes, Notation::V1)),
        "*" | "all" => {
            let all = Access {
                read: true,
                search: true,
                ..writes
            };
            return Some((all, Notation::V1));
        }
        _ => {}
    }
    let mut access = Access::default();
    let mut letters = "cruds".chars();
    for letter in text.chars() {
        // Letters come in the order of the word, each at most once.
        letters.find(|known| *known == letter)?;
        match letter {
            'c' => access.create = true,
            'r' => access.read = true,
            'u' => access.update = true,
            'd' => access.delete = true,
            _ => access.search = true,
        }
    }
    (!text.is_empty()).then_some((access, Notation::V2))
}

/// Reads `param=value&param=value`. Modifiers, chains and result parameters would need more than
/// a test of one resource and are refused.
fn parse_constraint(text: &str) -> Option<Vec<(String, String)>> {
    let pairs: Vec<(String, String)> = form_urlencoded::parse(text.as_bytes())
        .into_owned()
        .collect();
    let plain = |name: &str| {
        let result = [
            "_has",
            "_include",
            "_revinclude",
            "_sort",
            "_count",
            "_summary",
            "_elements",
        ];
        !name.is_empty() && !name.contains([':', '.']) && !result.contains(&name)
    };
    let valid = pairs
        .iter()
        .all(|(name, value)| plain(name) && !value.is_empty());
    (valid && !pairs.is_empty()).then_some(pairs)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn letters(access: Access) -> String {
        let flags = [
            access.create,
            access.read,
            access.update,
            access.delete,
            access.search,
        ];
        flags
            .iter()
            .zip("cruds".chars())
            .filter(|(set, _)| **set)
            .map(|(_, c)| c)
            .collect()
    }

    #[test]
    fn what_smart_apps_ask_for_is_told_from_the_rest() {
        for (list, expected) in [
            ("", false),
            ("openid profile offline_access", false),
            ("user_impersonation", false),
            ("https://fhir.example/.default", false),
            ("https://launch/openid", false),
            ("openid launch", true),
            ("launch/patient", true),
            ("https://fhir.example/launch/encounter", true),
            ("https://fhir.example/launch$patient", true),
            ("fhirUser", true),
            ("https://fhir.example/fhirUser", true),
            ("system/*.rs", true),
            ("patient/Observation.nonsense", true),
        ] {
            assert_eq!(is_smart(list), expected, "{list}");
        }
    }

    #[test]
    fn contexts_that_do_not_count_are_passed_over() {
        let persons = |list| parse_scopes_of(list, |context| context != ScopeContext::System);
        let scopes = persons("system/*.read patient/Observation.rs system/Patient.cruds").unwrap();
        assert_eq!(scopes.len(), 1);
        assert!(persons("system/*.cruds").unwrap().is_empty());
        assert!(persons("patient/*.rs user/*.rs").is_err());
    }

    #[test]
    fn both_notations_and_all_separators_are_read() {
        let cases = [
            ("patient/Observation.read", "rs", Some("Observation")),
            ("patient$Observation.read", "rs", Some("Observation")),
            ("patient.Observation.read", "rs", Some("Observation")),
            ("patient%2FObservation.read", "rs", Some("Observation")),
            (
                "https://fhir.example/patient$Observation.read",
                "rs",
                Some("Observation"),
            ),
            (
                "https://host/base/patient/Observation.rs",
                "rs",
                Some("Observation"),
            ),
            (
                "api://fhir/patient/Observation.rs",
                "rs",
                Some("Observation"),
            ),
            ("user/*.write", "cud", None),
            ("user/*.*", "cruds", None),
            ("user/all.all", "cruds", None),
            ("system/Patient.cruds", "cruds", Some("Patient")),
            ("system/Patient.d", "d", Some("Patient")),
        ];
        for (text, access, resource_type) in cases {
            let scopes = parse_scopes(&format!("openid {text} launch")).unwrap();
            let [scope] = scopes.as_slice() else {
                panic!("{text}: {scopes:?}")
            };
            assert_eq!(letters(scope.access), access, "{text}");
            assert_eq!(scope.resource_type.as_deref(), resource_type, "{text}");
        }
    }

    #[test]
    fn scopes_that_say_nothing_about_resources_are_passed_over() {
        let list = "openid profile fhirUser launch launch/patient offline_access user_impersonation \
                    https://fhir.example/.default https://fhir.example/user_impersonation";
        assert_eq!(parse_scopes(list), Ok(Vec::new()));
    }

    #[test]
    fn malformed_and_mixed_scopes_are_refused() {
        for text in [
            "patient/Observation",
            "patient/.read",
            "patient/observation.read",
            "patient/Obs-1.read",
            "patient/Observation.",
            "patient/Observation.reads",
            "patient/Observation.rr",
            "patient/Observation.sr",
            "patient/Observation.xyz",
            "patient/Observation.read?a=b",
            "patient/Observation.rs?",
            "patient/Observation.rs?a",
            "patient/Observation.rs?a=",
            "patient/Observation.rs?code:not=b",
            "patient/Observation.rs?subject.name=b",
            "patient/Observation.rs?_has:x=b",
            "patient/Observation.rs?_include=b",
            "patient/Observation.read patient/Patient.rs",
            "patient/Patient.r user/Patient.r",
        ] {
            assert!(parse_scopes(text).is_err(), "{text}");
        }
    }

    #[test]
    fn what_stands_in_a_constraint_is_never_a_scope() {
        for (text, value) in [
            (
                "category=http://x/system/*.cruds",
                "http://x/system/*.cruds",
            ),
            (
                "category=http:%2F%2Fx%2Fsystem%2F*.cruds",
                "http://x/system/*.cruds",
            ),
            (
                "category=http:$$x$system$*.cruds",
                "http:$$x$system$*.cruds",
            ),
            ("category=a%3Fuser/*.cruds", "a?user/*.cruds"),
            (
                "category=https://t.example/c|vital-signs",
                "https://t.example/c|vital-signs",
            ),
        ] {
            for start in ["", "https://fhir.example/", "https://fhir.example/base/"] {
                for separator in ["/", "$"] {
                    let scope = format!("{start}patient{separator}Observation.rs?{text}");
                    let scopes = parse_scopes(&scope).unwrap();
                    let [scope] = scopes.as_slice() else {
                        panic!("{scope}: {scopes:?}")
                    };
                    assert_eq!(scope.context, ScopeContext::Patient, "{text}");
                    assert_eq!(
                        scope.resource_type.as_deref(),
                        Some("Observation"),
                        "{text}"
                    );
                    assert_eq!(letters(scope.access), "rs", "{text}");
                    assert_eq!(
                        scope.constraint,
                        [("category".into(), value.into())],
                        "{text}"
                    );
                }
            }
        }
        let whole = "patient%2FObservation.rs%3Fcategory=http:%2F%2Fx%2Fsystem%2F*.cruds";
        assert_eq!(
            parse_scopes(whole).unwrap()[0].context,
            ScopeContext::Patient
        );
        for text in [
            "patient/Observation.rs/../system/*.cruds",
            "patient/Observation.rs%3Fa=b?c=d",
            "patient/system/*.cruds",
        ] {
            assert!(parse_scopes(text).is_err(), "{text}");
        }
        assert_eq!(parse_scopes("https://system.example"), Ok(Vec::new()));
    }

    proptest! {
        #[test]
        fn no_constraint_changes_whose_data_or_what_is_done(value in "[ -~]{0,40}") {
            let value = value.replace(' ', "+");
            let scope = format!("patient/Observation.r?code={value}");
            if let Ok(scopes) = parse_scopes(&scope) {
                prop_assert_eq!(scopes.len(), 1);
                prop_assert_eq!(scopes[0].context, ScopeContext::Patient);
                prop_assert_eq!(scopes[0].resource_type.as_deref(), Some("Observation"));
                prop_assert_eq!(letters(scopes[0].access), "r");
            }
        }
    }

    #[test]
    fn a_constraint_is_kept_pair_by_pair() {
        let scopes =
            parse_scopes("patient/Observation.rs?category=vital-signs&status=final").unwrap();
        let expected = [("category", "vital-signs"), ("status", "final")];
        let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(scopes[0].constraint, expected);
    }
}
