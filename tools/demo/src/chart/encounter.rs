//! Encounter (<https://hl7.org/fhir/R4/encounter.html>).

use serde_json::{Value, json};

use super::Chart;
use crate::code;
use crate::date::Moment;
use crate::encounter::Kind;
use crate::practice::{self, Clinician};

/// What the resources of an encounter need to know of it.
#[derive(Clone)]
pub(crate) struct Visit {
    /// The reference to the Encounter.
    pub(crate) reference: String,
    /// When it began.
    pub(crate) at: Moment,
    /// How many months ago that was.
    pub(crate) months: f64,
    /// Who saw the patient.
    pub(crate) clinician: &'static Clinician,
}

impl Visit {
    /// As a Reference.
    pub(crate) fn as_reference(&self) -> Value {
        json!({"reference": self.reference})
    }
}

impl Chart {
    /// A finished encounter so many months ago.
    pub(crate) fn visit(
        &mut self,
        kind: &Kind,
        months: f64,
        clinician: &'static Clinician,
        reason: &str,
    ) -> Visit {
        self.stay(kind, months, kind.minutes, clinician, reason)
    }

    /// A finished encounter of a given length in minutes.
    pub(crate) fn stay(
        &mut self,
        kind: &Kind,
        months: f64,
        minutes: i64,
        clinician: &'static Clinician,
        reason: &str,
    ) -> Visit {
        let quarter = self.noise.below(32);
        let at = self
            .today
            .weekday_months_before(months)
            .at(8 * 60 + quarter * 15);
        let end = at.plus_minutes(minutes);
        let version = self.version;
        let period = json!({"start": at.to_string(), "end": end.to_string()});
        let (class, class_display) = kind.class;
        let words = json!([{"text": reason}]);
        let attending = code::concept(
            &version.code_system("v3-ParticipationType"),
            "ATND",
            "attender",
        );
        let encounter = json!({
            "resourceType": "Encounter",
            "status": "finished",
            "class": code::coding(&version.code_system("v3-ActCode"), class, class_display),
            "type": [kind.code.concept()],
            "subject": self.subject(),
            "participant": [{
                "type": [attending], "period": period, "individual": clinician.reference(),
            }],
            "period": period,
            "reasonCode": version.r4(words.clone()),
            "reason": version.stu3(words),
            "location": kind.location.map(|(id, display)| {
                json!([{"location": {"reference": format!("Location/{id}"), "display": display}}])
            }),
            "serviceProvider": practice::CLINIC.reference(),
        });
        let reference = self.add("visit", encounter);
        Visit {
            reference,
            at,
            months,
            clinician,
        }
    }
}
