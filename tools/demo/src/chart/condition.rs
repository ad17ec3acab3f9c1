//! Condition (<https://hl7.org/fhir/R4/condition.html>).

use serde_json::{Value, json};

use super::{Chart, Visit};
use crate::code::{self, Code};

/// A problem that treatments can give as their reason.
#[derive(Clone)]
pub(crate) struct Problem {
    reference: String,
    display: &'static str,
}

impl Problem {
    /// As a Reference.
    pub(crate) fn as_reference(&self) -> Value {
        json!({"reference": self.reference, "display": self.display})
    }
}

impl Chart {
    /// A problem still there, found at a visit.
    pub(crate) fn problem(&mut self, visit: &Visit, code: Code) -> Problem {
        self.condition(visit, code, "problem-list-item", None)
    }

    /// A problem found at a visit and over so many months ago.
    pub(crate) fn past_problem(&mut self, visit: &Visit, code: Code, over: f64) -> Problem {
        self.condition(visit, code, "encounter-diagnosis", Some(over))
    }

    fn condition(
        &mut self,
        visit: &Visit,
        code: Code,
        category: &str,
        over: Option<f64>,
    ) -> Problem {
        let version = self.version;
        let status = if over.is_some() { "resolved" } else { "active" };
        let category_display = match category {
            "problem-list-item" => "Problem List Item",
            _ => "Encounter Diagnosis",
        };
        let recorded = visit.at.to_string();
        let condition = json!({
            "resourceType": "Condition",
            "clinicalStatus": version.either(
                code::concept(&version.code_system("condition-clinical"), status, &capitalized(status)),
                status,
            ),
            "verificationStatus": version.either(
                code::concept(&version.code_system("condition-ver-status"), "confirmed", "Confirmed"),
                "confirmed",
            ),
            "category": [code::concept(
                &version.code_system("condition-category"), category, category_display,
            )],
            "code": code.concept(),
            "subject": self.subject(),
            "encounter": version.r4(visit.as_reference()),
            "context": version.stu3(visit.as_reference()),
            "onsetDateTime": visit.at.date.to_string(),
            "abatementDateTime": over.map(|months| self.today.weekday_months_before(months).to_string()),
            "recordedDate": version.r4(recorded.clone()),
            "assertedDate": version.stu3(recorded),
            "recorder": version.r4(visit.clinician.reference()),
            "asserter": visit.clinician.reference(),
        });
        let reference = self.add("problem", condition);
        Problem {
            reference,
            display: code.display,
        }
    }
}

/// HL7's displays of status codes are the codes with a capital.
pub(super) fn capitalized(code: &str) -> String {
    let mut letters = code.chars();
    letters
        .next()
        .map(|first| first.to_ascii_uppercase().to_string() + letters.as_str())
        .unwrap_or_default()
}
