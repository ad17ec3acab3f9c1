//! A population like Synthea's, from a seed: patients with encounters, observations, conditions and
//! medication requests, at clinics with practitioners. The same numbers give the same resources.

use serde_json::{Value, json};

/// How many resources belong to one patient, the Patient included.
pub(crate) const OF_PATIENT: usize = 25;
const ENCOUNTERS: usize = 3;
const OBSERVATIONS: usize = 16;
const CONDITIONS: usize = 3;
/// How many patients share a practitioner, and a clinic.
const PER_PRACTITIONER: usize = 200;
const PER_CLINIC: usize = 1000;

/// Family names, the more frequent ones first.
pub(crate) const FAMILIES: [&str; 40] = [
    "Smith",
    "Johnson",
    "Williams",
    "Brown",
    "Jones",
    "Garcia",
    "Miller",
    "Davis",
    "Rodriguez",
    "Martinez",
    "Hernandez",
    "Lopez",
    "Gonzalez",
    "Wilson",
    "Anderson",
    "Thomas",
    "Taylor",
    "Moore",
    "Jackson",
    "Martin",
    "Lee",
    "Perez",
    "Thompson",
    "White",
    "Harris",
    "Sanchez",
    "Clark",
    "Ramirez",
    "Lewis",
    "Robinson",
    "Walker",
    "Young",
    "Allen",
    "King",
    "Wright",
    "Scott",
    "Torres",
    "Nguyen",
    "Hill",
    "Flores",
];
const GIVEN: [&str; 12] = [
    "Ada", "Ben", "Cora", "Dan", "Eve", "Finn", "Gia", "Hugo", "Ida", "Jon", "Kim", "Leo",
];
/// LOINC codes of the observations: code, display, unit.
pub(crate) const CODES: [(&str, &str, &str); 16] = [
    ("8867-4", "Heart rate", "/min"),
    ("8310-5", "Body temperature", "Cel"),
    ("8302-2", "Body height", "cm"),
    ("29463-7", "Body weight", "kg"),
    ("39156-5", "Body mass index", "kg/m2"),
    ("8480-6", "Systolic blood pressure", "mm[Hg]"),
    ("8462-4", "Diastolic blood pressure", "mm[Hg]"),
    ("9279-1", "Respiratory rate", "/min"),
    ("2708-6", "Oxygen saturation", "%"),
    ("2339-0", "Glucose", "mg/dL"),
    ("4548-4", "Hemoglobin A1c", "%"),
    ("2093-3", "Cholesterol", "mg/dL"),
    ("2571-8", "Triglycerides", "mg/dL"),
    ("18262-6", "LDL cholesterol", "mg/dL"),
    ("2085-9", "HDL cholesterol", "mg/dL"),
    ("6299-2", "Urea nitrogen", "mg/dL"),
];

/// A number that looks random and is always the same for the same seed. SplitMix64.
pub(crate) fn drawn(seed: u64, below: usize) -> usize {
    let mut z = seed
        .wrapping_mul(0x9E37_79B9_7F4A_7C15)
        .wrapping_add(0x5851_F42D_4C95_7F2D);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    usize::try_from((z ^ (z >> 31)) % below.max(1) as u64).unwrap_or_default()
}

fn of<T>(choices: &[T], at: usize) -> Option<&T> {
    choices.get(at % choices.len().max(1))
}

/// A family name: of forty, the first are drawn most often.
pub(crate) fn family(patient: usize) -> &'static str {
    let spread = drawn(patient as u64, FAMILIES.len() * FAMILIES.len());
    of(&FAMILIES, spread.isqrt()).copied().unwrap_or_default()
}

fn date(seed: u64, first_year: usize, years: usize) -> String {
    let day = drawn(seed, years * 336);
    let (year, rest) = (first_year + day / 336, day % 336);
    format!("{year:04}-{:02}-{:02}", rest / 28 + 1, rest % 28 + 1)
}

pub(crate) fn practitioner(patient: usize) -> String {
    format!("Practitioner/pr{}", patient / PER_PRACTITIONER)
}

pub(crate) fn location(patient: usize) -> String {
    format!("Location/lo{}", patient / PER_CLINIC)
}

fn put(resource: Value) -> Value {
    let text = |name: &str| {
        resource
            .get(name)
            .and_then(Value::as_str)
            .unwrap_or_default()
    };
    let url = format!("{}/{}", text("resourceType"), text("id"));
    json!({ "resource": resource, "request": { "method": "PUT", "url": url } })
}

/// The entries of a patient's resources, and of the clinic and practitioner that are new with it.
pub(crate) fn entries(patient: usize) -> Vec<Value> {
    let seed = |n: usize| (patient * 64 + n) as u64;
    let subject = json!({ "reference": format!("Patient/p{patient}") });
    let (practitioner, location) = (practitioner(patient), location(patient));
    let mut entries = Vec::with_capacity(OF_PATIENT + 2);
    if patient.is_multiple_of(PER_CLINIC) {
        let id = location.trim_start_matches("Location/");
        entries.push(put(
            json!({ "resourceType": "Location", "id": id, "name": format!("Clinic {id}") }),
        ));
    }
    if patient.is_multiple_of(PER_PRACTITIONER) {
        let id = practitioner.trim_start_matches("Practitioner/");
        let name = json!([{ "family": family(patient + 7), "given": ["Doc"] }]);
        entries.push(put(
            json!({ "resourceType": "Practitioner", "id": id, "name": name }),
        ));
    }
    let gender = of(&["female", "male"], drawn(seed(0), 2));
    entries.push(put(json!({
        "resourceType": "Patient", "id": format!("p{patient}"), "active": true,
        "identifier": [{ "system": "http://hospital.example/mrn", "value": format!("mrn-{patient}") }],
        "name": [{ "family": family(patient), "given": [of(&GIVEN, drawn(seed(1), GIVEN.len()))] }],
        "gender": gender, "birthDate": date(seed(2), 1930, 90),
        "generalPractitioner": [{ "reference": &practitioner }],
        "address": [{ "city": format!("Town {}", drawn(seed(3), 300)), "country": "US" }],
    })));
    for n in 0..ENCOUNTERS {
        let day = date(seed(4 + n), 2010, 16);
        entries.push(put(json!({
            "resourceType": "Encounter", "id": format!("p{patient}-e{n}"), "status": "finished",
            "class": { "system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB" },
            "subject": &subject, "period": { "start": format!("{day}T09:00:00Z"), "end": format!("{day}T09:30:00Z") },
            "participant": [{ "individual": { "reference": &practitioner } }],
            "location": [{ "location": { "reference": &location } }],
        })));
    }
    for n in 0..OBSERVATIONS {
        let (code, display, unit) = of(&CODES, n).copied().unwrap_or_default();
        let day = date(seed(8 + n), 2010, 16);
        entries.push(put(json!({
            "resourceType": "Observation", "id": format!("p{patient}-o{n}"), "status": "final",
            "category": [{ "coding": [{
                "system": "http://terminology.hl7.org/CodeSystem/observation-category",
                "code": if n < 9 { "vital-signs" } else { "laboratory" } }] }],
            "code": { "coding": [{ "system": "http://loinc.org", "code": code, "display": display }] },
            "subject": &subject, "performer": [{ "reference": &practitioner }],
            "encounter": { "reference": format!("Encounter/p{patient}-e{}", n % ENCOUNTERS) },
            "effectiveDateTime": format!("{day}T09:{:02}:00Z", n * 3),
            "valueQuantity": { "value": drawn(seed(30 + n), 2000), "unit": unit,
                "system": "http://unitsofmeasure.org", "code": unit },
        })));
    }
    for n in 0..CONDITIONS {
        let code = format!("C{}", drawn(seed(50 + n), 400));
        entries.push(put(json!({
            "resourceType": "Condition", "id": format!("p{patient}-c{n}"), "subject": &subject,
            "clinicalStatus": { "coding": [{
                "system": "http://terminology.hl7.org/CodeSystem/condition-clinical", "code": "active" }] },
            "code": { "coding": [{ "system": "http://snomed.info/sct", "code": code }] },
            "onsetDateTime": date(seed(54 + n), 2000, 26),
        })));
    }
    for n in 0..OF_PATIENT - 1 - ENCOUNTERS - OBSERVATIONS - CONDITIONS {
        entries.push(put(json!({
            "resourceType": "MedicationRequest", "id": format!("p{patient}-m{n}"), "status": "active",
            "intent": "order", "subject": &subject, "requester": { "reference": &practitioner },
            "medicationCodeableConcept": { "coding": [{
                "system": "http://www.nlm.nih.gov/research/umls/rxnorm",
                "code": format!("{}", 1000 + drawn(seed(58 + n), 200)) }] },
            "authoredOn": date(seed(60 + n), 2015, 11),
        })));
    }
    entries
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_patient_has_as_many_resources_as_are_counted_and_always_the_same() {
        assert_eq!(entries(1).len(), OF_PATIENT);
        assert_eq!(entries(0).len(), OF_PATIENT + 2);
        assert_eq!(entries(17), entries(17));
        assert_ne!(entries(17), entries(18));
    }

    #[test]
    fn frequent_names_are_frequent() {
        let count = |name| (0..10_000).filter(|n| family(*n) == name).count();
        let (first, last) = (count("Smith"), count("Flores"));
        assert!(first != last && first + last > 100, "{first} {last}");
    }
}
