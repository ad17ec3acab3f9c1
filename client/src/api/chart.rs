//! The sections of a patient's chart and the searches that fill them.
//! <https://hl7.org/fhir/R4/compartmentdefinition-patient.html>

use smart::form;

use crate::auth::configuration::FhirVersion;

/// One tab of the chart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Section {
    /// Its name in the page's address.
    pub slug: &'static str,
    /// Its heading.
    pub title: &'static str,
    /// What it lists.
    pub kind: Kind,
    /// The resource type that is searched.
    pub resource_type: &'static str,
    /// `category` values, for observations.
    category: Option<&'static str>,
    /// `_sort` in R4 and in STU3.
    sort: (&'static str, &'static str),
    page_size: u16,
}

/// What the rows of a section are, hence how they are laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Visits and stays.
    Encounters,
    /// Problems and diagnoses.
    Conditions,
    /// Pulse, pressure, weight.
    VitalSigns,
    /// Laboratory results.
    Laboratory,
    /// Prescriptions.
    Medications,
    /// Allergies and intolerances.
    Allergies,
    /// Vaccinations.
    Immunizations,
    /// Operations and other procedures.
    Procedures,
    /// Documents.
    Documents,
    /// Any other resource.
    Other,
}

/// The vital signs are charted over years, hence many at once.
const VITAL_SIGNS_PAGE: u16 = 250;
const PAGE: u16 = 50;
const OTHER_PAGE: u16 = 10;

const fn section(
    slug: &'static str,
    title: &'static str,
    kind: Kind,
    resource_type: &'static str,
    sort: (&'static str, &'static str),
) -> Section {
    Section {
        slug,
        title,
        kind,
        resource_type,
        category: None,
        sort,
        page_size: PAGE,
    }
}

const fn observations(
    slug: &'static str,
    title: &'static str,
    kind: Kind,
    category: &'static str,
    page_size: u16,
) -> Section {
    Section {
        slug,
        title,
        kind,
        resource_type: "Observation",
        category: Some(category),
        sort: ("-date", "-date"),
        page_size,
    }
}

const fn other(resource_type: &'static str, title: &'static str) -> Section {
    Section {
        slug: resource_type,
        title,
        kind: Kind::Other,
        resource_type,
        category: None,
        sort: ("-_lastUpdated", "-_lastUpdated"),
        page_size: OTHER_PAGE,
    }
}

/// The tabs, in their order.
pub const SECTIONS: [Section; 9] = [
    section(
        "encounters",
        "Encounters",
        Kind::Encounters,
        "Encounter",
        ("-date", "-date"),
    ),
    section(
        "conditions",
        "Conditions",
        Kind::Conditions,
        "Condition",
        ("-onset-date", "-onset-date"),
    ),
    observations(
        "vitals",
        "Vital signs",
        Kind::VitalSigns,
        "vital-signs",
        VITAL_SIGNS_PAGE,
    ),
    observations("labs", "Labs", Kind::Laboratory, "laboratory", PAGE),
    section(
        "medications",
        "Medications",
        Kind::Medications,
        "MedicationRequest",
        ("-authoredon", "-authoredon"),
    ),
    section(
        "allergies",
        "Allergies",
        Kind::Allergies,
        "AllergyIntolerance",
        ("-date", "-date"),
    ),
    section(
        "immunizations",
        "Immunisations",
        Kind::Immunizations,
        "Immunization",
        ("-date", "-date"),
    ),
    section(
        "procedures",
        "Procedures",
        Kind::Procedures,
        "Procedure",
        ("-date", "-date"),
    ),
    section(
        "documents",
        "Documents",
        Kind::Documents,
        "DocumentReference",
        ("-date", "-indexed"),
    ),
];

/// What the last tab looks for.
pub const OTHERS: [Section; 14] = [
    observations(
        "Observation",
        "Other observations",
        Kind::Other,
        "social-history,survey,exam,imaging,procedure,therapy,activity",
        OTHER_PAGE,
    ),
    other("DiagnosticReport", "Diagnostic reports"),
    other("CarePlan", "Care plans"),
    other("CareTeam", "Care teams"),
    other("Goal", "Goals"),
    other("MedicationStatement", "Medication statements"),
    other("MedicationAdministration", "Medications given"),
    other("ImagingStudy", "Imaging studies"),
    other("Device", "Devices"),
    other("FamilyMemberHistory", "Family history"),
    other("QuestionnaireResponse", "Questionnaires"),
    other("Coverage", "Coverage"),
    other("Claim", "Claims"),
    other("ExplanationOfBenefit", "Benefits explained"),
];

impl Section {
    /// The search, relative to the server's base.
    pub fn query(&self, patient_id: &str, version: FhirVersion) -> String {
        let sort = match version {
            FhirVersion::R4 => self.sort.0,
            FhirVersion::Stu3 => self.sort.1,
        };
        let page_size = self.page_size.to_string();
        let mut pairs = vec![("patient", patient_id)];
        if let Some(category) = self.category {
            pairs.push(("category", category));
        }
        pairs.extend([
            ("_sort", sort),
            ("_count", page_size.as_str()),
            ("_total", "accurate"),
        ]);
        format!("{}?{}", self.resource_type, form::encode(pairs))
    }
}

/// Everything that was measured of a patient, latest first, for charts over time.
pub fn measurements(patient_id: &str) -> String {
    let count = VITAL_SIGNS_PAGE.to_string();
    let pairs = [
        ("patient", patient_id),
        ("_sort", "-date"),
        ("_count", count.as_str()),
    ];
    format!("Observation?{}", form::encode(pairs))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn measurements_are_asked_for_whatever_their_category() {
        assert_eq!(
            measurements("p-1"),
            "Observation?patient=p-1&_sort=-date&_count=250"
        );
    }

    fn of_slug(slug: &str) -> Section {
        SECTIONS
            .into_iter()
            .find(|section| section.slug == slug)
            .unwrap()
    }

    #[test]
    fn a_section_searches_the_patient_s_resources_latest_first() {
        assert_eq!(
            of_slug("labs").query("a b", FhirVersion::R4),
            "Observation?patient=a+b&category=laboratory&_sort=-date&_count=50&_total=accurate"
        );
        assert_eq!(
            of_slug("encounters").query("1", FhirVersion::R4),
            "Encounter?patient=1&_sort=-date&_count=50&_total=accurate"
        );
    }

    #[test]
    fn stu3_documents_are_ordered_by_another_parameter() {
        let documents = of_slug("documents");
        assert!(
            documents
                .query("1", FhirVersion::R4)
                .contains("_sort=-date&")
        );
        assert!(
            documents
                .query("1", FhirVersion::Stu3)
                .contains("_sort=-indexed&")
        );
    }

    #[test]
    fn slugs_are_unique() {
        let mut slugs: Vec<&str> = SECTIONS.iter().chain(&OTHERS).map(|s| s.slug).collect();
        slugs.sort_unstable();
        let count = slugs.len();
        slugs.dedup();
        assert_eq!(slugs.len(), count);
    }
}
