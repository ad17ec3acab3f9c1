//! The launch context that this server vouches for: what it names is read as the person, so that a
//! token response and an introspection say nothing that the person may not know, and no encounter
//! of another patient.
//! <https://hl7.org/fhir/smart-app-launch/scopes-and-launch-context.html#launch-context-arrives-with-your-access_token>

use super::redirect::refuse;
use crate::auth::Verifier;
use crate::auth::{Principal, authenticate_person};
use crate::error::{Error, Reason};
use crate::exchange::Exchange;
use crate::grant::action::Read;
use crate::interaction::Context;
use crate::store::{self, Consistency};
use fhir::outcome::IssueType;
use serde_json::{Map, Value};

/// The fields of a launch context that name a resource.
const NAMED: [(&str, &str); 3] = [
    ("patient", "Patient"),
    ("encounter", "Encounter"),
    ("practitioner", "Practitioner"),
];

/// Checks that the person may read what a launch names, and that the encounter is the patient's.
///
/// # Errors
/// The caller's, when it is not so.
pub(super) async fn check(
    exchange: &Exchange,
    person: &Principal,
    launch: &Map<String, Value>,
) -> Result<(), Error> {
    let named = |field| launch.get(field).and_then(Value::as_str);
    for (field, resource_type) in NAMED {
        let Some(id) = named(field) else { continue };
        let found = read(exchange, person, resource_type, id).await?;
        if let ("encounter", Some(patient)) = (field, named("patient"))
            && !is_about(exchange, &found, patient)
        {
            return Err(foreign_encounter(id, patient));
        }
    }
    Ok(())
}

/// The same as the person whose access token this is, who may have given the app less than they may
/// read themselves.
///
/// # Errors
/// The inner one says why not, as a sentence.
pub(super) async fn check_for_bearer(
    exchange: &Exchange,
    access_token: &str,
    launch: &Map<String, Value>,
) -> Result<Result<(), String>, Error> {
    if !NAMED.iter().any(|(field, _)| launch.contains_key(*field)) {
        return Ok(Ok(()));
    }
    let verifier = Verifier::of(&exchange.server);
    let checked = match authenticate_person(&verifier, access_token).await {
        Ok(caller) => check(exchange, &caller.with_whole_role(&verifier), launch).await,
        Err(error) => Err(error),
    };
    match checked {
        Ok(()) => Ok(Ok(())),
        Err(Error::Rejected(rejection)) => {
            let reason = rejection.issues.into_iter().next();
            let reason = reason.map(|issue| issue.diagnostics).unwrap_or_default();
            Ok(Err(format!("The launch cannot be used: {reason}")))
        }
        Err(error) => Err(error),
    }
}

/// Why an encounter cannot be told together with a patient.
pub(super) fn foreign_encounter(encounter: &str, patient: &str) -> Error {
    let words = format!("Encounter/{encounter} is not one of Patient/{patient}.");
    refuse(&words)
}

/// A resource that the person may read.
pub(super) async fn read(
    exchange: &Exchange,
    person: &Principal,
    name: &str,
    id: &str,
) -> Result<Value, Error> {
    let resource_type = exchange.server.resource_type(name)?;
    let context = Context {
        server: &exchange.server,
        principal: person,
    };
    let grant = context.authorise::<Read>(resource_type)?;
    let found = store::read(
        exchange.server.partition()?,
        exchange.server.definitions,
        &grant,
        id,
        Consistency::Strong,
    );
    let body = found.await?.and_then(|version| version.body);
    let Some(body) = body else {
        let message = format!("There is no {name} with the id `{id}` that you may see.");
        return Err(Error::rejected(
            Reason::NotFound,
            IssueType::NotFound,
            message,
        ));
    };
    serde_json::from_str(&String::from(body))
        .map_err(|error| Error::Bug(format!("a stored {name} is no JSON: {error}")))
}

/// Whether an encounter is one of a patient of this server.
pub(super) fn is_about(exchange: &Exchange, encounter: &Value, patient: &str) -> bool {
    let subject = encounter.pointer("/subject/reference");
    let subject = subject.and_then(Value::as_str).unwrap_or_default();
    names_patient(subject, &exchange.server.base_url, patient)
}

/// Whether a reference is to a patient of the server at `base_url`, in whichever version.
fn names_patient(reference: &str, base_url: &str, patient: &str) -> bool {
    let relative = match reference.strip_prefix(base_url) {
        Some(rest) => rest.strip_prefix('/'),
        None => Some(reference),
    };
    let mut steps = relative.unwrap_or_default().split('/');
    let is_patient = steps.next() == Some("Patient") && steps.next() == Some(patient);
    is_patient
        && matches!(
            (steps.next(), steps.next()),
            (None, _) | (Some("_history"), Some(_))
        )
}

#[cfg(test)]
mod tests {
    use super::names_patient;

    #[test]
    fn only_a_reference_to_this_server_s_patient_names_them() {
        let base = "https://fhir.example";
        for reference in [
            "Patient/p",
            "Patient/p/_history/2",
            "https://fhir.example/Patient/p",
        ] {
            assert!(names_patient(reference, base, "p"), "{reference}");
        }
        for reference in [
            "",
            "p",
            "Patient/q",
            "Patient/p/x",
            "Group/p",
            "https://other.example/Patient/p",
            "https://fhir.example.evil/Patient/p",
            "https://fhir.examplePatient/p",
            "urn:uuid:Patient/p",
            "x/Patient/p",
            "#Patient/p",
        ] {
            assert!(!names_patient(reference, base, "p"), "{reference}");
        }
    }
}
