//! Scopes as Azure AD names them: qualified with the audience, `$` for the slash.
//! `patient/Observation.read` is `https://fhir.example/patient$Observation.read` there.

/// Scopes that OpenID Connect defines; they are never qualified.
const OPENID: [&str; 4] = ["openid", "profile", "email", "offline_access"];

/// The scopes of an app as the provider wants them.
pub fn qualify(scopes: &str, audience: &str) -> String {
    let audience = audience.trim_end_matches('/');
    let qualified = scopes.split_ascii_whitespace().map(|scope| {
        if OPENID.contains(&scope) {
            scope.to_owned()
        } else {
            format!("{audience}/{}", scope.replace('/', "$"))
        }
    });
    qualified.collect::<Vec<_>>().join(" ")
}

/// The scopes of a provider as the app wants them.
pub fn unqualify(scopes: &str) -> String {
    let plain = scopes.split_ascii_whitespace().map(|scope| {
        let is_url = ["http://", "https://", "api://"]
            .iter()
            .any(|start| scope.starts_with(start));
        let own = if is_url {
            scope.rsplit('/').next().unwrap_or(scope)
        } else {
            scope
        };
        own.replace('$', "/")
    });
    plain.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worked_vectors_hold() {
        assert_eq!(
            qualify(
                "openid launch patient/Observation.read",
                "https://fhir.example"
            ),
            "openid https://fhir.example/launch https://fhir.example/patient$Observation.read"
        );
        assert_eq!(
            unqualify("openid https://fhir/patient$Observation.read urn:x"),
            "openid patient/Observation.read urn:x"
        );
    }

    #[test]
    fn there_and_back_nothing_is_lost() {
        let scopes =
            "openid fhirUser launch/patient patient/*.rs offline_access system/Group.cruds";
        assert_eq!(
            unqualify(&qualify(scopes, "https://fhir.example/base/")),
            scopes
        );
    }
}
