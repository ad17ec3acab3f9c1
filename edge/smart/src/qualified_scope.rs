//! Scopes as Azure AD names them: qualified with the audience, `$` for the slash.
//! `patient/Observation.read` is `https://fhir.example/patient$Observation.read` there.

/// Scopes that OpenID Connect defines; they are never qualified.
const OPENID: [&str; 4] = ["openid", "profile", "email", "offline_access"];

/// The scopes of an app as the provider wants them.
pub fn qualify(scopes: &str, audience: &str) -> String {
    let audience = audience.trim_end_matches('/');
    let qualified = scopes.split_ascii_whitespace().map(|scope| {
        if OPENID.contains(&scope) {
            return scope.to_owned();
        }
        let (head, constraint) = split(scope);
        let constraint = constraint.replace('/', "%2F");
        format!("{audience}/{}{constraint}", head.replace('/', "$"))
    });
    qualified.collect::<Vec<_>>().join(" ")
}

/// The scopes of a provider as the app wants them.
pub fn unqualify(scopes: &str) -> String {
    let plain = scopes.split_ascii_whitespace().map(|scope| {
        let (head, constraint) = split(scope);
        let own = if is_url(head) {
            head.rsplit('/').next().unwrap_or(head)
        } else {
            head
        };
        format!(
            "{}{}",
            own.replace('$', "/"),
            constraint.replace("%2F", "/")
        )
    });
    plain.collect::<Vec<_>>().join(" ")
}

/// The scopes of a client, each of which may be qualified with one of our `audiences` already,
/// qualified with the first of them.
///
/// # Errors
/// The scope that is meant for another server.
pub fn requalify(scopes: &str, audiences: &[&str]) -> Result<String, String> {
    let first = audiences.first().copied().unwrap_or_default();
    let qualified = scopes.split_ascii_whitespace().map(|scope| {
        if !is_url(split(scope).0) {
            return Ok(qualify(scope, first));
        }
        let is_own = |audience: &&&str| {
            let rest = scope.strip_prefix(audience.trim_end_matches('/'));
            rest.is_some_and(|rest| rest.starts_with('/'))
        };
        match audiences.iter().find(is_own) {
            Some(_) => Ok(scope.to_owned()),
            None => Err(scope.to_owned()),
        }
    });
    Ok(qualified.collect::<Result<Vec<_>, _>>()?.join(" "))
}

/// Splits a scope before its constraint, whose values are nobody's to rename.
fn split(scope: &str) -> (&str, &str) {
    let at = scope.find('?').unwrap_or(scope.len());
    scope.split_at(at)
}

fn is_url(head: &str) -> bool {
    let mut starts = ["http://", "https://", "api://"].iter();
    starts.any(|start| head.starts_with(start))
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
    fn only_scopes_for_this_server_are_passed_on() {
        let own = ["https://fhir.example", "api://fhir"];
        assert_eq!(
            requalify("openid https://fhir.example/.default api://fhir/x patient/*.rs", &own),
            Ok("openid https://fhir.example/.default api://fhir/x https://fhir.example/patient$*.rs".into())
        );
        for scope in [
            "https://graph.microsoft.com/.default",
            "https://fhir.example.evil/.default",
            "https://fhir.example",
            "api://fhir2/x",
        ] {
            let list = format!("openid {scope}");
            assert_eq!(requalify(&list, &own), Err(scope.to_owned()));
        }
    }

    #[test]
    fn a_constraint_comes_through_as_it_was() {
        let scope = "patient/Observation.rs?category=http://terminology.hl7.org/c|vital-signs&a=$";
        let qualified = qualify(scope, "https://fhir.example");
        assert_eq!(
            qualified,
            "https://fhir.example/patient$Observation.rs?category=http:%2F%2Fterminology.hl7.org%2Fc|vital-signs&a=$"
        );
        assert_eq!(unqualify(&qualified), scope);
        assert_eq!(
            crate::scope::parse_scopes(&qualified),
            crate::scope::parse_scopes(scope)
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
