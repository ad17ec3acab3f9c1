//! AllergyIntolerance (<https://hl7.org/fhir/R4/allergyintolerance.html>).

use serde_json::{Value, json};

use super::condition::capitalized;
use super::{Chart, Visit};
use crate::code::{self, Code};

/// What happened, and how badly.
pub(crate) struct Reaction {
    /// The sign.
    pub(crate) manifestation: Code,
    /// mild, moderate or severe.
    pub(crate) severity: &'static str,
}

/// An allergy or intolerance.
pub(crate) struct Allergy {
    /// What to keep away from.
    pub(crate) substance: Code,
    /// food, medication, environment or biologic.
    pub(crate) category: &'static str,
    /// allergy or intolerance.
    pub(crate) kind: &'static str,
    /// low or high.
    pub(crate) criticality: &'static str,
    /// What it did, none when only tested.
    pub(crate) reaction: Option<Reaction>,
}

impl Chart {
    /// An allergy noted at a visit.
    pub(crate) fn allergy(&mut self, visit: &Visit, allergy: &Allergy) {
        let reaction = allergy.reaction.as_ref().map(|reaction| {
            json!([{
                "substance": allergy.substance.concept(),
                "manifestation": [reaction.manifestation.concept()],
                "severity": reaction.severity,
            }])
        });
        self.intolerance(
            visit,
            "active",
            allergy.substance,
            json!({
                "type": allergy.kind,
                "category": [allergy.category],
                "criticality": allergy.criticality,
                "reaction": reaction,
            }),
        );
    }

    /// A statement (no known allergy) or an allergy outgrown.
    pub(crate) fn intolerance(
        &mut self,
        visit: &Visit,
        status: &str,
        substance: Code,
        more: Value,
    ) {
        let version = self.version;
        let recorded = visit.at.to_string();
        let mut allergy = json!({
            "resourceType": "AllergyIntolerance",
            "clinicalStatus": version.either(
                code::concept(
                    &version.code_system("allergyintolerance-clinical"), status, &capitalized(status),
                ),
                status,
            ),
            "verificationStatus": version.either(
                code::concept(
                    &version.code_system("allergyintolerance-verification"), "confirmed", "Confirmed",
                ),
                "confirmed",
            ),
            "code": substance.concept(),
            "patient": self.subject(),
            "encounter": version.r4(visit.as_reference()),
            "recordedDate": version.r4(recorded.clone()),
            "assertedDate": version.stu3(recorded),
            "recorder": visit.clinician.reference(),
        });
        if let (Value::Object(members), Value::Object(more)) = (&mut allergy, more) {
            members.extend(more);
        }
        self.add("allergy", allergy);
    }
}
