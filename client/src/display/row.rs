//! Rows of the chart's tables: one layout for each kind of section, R4 and STU3 alike.

use serde_json::Value;

use super::reference_range::{self, Flag};
use super::title::{date, first_concept, title};
use super::{codeable_concept, datatype, date_time, dosage, list, observation, reference, text};
use crate::api::chart::Kind;

/// A column of a section.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Heading {
    /// Its title.
    pub title: &'static str,
    /// How much it matters on a narrow screen.
    pub weight: Weight,
}

/// How much a column matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// Names the row and opens it.
    Main,
    /// Always shown.
    Shown,
    /// Shown where there is room.
    Wide,
}

/// A row of a section.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Resource type.
    pub resource_type: String,
    /// Logical id.
    pub id: String,
    /// The date to sort by, as written.
    pub date: String,
    /// One cell for each heading.
    pub cells: Vec<Cell>,
}

/// A cell; empty text is shown as a dash.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cell {
    /// Its words.
    pub words: String,
    /// Set when the result is abnormal.
    pub flag: Option<Flag>,
}

const fn main(title: &'static str) -> Heading {
    Heading {
        title,
        weight: Weight::Main,
    }
}

const fn shown(title: &'static str) -> Heading {
    Heading {
        title,
        weight: Weight::Shown,
    }
}

const fn wide(title: &'static str) -> Heading {
    Heading {
        title,
        weight: Weight::Wide,
    }
}

/// The columns of a kind of section; [`row`] fills them in the same order.
pub fn headings(kind: Kind) -> &'static [Heading] {
    const ENCOUNTERS: &[Heading] = &[
        shown("Date"),
        main("Encounter"),
        wide("Reason"),
        wide("Where"),
        wide("Status"),
    ];
    const CONDITIONS: &[Heading] = &[
        shown("Onset"),
        main("Condition"),
        shown("Status"),
        wide("Ended"),
    ];
    const MEASUREMENTS: &[Heading] = &[shown("Date"), main("Measurement"), shown("Result")];
    const RESULTS: &[Heading] = &[
        shown("Date"),
        main("Test"),
        shown("Result"),
        wide("Reference range"),
    ];
    const MEDICATIONS: &[Heading] = &[
        shown("Date"),
        main("Medication"),
        wide("Dosage"),
        shown("Status"),
    ];
    const ALLERGIES: &[Heading] = &[
        shown("Recorded"),
        main("Substance"),
        wide("Reaction"),
        shown("Criticality"),
        wide("Status"),
    ];
    const IMMUNIZATIONS: &[Heading] = &[shown("Date"), main("Vaccine"), shown("Status")];
    const PROCEDURES: &[Heading] = &[
        shown("Date"),
        main("Procedure"),
        wide("Reason"),
        shown("Status"),
    ];
    const DOCUMENTS: &[Heading] = &[
        shown("Date"),
        main("Document"),
        wide("Format"),
        shown("Status"),
    ];
    const OTHER: &[Heading] = &[shown("Date"), main("What"), shown("Result or status")];
    match kind {
        Kind::Encounters => ENCOUNTERS,
        Kind::Conditions => CONDITIONS,
        Kind::VitalSigns => MEASUREMENTS,
        Kind::Laboratory => RESULTS,
        Kind::Medications => MEDICATIONS,
        Kind::Allergies => ALLERGIES,
        Kind::Immunizations => IMMUNIZATIONS,
        Kind::Procedures => PROCEDURES,
        Kind::Documents => DOCUMENTS,
        Kind::Other => OTHER,
    }
}

/// The row of a resource in a section of its kind.
pub fn row(kind: Kind, resource: &Value) -> Row {
    let date = date(resource).unwrap_or_default();
    let day = date_time::date(date);
    let status = || status(resource, "status");
    let concept = |name: &str| first_concept(resource, &[name]);
    let cells = match kind {
        Kind::Encounters => vec![
            plain(period_or_day(resource, &day)),
            main_cell(resource),
            plain(first_concept(resource, &["reasonCode", "reason"])),
            plain(
                resource
                    .get("serviceProvider")
                    .and_then(reference::words)
                    .or_else(|| {
                        resource
                            .pointer("/location/0/location")
                            .and_then(reference::words)
                    }),
            ),
            plain(status()),
        ],
        Kind::Conditions => vec![
            plain(day_or_words(resource, "onset").or_else(|| Some(day.clone()))),
            main_cell(resource),
            plain(self::status(resource, "clinicalStatus")),
            plain(day_or_words(resource, "abatement")),
        ],
        Kind::VitalSigns => vec![
            plain(Some(date_time::date_time(date))),
            main_cell(resource),
            result_cell(resource),
        ],
        Kind::Laboratory => vec![
            plain(Some(day.clone())),
            main_cell(resource),
            result_cell(resource),
            plain(reference_range::words(resource)),
        ],
        Kind::Medications => vec![
            plain(Some(day.clone())),
            main_cell(resource),
            plain(dosage::words(resource)),
            plain(status()),
        ],
        Kind::Allergies => vec![
            plain(Some(day.clone())),
            main_cell(resource),
            plain(reaction(resource)),
            plain(self::status(resource, "criticality")),
            plain(self::status(resource, "clinicalStatus")),
        ],
        Kind::Immunizations => vec![
            plain(Some(day.clone())),
            main_cell(resource),
            plain(if resource.get("notGiven") == Some(&Value::Bool(true)) {
                Some("not given".to_owned())
            } else {
                status()
            }),
        ],
        Kind::Procedures => vec![
            plain(Some(day.clone())),
            main_cell(resource),
            plain(concept("reasonCode").or_else(|| first_reference(resource, "reasonReference"))),
            plain(status()),
        ],
        Kind::Documents => vec![
            plain(Some(day.clone())),
            main_cell(resource),
            plain(
                resource
                    .pointer("/content/0/attachment/contentType")
                    .and_then(Value::as_str)
                    .map(str::to_owned),
            ),
            plain(status()),
        ],
        Kind::Other => vec![
            plain(Some(day.clone())),
            main_cell(resource),
            plain(other_status(resource)),
        ],
    };
    Row {
        resource_type: text(resource, "resourceType")
            .unwrap_or_default()
            .to_owned(),
        id: text(resource, "id").unwrap_or_default().to_owned(),
        date: date.to_owned(),
        cells,
    }
}

/// The rows of resources, latest first, whatever order the server gave.
pub fn rows(kind: Kind, resources: &[Value]) -> Vec<Row> {
    let mut rows: Vec<Row> = resources
        .iter()
        .map(|resource| row(kind, resource))
        .collect();
    rows.sort_by(|one, other| other.date.cmp(&one.date));
    rows
}

fn plain(words: Option<String>) -> Cell {
    Cell {
        words: words.unwrap_or_default(),
        flag: None,
    }
}

fn main_cell(resource: &Value) -> Cell {
    plain(Some(title(resource)))
}

fn result_cell(resource: &Value) -> Cell {
    Cell {
        words: observation::result(resource).unwrap_or_default(),
        flag: reference_range::flag(resource),
    }
}

fn status(resource: &Value, name: &str) -> Option<String> {
    codeable_concept::status(resource.get(name)?)
}

/// Goals have `lifecycleStatus`, the rest `status`.
fn other_status(resource: &Value) -> Option<String> {
    let result = (text(resource, "resourceType") == Some("Observation"))
        .then(|| observation::result(resource))
        .flatten();
    result
        .or_else(|| status(resource, "status"))
        .or_else(|| status(resource, "lifecycleStatus"))
}

/// The day of a choice element, or its words when it is an age or a text.
fn day_or_words(resource: &Value, name: &str) -> Option<String> {
    match datatype::choice(resource, name)? {
        ("DateTime", Value::String(written)) => Some(date_time::date(written)),
        (datatype, value) => datatype::words(datatype, value),
    }
}

fn first_reference(resource: &Value, name: &str) -> Option<String> {
    list(resource, name).iter().find_map(reference::words)
}

fn period_or_day(resource: &Value, day: &str) -> Option<String> {
    resource
        .get("period")
        .filter(|period| text(period, "end").is_some())
        .and_then(date_time::period)
        .or_else(|| Some(day.to_owned()))
}

fn reaction(allergy: &Value) -> Option<String> {
    let words: Vec<String> = list(allergy, "reaction")
        .iter()
        .flat_map(|reaction| list(reaction, "manifestation"))
        .filter_map(codeable_concept::words)
        .collect();
    (!words.is_empty()).then(|| words.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn words(kind: Kind, resource: Value) -> Vec<String> {
        let row = row(kind, &resource);
        assert_eq!(row.cells.len(), headings(kind).len(), "{kind:?}");
        row.cells.into_iter().map(|cell| cell.words).collect()
    }

    #[test]
    fn every_kind_names_exactly_one_main_column() {
        for section in crate::api::chart::SECTIONS {
            let mains = headings(section.kind)
                .iter()
                .filter(|heading| heading.weight == Weight::Main)
                .count();
            assert_eq!(mains, 1, "{}", section.slug);
            assert_eq!(
                row(section.kind, &json!({})).cells.len(),
                headings(section.kind).len(),
                "{}",
                section.slug
            );
        }
    }

    #[test]
    fn r4_rows() {
        assert_eq!(
            words(
                Kind::Encounters,
                json!({"resourceType": "Encounter", "status": "finished", "class": {"code": "AMB"},
                       "type": [{"text": "Check-up"}], "reasonCode": [{"text": "Cough"}],
                       "serviceProvider": {"display": "Clinic"},
                       "period": {"start": "2019-05-03T10:00:00Z", "end": "2019-05-04T10:00:00Z"}})
            ),
            [
                "3 May 2019 – 4 May 2019",
                "Check-up",
                "Cough",
                "Clinic",
                "finished"
            ]
        );
        assert_eq!(
            words(
                Kind::Conditions,
                json!({"resourceType": "Condition", "code": {"text": "Asthma"},
                       "clinicalStatus": {"coding": [{"code": "active"}]},
                       "onsetDateTime": "2001-02"})
            ),
            ["Feb 2001", "Asthma", "active", ""]
        );
        assert_eq!(
            words(
                Kind::Medications,
                json!({"resourceType": "MedicationRequest", "status": "active",
                       "medicationCodeableConcept": {"text": "Aspirin"}, "authoredOn": "2020-01-02",
                       "dosageInstruction": [{"timing": {"repeat": {"frequency": 2, "period": 1,
                           "periodUnit": "d"}}, "doseAndRate": [{"doseQuantity": {"value": 1,
                           "unit": "tablet"}}]}]})
            ),
            ["2 Jan 2020", "Aspirin", "1 tablet, 2 × per 1 d", "active"]
        );
        assert_eq!(
            words(
                Kind::Allergies,
                json!({"resourceType": "AllergyIntolerance", "code": {"text": "Peanut"},
                       "criticality": "high", "recordedDate": "2010",
                       "clinicalStatus": {"coding": [{"code": "active"}]},
                       "reaction": [{"manifestation": [{"text": "Hives"}, {"text": "Wheeze"}]}]})
            ),
            ["2010", "Peanut", "Hives, Wheeze", "high", "active"]
        );
        assert_eq!(
            words(
                Kind::Immunizations,
                json!({"resourceType": "Immunization", "vaccineCode": {"text": "MMR"},
                       "occurrenceDateTime": "2011-01-01", "status": "completed"})
            ),
            ["1 Jan 2011", "MMR", "completed"]
        );
        assert_eq!(
            words(
                Kind::Documents,
                json!({"resourceType": "DocumentReference", "description": "Letter",
                       "date": "2020-01-01T00:00:00Z", "status": "current",
                       "content": [{"attachment": {"contentType": "text/plain"}}]})
            ),
            ["1 Jan 2020", "Letter", "text/plain", "current"]
        );
    }

    #[test]
    fn stu3_rows() {
        assert_eq!(
            words(
                Kind::Encounters,
                json!({"resourceType": "Encounter", "status": "finished",
                       "class": {"code": "ambulatory"}, "reason": [{"text": "Cough"}],
                       "period": {"start": "2019-05-03"}})
            ),
            ["3 May 2019", "ambulatory", "Cough", "", "finished"]
        );
        assert_eq!(
            words(
                Kind::Conditions,
                json!({"resourceType": "Condition", "code": {"text": "Asthma"},
                       "clinicalStatus": "resolved", "assertedDate": "2001",
                       "abatementDateTime": "2005"})
            ),
            ["2001", "Asthma", "resolved", "2005"]
        );
        assert_eq!(
            words(
                Kind::Immunizations,
                json!({"resourceType": "Immunization", "vaccineCode": {"text": "MMR"},
                       "date": "2011-01-01", "status": "completed", "notGiven": true})
            ),
            ["1 Jan 2011", "MMR", "not given"]
        );
        assert_eq!(
            words(
                Kind::Allergies,
                json!({"resourceType": "AllergyIntolerance", "code": {"text": "Peanut"},
                       "assertedDate": "2010-05-06", "clinicalStatus": "active"})
            ),
            ["6 May 2010", "Peanut", "", "", "active"]
        );
    }

    #[test]
    fn a_flagged_result_says_so() {
        let row = row(
            Kind::Laboratory,
            &json!({"resourceType": "Observation", "code": {"text": "Potassium"},
                    "effectiveDateTime": "2020-01-01", "valueQuantity": {"value": 6, "unit": "mmol/l"},
                    "referenceRange": [{"high": {"value": 5.1, "unit": "mmol/l"}}]}),
        );
        let result = row.cells.get(2).unwrap();
        assert_eq!(result.flag, Some(Flag::High));
        assert_eq!(result.words, "6 mmol/l");
    }

    #[test]
    fn rows_are_latest_first_and_undated_last() {
        let dated = |date: &str| json!({"resourceType": "Procedure", "performedDateTime": date});
        let order: Vec<String> = rows(
            Kind::Procedures,
            &[
                dated("2019"),
                json!({"resourceType": "Procedure"}),
                dated("2020-01"),
                dated("2019-05-03"),
            ],
        )
        .into_iter()
        .map(|row| row.date)
        .collect();
        assert_eq!(order, ["2020-01", "2019-05-03", "2019", ""]);
    }
}
