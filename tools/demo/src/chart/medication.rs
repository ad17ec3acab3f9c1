//! MedicationRequest (<https://hl7.org/fhir/R4/medicationrequest.html>).

use serde_json::{Value, json};

use super::{Chart, Problem, Visit};
use crate::code;
use crate::medicine::Medicine;
use crate::version::Version;

/// How often and how much.
#[derive(Clone, Copy)]
pub(crate) struct Sig {
    amount: u32,
    frequency: u32,
    as_needed: bool,
}

impl Sig {
    /// So many units, so many times a day.
    pub(crate) const fn daily(amount: u32, frequency: u32) -> Self {
        Self {
            amount,
            frequency,
            as_needed: false,
        }
    }

    /// So many units when needed, at most so often a day.
    pub(crate) const fn as_needed(amount: u32, frequency: u32) -> Self {
        Self {
            amount,
            frequency,
            as_needed: true,
        }
    }

    fn words(self, medicine: &Medicine) -> String {
        let plural = if self.amount == 1 || medicine.unit == "mL" {
            ""
        } else {
            "s"
        };
        let times = match self.frequency {
            1 => "once".to_owned(),
            2 => "twice".to_owned(),
            more => format!("{more} times"),
        };
        let need = if self.as_needed {
            "when needed, at most "
        } else {
            ""
        };
        format!(
            "{} {}{plural} {need}{times} a day",
            self.amount, medicine.unit
        )
    }
}

/// How a treatment went on.
#[derive(Clone, Copy)]
pub(crate) enum Course {
    /// Still taken.
    Ongoing,
    /// Ended as planned so many months ago.
    Completed(f64),
    /// Given up or replaced so many months ago.
    Stopped(f64),
}

impl Chart {
    /// A prescription made at a visit.
    pub(crate) fn prescribe(
        &mut self,
        visit: &Visit,
        medicine: &Medicine,
        sig: Sig,
        course: Course,
        reason: Option<&Problem>,
    ) {
        let version = self.version;
        let (status, until) = match course {
            Course::Ongoing => ("active", None),
            Course::Completed(months) => ("completed", Some(months)),
            Course::Stopped(months) => ("stopped", Some(months)),
        };
        let end = until.map(|months| {
            self.today
                .weekday_months_before(months)
                .max(visit.at.date)
                .to_string()
        });
        let period = json!({"start": visit.at.date.to_string(), "end": end});
        let dose = json!({
            "value": sig.amount, "unit": medicine.unit,
        });
        let category_system = match version {
            Version::R4 => "http://terminology.hl7.org/CodeSystem/medicationrequest-category",
            Version::Stu3 => "http://hl7.org/fhir/medication-request-category",
        };
        let category = code::concept(category_system, "community", "Community");
        let (concept, resource) = match medicine.resource {
            Some(id) => {
                let reference = json!({"reference": format!("Medication/{id}"), "display": medicine.code.display});
                (Value::Null, reference)
            }
            None => (medicine.code.concept(), Value::Null),
        };
        let request = json!({
            "resourceType": "MedicationRequest",
            "status": status,
            "intent": "order",
            "category": version.either(json!([category.clone()]), category),
            "medicationCodeableConcept": concept,
            "medicationReference": resource,
            "subject": self.subject(),
            "encounter": version.r4(visit.as_reference()),
            "context": version.stu3(visit.as_reference()),
            "authoredOn": visit.at.to_string(),
            "requester": version.either(
                visit.clinician.reference(),
                json!({"agent": visit.clinician.reference()}),
            ),
            "reasonReference": reason.map(|problem| [problem.as_reference()]),
            "dosageInstruction": [{
                "sequence": 1,
                "text": sig.words(medicine),
                "timing": {"repeat": {
                    "boundsPeriod": period, "frequency": sig.frequency, "period": 1, "periodUnit": "d",
                }},
                "asNeededBoolean": sig.as_needed,
                "doseAndRate": version.r4(json!([{"doseQuantity": dose.clone()}])),
                "doseQuantity": version.stu3(dose),
            }],
        });
        self.add("medication", request);
    }
}
