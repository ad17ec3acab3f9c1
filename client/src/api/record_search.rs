//! What a picker looks for while the person types, and the FHIR search that it becomes.
//! <https://hl7.org/fhir/R4/search.html>

use smart::form;

use super::patient_search::{PatientSearch, Reading};

/// Few enough to be read at a glance.
const SHOWN: u16 = 10;
/// Encounters are narrowed down here by their words, hence many at once.
const ENCOUNTERS: u16 = 100;

/// The records that a picker offers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sought {
    /// Every patient that the person may see.
    Patients,
    /// Every practitioner.
    Practitioners,
    /// The encounters of one patient, by id.
    EncountersOf(String),
}

impl Sought {
    /// The resource type.
    pub fn resource_type(&self) -> &'static str {
        match self {
            Self::Patients => "Patient",
            Self::Practitioners => "Practitioner",
            Self::EncountersOf(_) => "Encounter",
        }
    }

    /// Several of them, in words.
    pub fn plural(&self) -> &'static str {
        match self {
            Self::Patients => "patients",
            Self::Practitioners => "practitioners",
            Self::EncountersOf(_) => "encounters",
        }
    }

    /// The FHIR search for what was typed, relative to the server's base.
    pub fn fhir_query(&self, text: &str) -> String {
        let search = PatientSearch {
            text: text.to_owned(),
            page_size: SHOWN,
            ..PatientSearch::default()
        };
        match self {
            Self::Patients => search.fhir_query(),
            Self::Practitioners => {
                let mut pairs = match search.reading() {
                    Reading::Everyone => Vec::new(),
                    Reading::Name(words) => words.into_iter().map(|word| ("name", word)).collect(),
                    Reading::BirthDate(text) | Reading::Identifier(text) => {
                        vec![("identifier", text)]
                    }
                };
                pairs.push(("_count", SHOWN.to_string()));
                self.query(&pairs)
            }
            Self::EncountersOf(patient) => {
                let mut pairs = vec![("patient", patient.clone())];
                if let Reading::BirthDate(date) = search.reading() {
                    pairs.push(("date", date));
                }
                pairs.push(("_sort", "-date".to_owned()));
                pairs.push(("_count", ENCOUNTERS.to_string()));
                self.query(&pairs)
            }
        }
    }

    fn query(&self, pairs: &[(&str, String)]) -> String {
        let query = form::encode(pairs.iter().map(|(name, value)| (*name, value.as_str())));
        format!("{}?{query}", self.resource_type())
    }

    /// True when a record from the server, described in `words`, matches the search.
    ///
    /// Servers search people by name; encounters, whose types have no common text, are searched
    /// here. So is the list while it is not `current`: it answers what was typed before.
    pub fn keeps(&self, words: &str, text: &str, current: bool) -> bool {
        if current && (!matches!(self, Self::EncountersOf(_)) || is_date(text)) {
            return true;
        }
        let words = words.to_lowercase();
        let text = text.to_lowercase();
        text.split_whitespace().all(|part| words.contains(part))
    }
}

fn is_date(text: &str) -> bool {
    let search = PatientSearch {
        text: text.to_owned(),
        ..PatientSearch::default()
    };
    matches!(search.reading(), Reading::BirthDate(_))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encounters() -> Sought {
        Sought::EncountersOf("p-1".into())
    }

    #[test]
    fn what_is_typed_becomes_a_search() {
        for (sought, text, query) in [
            (
                Sought::Patients,
                "amelia",
                "Patient?name=amelia&_sort=family&_count=10&_total=accurate",
            ),
            (Sought::Practitioners, "", "Practitioner?_count=10"),
            (
                Sought::Practitioners,
                "Leonard McCoy",
                "Practitioner?name=Leonard&name=McCoy&_count=10",
            ),
            (
                Sought::Practitioners,
                "NPI-7",
                "Practitioner?identifier=NPI-7&_count=10",
            ),
            (
                encounters(),
                "check-up",
                "Encounter?patient=p-1&_sort=-date&_count=100",
            ),
            (
                encounters(),
                "2024-05",
                "Encounter?patient=p-1&date=2024-05&_sort=-date&_count=100",
            ),
        ] {
            assert_eq!(sought.fhir_query(text), query);
        }
    }

    #[test]
    fn encounters_are_narrowed_down_by_their_words() {
        let words = "General examination, 3 May 2024, finished";
        for (text, kept) in [
            ("", true),
            ("exam", true),
            ("EXAM may", true),
            ("dental", false),
            ("2024-05", true),
        ] {
            assert_eq!(encounters().keeps(words, text, true), kept, "{text}");
        }
        assert!(Sought::Patients.keeps("Kirk", "nickname", true));
        assert!(!Sought::Patients.keeps("Kirk", "nickname", false));
    }
}
