//! What is planned and who pays: Goal, CarePlan, Appointment, Coverage
//! (<https://hl7.org/fhir/R4/careplan.html>).

use serde_json::{Value, json};

use super::{Chart, Problem, Visit};
use crate::code::{self, Code};
use crate::encounter::Kind;
use crate::practice::{self, Clinician};
use crate::version::Version;

/// A plan of care.
pub(crate) struct Plan<'a> {
    /// What kind of plan.
    pub(crate) category: Code,
    /// What it wants to reach, in words.
    pub(crate) goals: &'a [&'a str],
    /// What is done for it.
    pub(crate) activities: &'a [Code],
    /// When it ended, in months ago.
    pub(crate) over: Option<f64>,
}

impl Chart {
    /// A plan of care made at a visit, with its goals.
    pub(crate) fn plan(&mut self, visit: &Visit, plan: &Plan<'_>, problem: Option<&Problem>) {
        let version = self.version;
        let (status, activity) = match plan.over {
            Some(_) => ("completed", "completed"),
            None => ("active", "in-progress"),
        };
        let start = visit.at.date.to_string();
        let goal_status = version.either(
            status,
            if plan.over.is_some() {
                "achieved"
            } else {
                "in-progress"
            },
        );
        let goals: Vec<Value> = plan
            .goals
            .iter()
            .map(|words| {
                let goal = json!({
                    "resourceType": "Goal",
                    "lifecycleStatus": version.r4(goal_status.clone()),
                    "status": version.stu3(goal_status.clone()),
                    "description": {"text": words},
                    "subject": self.subject(),
                    "startDate": start,
                    "addresses": problem.map(|problem| [problem.as_reference()]),
                });
                let reference = self.add("goal", goal);
                json!({"reference": reference, "display": words})
            })
            .collect();
        let author = visit.clinician.reference();
        let activities: Vec<Value> = plan
            .activities
            .iter()
            .map(|code| json!({"detail": {"code": code.concept(), "status": activity}}))
            .collect();
        let care_plan = json!({
            "resourceType": "CarePlan",
            "status": status,
            "intent": "plan",
            "category": [plan.category.concept()],
            "title": plan.category.display,
            "subject": self.subject(),
            "encounter": version.r4(visit.as_reference()),
            "context": version.stu3(visit.as_reference()),
            "period": {
                "start": start,
                "end": plan.over.map(|months| self.today.weekday_months_before(months).to_string()),
            },
            "author": version.either(author.clone(), json!([author])),
            "addresses": problem.map(|problem| [problem.as_reference()]),
            "goal": goals,
            "activity": activities,
        });
        self.add("plan", care_plan);
    }

    /// An appointment in so many days.
    pub(crate) fn appointment(
        &mut self,
        days: i64,
        kind: &Kind,
        clinician: &'static Clinician,
        words: &str,
    ) {
        let start = self.today.plus_days(days).at(10 * 60 + 30);
        let appointment = json!({
            "resourceType": "Appointment",
            "status": "booked",
            "description": words,
            "start": start.to_string(),
            "end": start.plus_minutes(kind.minutes).to_string(),
            "participant": [
                {"actor": self.subject(), "status": "accepted"},
                {"actor": clinician.reference(), "status": "accepted"},
            ],
        });
        self.add("appointment", appointment);
    }

    /// The insurance that pays.
    pub(crate) fn coverage(&mut self, member: &str) {
        let version = self.version;
        let relationship_system = version.code_system(match version {
            Version::R4 => "subscriber-relationship",
            Version::Stu3 => "policyholder-relationship",
        });
        let coverage = json!({
            "resourceType": "Coverage",
            "status": "active",
            "type": code::concept(
                &version.code_system("v3-ActCode"), "HIP", "health insurance plan policy",
            ),
            "subscriberId": member,
            "beneficiary": self.subject(),
            "relationship": code::concept(&relationship_system, "self", "Self"),
            "period": {"start": self.today.weekday_months_before(60.0).to_string()},
            "payor": [practice::INSURER.reference()],
        });
        self.add("coverage", coverage);
    }
}
