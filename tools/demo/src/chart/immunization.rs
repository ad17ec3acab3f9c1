//! Immunization (<https://hl7.org/fhir/R4/immunization.html>).

use serde_json::json;

use super::{Chart, Visit};
use crate::code::{self, Code, snomed};

const LEFT_UPPER_ARM: Code = snomed("368208006", "Left upper arm structure");

impl Chart {
    /// A vaccine given at a visit, the so-manieth of its series.
    pub(crate) fn immunize(&mut self, visit: &Visit, vaccine: Code, dose: u32) {
        let version = self.version;
        let lot = format!("D{:04}", 1_000 + self.noise.below(9_000));
        let nurse = crate::practice::NURSE.reference();
        let given = visit.at.plus_minutes(15).to_string();
        let administering = code::concept(
            &version.code_system("v2-0443"),
            "AP",
            "Administering Provider",
        );
        let immunization = json!({
            "resourceType": "Immunization",
            "status": "completed",
            "notGiven": version.stu3(false),
            "vaccineCode": vaccine.concept(),
            "patient": self.subject(),
            "encounter": visit.as_reference(),
            "occurrenceDateTime": version.r4(given.clone()),
            "date": version.stu3(given),
            "primarySource": true,
            "lotNumber": lot,
            "site": LEFT_UPPER_ARM.concept(),
            "performer": version.r4(json!([{"function": administering.clone(), "actor": nurse.clone()}])),
            "practitioner": version.stu3(json!([{"role": administering, "actor": nurse}])),
            "protocolApplied": version.r4(json!([{"doseNumberPositiveInt": dose}])),
        });
        self.add("vaccine", immunization);
    }
}
