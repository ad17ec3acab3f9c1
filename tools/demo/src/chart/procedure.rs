//! Procedure (<https://hl7.org/fhir/R4/procedure.html>) and the Device it may leave behind.

use serde_json::json;

use super::{Chart, Problem, Visit};
use crate::code::{Code, snomed};

impl Chart {
    /// A procedure done at a visit.
    pub(crate) fn procedure(
        &mut self,
        visit: &Visit,
        code: Code,
        minutes: i64,
        reason: Option<&Problem>,
        outcome: &str,
    ) -> String {
        let version = self.version;
        let start = visit.at.plus_minutes(10);
        let procedure = json!({
            "resourceType": "Procedure",
            "status": "completed",
            "code": code.concept(),
            "subject": self.subject(),
            "encounter": version.r4(visit.as_reference()),
            "context": version.stu3(visit.as_reference()),
            "performedPeriod": {
                "start": start.to_string(), "end": start.plus_minutes(minutes).to_string(),
            },
            "performer": [{"actor": visit.clinician.reference()}],
            "reasonReference": reason.map(|problem| [problem.as_reference()]),
            "outcome": (!outcome.is_empty()).then(|| json!({"text": outcome})),
        });
        self.add("procedure", procedure)
    }

    /// A pacemaker that stays in the patient.
    pub(crate) fn pacemaker(&mut self, serial: &str) {
        let device = json!({
            "resourceType": "Device",
            "status": "active",
            "manufacturer": "Example Cardiac",
            "lotNumber": serial,
            "type": snomed("14106009", "Cardiac pacemaker").concept(),
            "patient": self.subject(),
        });
        self.add("device", device);
    }
}
