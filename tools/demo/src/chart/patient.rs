//! Patient: who the story is about (<https://hl7.org/fhir/R4/patient.html>). R4 and STU3 agree
//! on every element used here.

use serde_json::{Value, json};

use super::Chart;
use crate::date::Date;
use crate::practice::{self, Clinician};

/// The plain facts of a person.
pub(crate) struct Person {
    /// Family name.
    pub(crate) family: &'static str,
    /// Given names.
    pub(crate) given: &'static [&'static str],
    /// How the person is addressed.
    pub(crate) prefix: Option<&'static str>,
    /// Administrative gender.
    pub(crate) gender: &'static str,
    /// Date of birth.
    pub(crate) born: Date,
    /// Medical record number.
    pub(crate) mrn: &'static str,
    /// Telephone.
    pub(crate) phone: &'static str,
    /// Street and number.
    pub(crate) street: &'static str,
    /// City.
    pub(crate) city: &'static str,
    /// Postal code.
    pub(crate) postal_code: &'static str,
    /// Code and display of HL7's v3 MaritalStatus.
    pub(crate) marital: Option<(&'static str, &'static str)>,
    /// Code and display of the language preferred.
    pub(crate) language: (&'static str, &'static str),
    /// The general practitioner.
    pub(crate) doctor: &'static Clinician,
}

/// Single.
pub(crate) const NEVER_MARRIED: Option<(&str, &str)> = Some(("S", "Never Married"));
/// Married.
pub(crate) const MARRIED: Option<(&str, &str)> = Some(("M", "Married"));
/// Widowed.
pub(crate) const WIDOWED: Option<(&str, &str)> = Some(("W", "Widowed"));
/// Divorced.
pub(crate) const DIVORCED: Option<(&str, &str)> = Some(("D", "Divorced"));
/// English.
pub(crate) const ENGLISH: (&str, &str) = ("en-US", "English (United States)");

impl Chart {
    /// Opens the chart with its Patient; `more` are elements that only this person has, and they
    /// replace those of the same name.
    pub(crate) fn patient(&mut self, person: &Person, more: Value) {
        let system = |name: &str| self.version.code_system(name);
        let full_name = format!("{} {}", person.given.join(" "), person.family);
        let mut patient = json!({
            "resourceType": "Patient",
            "text": {"status": "generated", "div": narrative(person, &full_name)},
            "identifier": [{
                "use": "usual",
                "type": crate::code::concept(&system("v2-0203"), "MR", "Medical record number"),
                "system": practice::RECORD_NUMBERS,
                "value": person.mrn,
                "assigner": practice::CLINIC.reference(),
            }],
            "active": true,
            "name": [{
                "use": "official",
                "text": full_name,
                "family": person.family,
                "given": person.given,
                "prefix": person.prefix.map(|prefix| [prefix]),
            }],
            "telecom": [
                {"system": "phone", "value": person.phone, "use": "home"},
                {"system": "email", "value": format!("{}@mail.example", self.slug), "use": "home"},
            ],
            "gender": person.gender,
            "birthDate": person.born.to_string(),
            "address": [{
                "use": "home",
                "type": "both",
                "text": format!("{}, {}, ME {}", person.street, person.city, person.postal_code),
                "line": [person.street],
                "city": person.city,
                "state": "ME",
                "postalCode": person.postal_code,
                "country": "US",
            }],
            "maritalStatus": person.marital.map(|(code, display)| {
                crate::code::concept(&system("v3-MaritalStatus"), code, display)
            }),
            "communication": [{
                "language": crate::code::concept(
                    "urn:ietf:bcp:47", person.language.0, person.language.1,
                ),
                "preferred": true,
            }],
            "generalPractitioner": [person.doctor.reference()],
            "managingOrganization": practice::CLINIC.reference(),
        });
        if let (Value::Object(members), Value::Object(more)) = (&mut patient, more) {
            members.extend(more);
        }
        self.add_patient(patient);
    }
}

fn narrative(person: &Person, full_name: &str) -> String {
    format!(
        "<div xmlns=\"http://www.w3.org/1999/xhtml\"><p><b>{full_name}</b>, {}, born {}</p>\
         <p>Record number {}. {}, {}</p></div>",
        person.gender, person.born, person.mrn, person.street, person.city,
    )
}
