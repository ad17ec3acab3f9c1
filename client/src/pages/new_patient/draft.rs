//! A patient in the making: what was typed, what is wrong with it, the resource it becomes.
//! <https://hl7.org/fhir/R4/patient.html>

use serde_json::{Map, Value, json};

use crate::api::patient_search::gender;
use crate::display::date_time::PartialDate;

/// A field of the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DraftField {
    /// Given names.
    Given,
    /// Family name.
    Family,
    /// Administrative gender.
    Gender,
    /// Date of birth.
    BirthDate,
    /// Who issued the identifier.
    IdentifierSystem,
    /// The identifier.
    IdentifierValue,
    /// Phone number.
    Phone,
    /// E-mail address.
    Email,
    /// Street and number.
    Line,
    /// City.
    City,
    /// Postal code.
    PostalCode,
    /// Country.
    Country,
}

impl DraftField {
    /// Every field, in the form's order.
    pub const ALL: [Self; 12] = [
        Self::Given,
        Self::Family,
        Self::Gender,
        Self::BirthDate,
        Self::IdentifierValue,
        Self::IdentifierSystem,
        Self::Phone,
        Self::Email,
        Self::Line,
        Self::City,
        Self::PostalCode,
        Self::Country,
    ];

    /// The element that the server names when it is not content.
    pub fn element(self) -> &'static str {
        match self {
            Self::Given => "Patient.name.given",
            Self::Family => "Patient.name",
            Self::Gender => "Patient.gender",
            Self::BirthDate => "Patient.birthDate",
            Self::IdentifierSystem => "Patient.identifier.system",
            Self::IdentifierValue => "Patient.identifier",
            Self::Phone => "Patient.telecom",
            Self::Email => "Patient.telecom",
            Self::Line => "Patient.address",
            Self::City => "Patient.address.city",
            Self::PostalCode => "Patient.address.postalCode",
            Self::Country => "Patient.address.country",
        }
    }
}

/// What was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PatientDraft {
    /// Given names, separated by blanks.
    pub given: String,
    /// Family name.
    pub family: String,
    /// A gender code, or nothing.
    pub gender: String,
    /// `YYYY-MM-DD`, or less.
    pub birth_date: String,
    /// A URI.
    pub identifier_system: String,
    /// The number.
    pub identifier_value: String,
    /// Phone number.
    pub phone: String,
    /// E-mail address.
    pub email: String,
    /// Street and number.
    pub line: String,
    /// City.
    pub city: String,
    /// Postal code.
    pub postal_code: String,
    /// Country.
    pub country: String,
}

impl PatientDraft {
    /// The patient of the FHIR tutorials, born in the future as FHIR allows.
    pub fn example() -> Self {
        Self {
            given: "James T.".into(),
            family: "Kirk".into(),
            gender: "male".into(),
            birth_date: "2233-03-22".into(),
            identifier_system: "urn:example:starfleet:service-number".into(),
            identifier_value: "SC937-0176-CEC".into(),
            city: "Riverside".into(),
            country: "US".into(),
            ..Self::default()
        }
    }

    /// The text of a field.
    pub fn text_mut(&mut self, field: DraftField) -> &mut String {
        match field {
            DraftField::Given => &mut self.given,
            DraftField::Family => &mut self.family,
            DraftField::Gender => &mut self.gender,
            DraftField::BirthDate => &mut self.birth_date,
            DraftField::IdentifierSystem => &mut self.identifier_system,
            DraftField::IdentifierValue => &mut self.identifier_value,
            DraftField::Phone => &mut self.phone,
            DraftField::Email => &mut self.email,
            DraftField::Line => &mut self.line,
            DraftField::City => &mut self.city,
            DraftField::PostalCode => &mut self.postal_code,
            DraftField::Country => &mut self.country,
        }
    }

    /// What must be corrected before sending.
    pub fn problems(&self) -> Vec<(DraftField, &'static str)> {
        let mut problems = Vec::new();
        if is_blank(&self.given) && is_blank(&self.family) {
            problems.push((DraftField::Family, "Enter a family name or a given name."));
        }
        let birth_date = self.birth_date.trim();
        if !birth_date.is_empty()
            && (birth_date.contains('T') || PartialDate::read(birth_date).is_none())
        {
            problems.push((
                DraftField::BirthDate,
                "Enter a day of the calendar as YYYY-MM-DD, or only YYYY-MM or YYYY.",
            ));
        }
        if !is_blank(&self.identifier_system) && is_blank(&self.identifier_value) {
            problems.push((
                DraftField::IdentifierValue,
                "Enter the number, or clear who issued it.",
            ));
        }
        if self.identifier_system.trim().contains(char::is_whitespace) {
            problems.push((
                DraftField::IdentifierSystem,
                "Enter a web address or a URN, without blanks.",
            ));
        }
        let email = self.email.trim();
        if !email.is_empty()
            && !email
                .split_once('@')
                .is_some_and(|(name, host)| !name.is_empty() && host.contains('.'))
        {
            problems.push((
                DraftField::Email,
                "Enter an address such as name@example.org.",
            ));
        }
        problems
    }

    /// The resource, without elements for fields that were left empty.
    pub fn resource(&self) -> Value {
        let mut patient = Map::new();
        patient.insert("resourceType".into(), json!("Patient"));
        let identifier = object([
            ("system", text(&self.identifier_system)),
            ("value", text(&self.identifier_value)),
        ]);
        put_list(&mut patient, "identifier", vec![identifier]);
        let given: Vec<Value> = self.given.split_whitespace().map(Value::from).collect();
        let name = object([
            ("family", text(&self.family)),
            ("given", (!given.is_empty()).then_some(Value::Array(given))),
        ]);
        put_list(&mut patient, "name", vec![named_official(name)]);
        let contact = |system: &str, value: &str| {
            text(value).map_or(
                Value::Null,
                |value| json!({"system": system, "value": value}),
            )
        };
        put_list(
            &mut patient,
            "telecom",
            vec![contact("phone", &self.phone), contact("email", &self.email)],
        );
        if let Some(gender) = gender(&self.gender) {
            patient.insert("gender".into(), json!(gender));
        }
        if let Some(birth_date) = text(&self.birth_date) {
            patient.insert("birthDate".into(), birth_date);
        }
        let address = object([
            ("line", text(&self.line).map(|line| json!([line]))),
            ("city", text(&self.city)),
            ("postalCode", text(&self.postal_code)),
            ("country", text(&self.country)),
        ]);
        put_list(&mut patient, "address", vec![address]);
        Value::Object(patient)
    }
}

fn is_blank(text: &str) -> bool {
    text.trim().is_empty()
}

fn text(text: &str) -> Option<Value> {
    (!is_blank(text)).then(|| Value::from(text.trim()))
}

/// An object of the members that are there; null when none is.
fn object<const COUNT: usize>(members: [(&str, Option<Value>); COUNT]) -> Value {
    let members: Map<String, Value> = members
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), value?)))
        .collect();
    if members.is_empty() {
        Value::Null
    } else {
        Value::Object(members)
    }
}

fn named_official(name: Value) -> Value {
    match name {
        Value::Object(parts) => {
            let mut name = Map::from_iter([("use".to_owned(), json!("official"))]);
            name.extend(parts);
            Value::Object(name)
        }
        other => other,
    }
}

fn put_list(patient: &mut Map<String, Value>, name: &str, items: Vec<Value>) {
    let items: Vec<Value> = items.into_iter().filter(|item| !item.is_null()).collect();
    if !items.is_empty() {
        patient.insert(name.to_owned(), Value::Array(items));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_is_captain_kirk() {
        let draft = PatientDraft::example();
        assert_eq!(draft.problems(), []);
        assert_eq!(
            draft.resource(),
            json!({
                "resourceType": "Patient",
                "identifier": [{"system": "urn:example:starfleet:service-number",
                                "value": "SC937-0176-CEC"}],
                "name": [{"use": "official", "family": "Kirk", "given": ["James", "T."]}],
                "gender": "male",
                "birthDate": "2233-03-22",
                "address": [{"city": "Riverside", "country": "US"}]
            })
        );
    }

    #[test]
    fn empty_fields_leave_no_trace() {
        let draft = PatientDraft {
            family: " Kirk ".into(),
            gender: "captain".into(),
            email: "  ".into(),
            ..PatientDraft::default()
        };
        assert_eq!(
            draft.resource(),
            json!({"resourceType": "Patient", "name": [{"use": "official", "family": "Kirk"}]})
        );
    }

    #[test]
    fn phone_and_e_mail_are_told_apart() {
        let draft = PatientDraft {
            family: "Kirk".into(),
            phone: "555".into(),
            email: "jim@ufp.example".into(),
            ..PatientDraft::default()
        };
        assert_eq!(
            draft.resource()["telecom"],
            json!([{"system": "phone", "value": "555"},
                   {"system": "email", "value": "jim@ufp.example"}])
        );
    }

    #[test]
    fn each_problem_is_shown_at_its_field() {
        let kirk = PatientDraft::example;
        for (draft, expected) in [
            (PatientDraft::default(), vec![DraftField::Family]),
            (
                PatientDraft {
                    family: String::new(),
                    ..kirk()
                },
                vec![],
            ),
            (
                PatientDraft {
                    birth_date: "22.3.2233".into(),
                    ..kirk()
                },
                vec![DraftField::BirthDate],
            ),
            (
                PatientDraft {
                    birth_date: "2233-02-30".into(),
                    ..kirk()
                },
                vec![DraftField::BirthDate],
            ),
            (
                PatientDraft {
                    birth_date: "2233-03-22T10:00:00Z".into(),
                    ..kirk()
                },
                vec![DraftField::BirthDate],
            ),
            (
                PatientDraft {
                    birth_date: "2233-03".into(),
                    ..kirk()
                },
                vec![],
            ),
            (
                PatientDraft {
                    identifier_value: " ".into(),
                    ..kirk()
                },
                vec![DraftField::IdentifierValue],
            ),
            (
                PatientDraft {
                    identifier_system: "star fleet".into(),
                    ..kirk()
                },
                vec![DraftField::IdentifierSystem],
            ),
            (
                PatientDraft {
                    email: "jim@ufp".into(),
                    ..kirk()
                },
                vec![DraftField::Email],
            ),
            (
                PatientDraft {
                    email: "@ufp.example".into(),
                    ..kirk()
                },
                vec![DraftField::Email],
            ),
        ] {
            let fields: Vec<DraftField> = draft.problems().iter().map(|(f, _)| *f).collect();
            assert_eq!(fields, expected, "{draft:?}");
        }
    }

    #[test]
    fn every_field_has_its_own_text() {
        let mut draft = PatientDraft::default();
        for (index, field) in DraftField::ALL.into_iter().enumerate() {
            draft.text_mut(field).push_str(&index.to_string());
        }
        for (index, field) in DraftField::ALL.into_iter().enumerate() {
            assert_eq!(*draft.text_mut(field), index.to_string(), "{field:?}");
        }
    }
}
