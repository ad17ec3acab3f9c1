//! What a whole list of scopes asks for, be its scopes well-formed or not.
//! <https://hl7.org/fhir/smart-app-launch/scopes-and-launch-context.html>

use crate::scope::{ScopeContext, parse_scopes, split_constraint, split_context};

/// Whether a list has a scope of the context `system`, well-formed or not.
pub fn names_system(list: &str) -> bool {
    list.split_ascii_whitespace().any(|token| {
        let (head, _) = split_constraint(token);
        split_context(&head).is_some_and(|(context, _)| context == ScopeContext::System)
    })
}

/// Whether a list asks for data: by a scope for resources, well-formed or not, or by one for all
/// that the person may do.
pub fn names_data(list: &str) -> bool {
    list.split_ascii_whitespace().any(|token| {
        is_impersonation(token) || parse_scopes(token).map_or(true, |scopes| !scopes.is_empty())
    })
}

/// Whether a scope is one for all that the person may do.
pub(crate) fn is_impersonation(scope: &str) -> bool {
    let name = scope.rsplit('/').next().unwrap_or(scope);
    matches!(name, "user_impersonation" | ".default")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_that_asks_for_data_is_recognised() {
        for (list, expected) in [
            ("", false),
            ("openid launch/patient fhirUser offline_access", false),
            ("openid patient/Patient.rs", true),
            ("user$*.read", true),
            ("patient/nonsense", true),
            ("openid user_impersonation", true),
            ("https://fhir.example/.default", true),
        ] {
            assert_eq!(names_data(list), expected, "{list}");
        }
    }

    #[test]
    fn a_list_with_a_system_scope_is_recognised() {
        for list in [
            "system/*.rs",
            "openid system$Patient.read",
            "system.Patient.read",
            "system%2FPatient.rs",
            "https://fhir.example/system$*.cruds",
            "system/nonsense",
        ] {
            assert!(names_system(list), "{list}");
        }
        for list in [
            "",
            "openid launch",
            "patient/*.rs user/*.rs",
            "systemic",
            "https://system.example",
            "patient/Observation.rs?category=system/*.rs",
        ] {
            assert!(!names_system(list), "{list}");
        }
    }
}
