//! Patient: the facts at the head of a chart and in a list's row.
//! <https://hl7.org/fhir/R4/patient.html>

use serde_json::Value;

use super::age::age;
use super::contact_point::{Contact, contact};
use super::date_time::{self, Day};
use super::identifier::{Labelled, labelled, principal};
use super::{address, codeable_concept, human_name, list, text};

/// What is known of a patient, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PatientSummary {
    /// Logical id.
    pub id: String,
    /// `James T. Kirk`
    pub name: String,
    /// `Kirk, James T.`
    pub listed_name: String,
    /// `JK`
    pub initials: String,
    /// `male`
    pub gender: Option<String>,
    /// `22 Mar 2233`
    pub birth_date: Option<String>,
    /// `45 years`; at death, for those who have died.
    pub age: Option<String>,
    /// `Died 3 May 2019`
    pub death: Option<String>,
    /// The number by which the clinic knows the patient.
    pub principal_identifier: Option<Labelled>,
    /// Every number once, the principal one first.
    pub identifiers: Vec<Labelled>,
    /// The lines of the current address.
    pub address: Vec<String>,
    /// The city of the current address.
    pub place: Option<String>,
    /// Ways to reach the patient.
    pub contacts: Vec<Contact>,
    /// `Married`
    pub marital_status: Option<String>,
    /// Languages, the preferred first.
    pub languages: Vec<String>,
    /// False when the record is out of use.
    pub active: bool,
    /// `21 Nov 2025, 08:01 UTC`
    pub last_updated: Option<String>,
}

impl PatientSummary {
    /// Reads a Patient; ages are counted on `today`.
    pub fn of(patient: &Value, today: Day) -> Self {
        let name = human_name::preferred(list(patient, "name"));
        let or_unnamed = |words: fn(&Value) -> String| {
            name.map(words)
                .unwrap_or_else(|| human_name::UNNAMED.to_owned())
        };
        let born = text(patient, "birthDate");
        let identifiers = list(patient, "identifier");
        let address = address::current(list(patient, "address"));
        Self {
            id: text(patient, "id").unwrap_or_default().to_owned(),
            name: or_unnamed(human_name::full),
            listed_name: or_unnamed(human_name::family_first),
            initials: name
                .map(human_name::initials)
                .filter(|initials| !initials.is_empty())
                .unwrap_or_else(|| "?".to_owned()),
            gender: text(patient, "gender").map(str::to_owned),
            birth_date: born.map(date_time::date),
            age: born.and_then(|born| age_of(patient, born, today)),
            death: death(patient),
            principal_identifier: principal(identifiers),
            identifiers: distinct(identifiers),
            place: address
                .and_then(|address| text(address, "city").or_else(|| text(address, "country")))
                .map(str::to_owned),
            address: address.map(address::lines).unwrap_or_default(),
            contacts: list(patient, "telecom")
                .iter()
                .filter_map(contact)
                .collect(),
            marital_status: patient
                .get("maritalStatus")
                .and_then(codeable_concept::words),
            languages: languages(patient),
            active: patient.get("active") != Some(&Value::Bool(false)),
            last_updated: patient
                .pointer("/meta/lastUpdated")
                .and_then(Value::as_str)
                .map(date_time::date_time),
        }
    }
}

fn distinct(identifiers: &[Value]) -> Vec<Labelled> {
    let mut distinct: Vec<Labelled> = Vec::new();
    for identifier in principal(identifiers)
        .into_iter()
        .chain(identifiers.iter().filter_map(labelled))
    {
        if distinct.iter().all(|known| known.value != identifier.value) {
            distinct.push(identifier);
        }
    }
    distinct
}

fn age_of(patient: &Value, born: &str, today: Day) -> Option<String> {
    if patient.get("deceasedBoolean") == Some(&Value::Bool(true)) {
        return None;
    }
    let Some(died) = text(patient, "deceasedDateTime") else {
        return age(born, today);
    };
    let died = date_time::PartialDate::read(died)?;
    let last_day = Day {
        year: died.year,
        month: died.month?,
        day: died.day?,
    };
    age(born, last_day)
}

fn death(patient: &Value) -> Option<String> {
    match text(patient, "deceasedDateTime") {
        Some(died) => Some(format!("Died {}", date_time::date(died))),
        None => (patient.get("deceasedBoolean") == Some(&Value::Bool(true)))
            .then(|| "Deceased".to_owned()),
    }
}

fn languages(patient: &Value) -> Vec<String> {
    let mut communications: Vec<&Value> = list(patient, "communication").iter().collect();
    communications
        .sort_by_key(|communication| communication.get("preferred") != Some(&Value::Bool(true)));
    communications
        .into_iter()
        .filter_map(|communication| codeable_concept::words(communication.get("language")?))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const TODAY: Day = Day {
        year: 2025,
        month: 3,
        day: 15,
    };

    #[test]
    fn a_full_record_is_summed_up() {
        let summary = PatientSummary::of(
            &json!({
                "resourceType": "Patient", "id": "p1",
                "meta": {"lastUpdated": "2025-01-02T03:04:05Z"},
                "name": [{"use": "old", "family": "Smith"},
                         {"use": "official", "family": "Jones", "given": ["Ann"]}],
                "gender": "female", "birthDate": "1980-03-15",
                "identifier": [{"type": {"coding": [{"code": "MR"}]}, "value": "M-1"}],
                "address": [{"city": "Ghent"}],
                "telecom": [{"system": "phone", "value": "1"}],
                "maritalStatus": {"text": "Married"},
                "communication": [{"language": {"text": "Dutch"}},
                                  {"language": {"text": "French"}, "preferred": true}]
            }),
            TODAY,
        );
        assert_eq!(summary.name, "Ann Jones");
        assert_eq!(summary.listed_name, "Jones, Ann");
        assert_eq!(summary.initials, "AJ");
        assert_eq!(summary.birth_date.as_deref(), Some("15 Mar 1980"));
        assert_eq!(summary.age.as_deref(), Some("45 years"));
        assert_eq!(summary.death, None);
        assert_eq!(summary.principal_identifier.unwrap().label, "MRN");
        assert_eq!(summary.languages, ["French", "Dutch"]);
        assert!(summary.active);
        assert_eq!(
            summary.last_updated.as_deref(),
            Some("2 Jan 2025, 03:04 UTC")
        );
    }

    #[test]
    fn a_number_given_twice_is_shown_once_as_what_it_is() {
        let summary = PatientSummary::of(
            &json!({"identifier": [
                {"system": "https://github.com/synthetichealth/synthea", "value": "1"},
                {"type": {"coding": [{"code": "SS"}]}, "value": "2"},
                {"type": {"coding": [{"code": "MR"}]}, "value": "1"}
            ]}),
            TODAY,
        );
        let labels: Vec<&str> = summary
            .identifiers
            .iter()
            .map(|i| i.label.as_str())
            .collect();
        assert_eq!(labels, ["MRN", "Social security"]);
    }

    #[test]
    fn an_empty_record_is_still_a_patient() {
        let summary = PatientSummary::of(&json!({}), TODAY);
        assert_eq!(summary.name, "Unnamed");
        assert_eq!(summary.initials, "?");
        assert_eq!(summary.age, None);
        assert!(summary.active);
    }

    #[test]
    fn the_dead_have_the_age_of_their_last_day() {
        for (patient, age, death) in [
            (
                json!({"birthDate": "1940-01-01", "deceasedDateTime": "2019-05-03T10:00:00Z"}),
                Some("79 years"),
                Some("Died 3 May 2019"),
            ),
            (
                json!({"birthDate": "1940-01-01", "deceasedDateTime": "2019"}),
                None,
                Some("Died 2019"),
            ),
            (
                json!({"birthDate": "1940-01-01", "deceasedBoolean": true}),
                None,
                Some("Deceased"),
            ),
            (
                json!({"birthDate": "1940-01-01", "deceasedBoolean": false}),
                Some("85 years"),
                None,
            ),
        ] {
            let summary = PatientSummary::of(&patient, TODAY);
            assert_eq!(summary.age.as_deref(), age, "{patient}");
            assert_eq!(summary.death.as_deref(), death, "{patient}");
        }
    }
}
