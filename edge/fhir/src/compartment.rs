//! Whose record a resource is: the references that name its owner, by type. Reading follows the
//! CompartmentDefinition, which counts whoever takes part; a write is judged by these, so that a
//! performer or an author cannot write into another patient's chart.
//! <https://hl7.org/fhir/R4/compartmentdefinition-patient.html>

use crate::definitions::{Definitions, SearchParameter};

/// How a type names the patient whose record a resource is.
#[derive(Clone, Copy, Debug)]
pub enum Ownership {
    /// The resource is the patient.
    Itself,
    /// Every value of this parameter is the owner.
    All(&'static SearchParameter),
    /// The owner is among the values of this parameter, beside others that are no patients.
    Among(&'static SearchParameter),
    /// Nobody's, or written by nobody on behalf of a patient.
    Nobody,
}

/// By type the search parameter whose reference names the owner.
const OWNERS: [(&str, &[&str]); 6] = [
    (
        "subject",
        &[
            "Account",
            "AdverseEvent",
            "Basic",
            "CarePlan",
            "CareTeam",
            "ChargeItem",
            "ClinicalImpression",
            "Communication",
            "CommunicationRequest",
            "Composition",
            "Condition",
            "DeviceRequest",
            "DeviceUseStatement",
            "DiagnosticReport",
            "DocumentManifest",
            "DocumentReference",
            "Encounter",
            "EnrollmentRequest",
            "Flag",
            "Goal",
            "ImagingStudy",
            "Invoice",
            "List",
            "MeasureReport",
            "Media",
            "MedicationAdministration",
            "MedicationDispense",
            "MedicationRequest",
            "MedicationStatement",
            "Observation",
            "Procedure",
            "ProcedureRequest",
            "QuestionnaireResponse",
            "ReferralRequest",
            "RequestGroup",
            "RiskAssessment",
            "ServiceRequest",
            "Specimen",
            "SupplyRequest",
        ],
    ),
    (
        "patient",
        &[
            "AllergyIntolerance",
            "BodySite",
            "BodyStructure",
            "Claim",
            "ClaimResponse",
            "Consent",
            "CoverageEligibilityRequest",
            "CoverageEligibilityResponse",
            "DetectedIssue",
            "EligibilityRequest",
            "EpisodeOfCare",
            "ExplanationOfBenefit",
            "FamilyMemberHistory",
            "ImagingManifest",
            // STU3 has no `subject` for these two.
            "ImagingStudy",
            "MeasureReport",
            "Immunization",
            "ImmunizationEvaluation",
            "ImmunizationRecommendation",
            "MolecularSequence",
            "NutritionOrder",
            "RelatedPerson",
            "SupplyDelivery",
            "VisionPrescription",
        ],
    ),
    ("beneficiary", &["Coverage"]),
    ("individual", &["ResearchSubject"]),
    ("link", &["Person"]),
    ("actor", &["AppointmentResponse"]),
];

/// Types in whose list of participants the owner is one.
const PARTICIPANTS: [(&str, &str); 3] = [
    ("Appointment", "actor"),
    ("Group", "member"),
    ("Schedule", "actor"),
];

/// Types of the patient compartment that nobody writes on behalf of a patient: they say what was
/// done and by whom.
const EVIDENCE: [&str; 2] = ["AuditEvent", "Provenance"];

/// Whether a type says what was done and by whom, so that nobody writes it from a compartment.
pub fn is_evidence(resource_type: &str) -> bool {
    EVIDENCE.contains(&resource_type)
}

/// How resources of a type name the patient whose they are.
pub fn ownership(definitions: &'static Definitions, resource_type: &str) -> Ownership {
    if resource_type == "Patient" {
        return Ownership::Itself;
    }
    if is_evidence(resource_type) {
        return Ownership::Nobody;
    }
    let parameter = |code: &str| definitions.search_parameter(resource_type, code);
    let mut participants = PARTICIPANTS.iter();
    if let Some((_, code)) = participants.find(|(name, _)| *name == resource_type) {
        return parameter(code).map_or(Ownership::Nobody, Ownership::Among);
    }
    let named = OWNERS
        .iter()
        .filter(|(_, types)| types.contains(&resource_type));
    named
        .filter_map(|(code, _)| parameter(code))
        .next()
        .map_or(Ownership::Nobody, Ownership::All)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Release;
    use crate::definitions::SearchType;

    #[test]
    fn every_type_of_the_patient_compartment_names_its_owner() {
        for release in [Release::R4, Release::Stu3] {
            let definitions = Definitions::of(release);
            for name in definitions.resource_types() {
                let is_member = name == "Patient"
                    || !definitions
                        .compartment_parameters("Patient", name)
                        .is_empty();
                // In STU3 a SupplyRequest says who asks, not for whom.
                let is_nobodys = !is_member
                    || EVIDENCE.contains(&name)
                    || (release == Release::Stu3 && name == "SupplyRequest");
                let found = matches!(ownership(definitions, name), Ownership::Nobody);
                assert_eq!(found, is_nobodys, "{release} {name}");
            }
        }
    }

    #[test]
    fn owners_are_named_by_references_that_nothing_filters() {
        for release in [Release::R4, Release::Stu3] {
            let definitions = Definitions::of(release);
            for name in definitions.resource_types() {
                let (Ownership::All(parameter) | Ownership::Among(parameter)) =
                    ownership(definitions, name)
                else {
                    continue;
                };
                let shown = format!("{release} {name} {parameter:?}");
                assert!(
                    matches!(parameter.search_type, SearchType::Reference),
                    "{shown}"
                );
                let patients =
                    parameter.targets.is_empty() || parameter.targets.contains(&"Patient");
                assert!(patients, "{shown}");
                // A value that a filter passes over could be another patient.
                let expression = format!("{:?}", parameter.expression);
                assert!(
                    !expression.contains("Where") && expression != "None",
                    "{shown}"
                );
            }
        }
    }

    #[test]
    fn the_tables_hold_no_type_in_vain() {
        let exists = |name| {
            [Release::R4, Release::Stu3].iter().any(|release| {
                let definitions = Definitions::of(*release);
                definitions.resource(name).is_some()
                    && !matches!(ownership(definitions, name), Ownership::Nobody)
            })
        };
        for (code, types) in OWNERS {
            assert!(types.is_sorted() || code == "patient", "{code}");
            types
                .iter()
                .for_each(|name| assert!(exists(name), "{name}"));
        }
        for (name, _) in PARTICIPANTS {
            assert!(exists(name), "{name}");
        }
    }
}
