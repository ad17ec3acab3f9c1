//! A record in a picker: enough to tell it from the others.

use serde_json::Value;

use super::date_time::{self, Day};
use super::patient::PatientSummary;
use super::{codeable_concept, text, title};

/// One record on offer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// Logical id.
    pub id: String,
    /// `Hartley, Amelia Rose`, or what the encounter was about.
    pub name: String,
    /// Birth date, gender, period: whatever is known.
    pub facts: Vec<String>,
}

impl Choice {
    /// Reads a Patient, a Practitioner or an Encounter; none without an id.
    pub fn of(resource: &Value, today: Day) -> Option<Self> {
        let id = text(resource, "id")?.to_owned();
        if text(resource, "resourceType") == Some("Encounter") {
            let when = resource.get("period").and_then(date_time::period);
            let status = resource.get("status").and_then(codeable_concept::status);
            return Some(Self {
                id,
                name: title::title(resource),
                facts: when.into_iter().chain(status).collect(),
            });
        }
        let person = PatientSummary::of(resource, today);
        let born = person.birth_date.map(|date| format!("born {date}"));
        let number = person
            .principal_identifier
            .map(|number| format!("{} {}", number.label, number.value));
        Some(Self {
            id,
            name: person.listed_name,
            facts: [born, person.gender, person.death, number]
                .into_iter()
                .flatten()
                .collect(),
        })
    }

    /// Everything in one line.
    pub fn words(&self) -> String {
        let facts = self.facts.iter().map(String::as_str);
        let all: Vec<&str> = std::iter::once(self.name.as_str()).chain(facts).collect();
        all.join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const TODAY: Day = Day {
        year: 2026,
        month: 1,
        day: 1,
    };

    #[test]
    fn patients_and_practitioners_are_told_apart_by_birth_date_and_gender() {
        let patient = json!({"resourceType": "Patient", "id": "p", "birthDate": "1980-05-03",
            "gender": "female", "name": [{"family": "Hartley", "given": ["Amelia"]}]});
        let choice = Choice::of(&patient, TODAY).unwrap();
        assert_eq!(choice.words(), "Hartley, Amelia, born 3 May 1980, female");
        let doctor =
            json!({"resourceType": "Practitioner", "id": "d", "name": [{"family": "McCoy"}]});
        assert_eq!(Choice::of(&doctor, TODAY).unwrap().words(), "McCoy");
        assert_eq!(Choice::of(&json!({"resourceType": "Patient"}), TODAY), None);
    }

    #[test]
    fn encounters_are_told_apart_by_type_and_period() {
        let encounter = json!({"resourceType": "Encounter", "id": "e", "status": "finished",
            "type": [{"text": "Check-up"}],
            "period": {"start": "2019-05-03T10:00:00Z", "end": "2019-05-03T10:30:00Z"}});
        let choice = Choice::of(&encounter, TODAY).unwrap();
        assert_eq!(choice.name, "Check-up");
        assert!(choice.words().contains("3 May 2019"), "{}", choice.words());
        assert!(choice.words().ends_with("inished"), "{}", choice.words());
    }
}
