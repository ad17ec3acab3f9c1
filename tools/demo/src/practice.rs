//! The invented practice that the demo patients share: its people, houses and stocked medicines.

use serde_json::{Value, json};

use crate::chart::{put, transaction};
use crate::code::{self, Code, snomed};
use crate::medicine::WARFARIN_5;
use crate::version::Version;

/// The system of the practice's medical record numbers.
pub(crate) const RECORD_NUMBERS: &str = "https://harborhealth.example/record-numbers";
const STAFF_NUMBERS: &str = "https://harborhealth.example/staff-numbers";

/// Somebody who treats patients.
pub(crate) struct Clinician {
    id: &'static str,
    prefix: Option<&'static str>,
    given: &'static str,
    family: &'static str,
    gender: &'static str,
    number: &'static str,
    role: (&'static str, &'static str),
    specialty: Code,
}

impl Clinician {
    /// The Reference to the Practitioner.
    pub(crate) fn reference(&self) -> Value {
        json!({"reference": format!("Practitioner/{}", self.id), "display": self.name()})
    }

    fn name(&self) -> String {
        let prefix = self
            .prefix
            .map(|prefix| format!("{prefix} "))
            .unwrap_or_default();
        format!("{prefix}{} {}", self.given, self.family)
    }
}

const DOCTOR: (&str, &str) = ("doctor", "Doctor");

/// Family medicine.
pub(crate) const BENNETT: Clinician = Clinician {
    id: "demo-dr-bennett",
    prefix: Some("Dr."),
    given: "Laura",
    family: "Bennett",
    gender: "female",
    number: "S-1001",
    role: DOCTOR,
    specialty: snomed("419772000", "Family practice"),
};
/// Cardiology.
pub(crate) const ANDERSSON: Clinician = Clinician {
    id: "demo-dr-andersson",
    given: "Erik",
    family: "Andersson",
    gender: "male",
    number: "S-1002",
    specialty: snomed("394579002", "Cardiology"),
    ..BENNETT
};
/// Endocrinology.
pub(crate) const DESAI: Clinician = Clinician {
    id: "demo-dr-desai",
    given: "Meera",
    family: "Desai",
    number: "S-1003",
    specialty: snomed("394583002", "Endocrinology"),
    ..BENNETT
};
/// Obstetrics.
pub(crate) const ACHEBE: Clinician = Clinician {
    id: "demo-dr-achebe",
    given: "Ngozi",
    family: "Achebe",
    number: "S-1004",
    specialty: snomed("394585009", "Obstetrics and gynecology"),
    ..BENNETT
};
/// Pediatrics.
pub(crate) const MORALES: Clinician = Clinician {
    id: "demo-dr-morales",
    given: "Daniel",
    family: "Morales",
    gender: "male",
    number: "S-1005",
    specialty: snomed("394537008", "Pediatric specialty"),
    ..BENNETT
};
/// Oncology.
pub(crate) const FONTAINE: Clinician = Clinician {
    id: "demo-dr-fontaine",
    given: "Claire",
    family: "Fontaine",
    number: "S-1006",
    specialty: snomed("394593009", "Medical oncology"),
    ..BENNETT
};
/// The emergency room.
pub(crate) const HASEGAWA: Clinician = Clinician {
    id: "demo-dr-hasegawa",
    given: "Ren",
    family: "Hasegawa",
    gender: "male",
    number: "S-1007",
    specialty: snomed("773568002", "Emergency medicine"),
    ..BENNETT
};
/// Who gives the vaccines.
pub(crate) const NURSE: Clinician = Clinician {
    id: "demo-nurse-silva",
    prefix: None,
    given: "Joana",
    family: "Silva",
    number: "S-2001",
    role: ("nurse", "Nurse"),
    specialty: snomed("408443003", "General medical practice"),
    ..BENNETT
};

const CLINICIANS: [&Clinician; 8] = [
    &BENNETT, &ANDERSSON, &DESAI, &ACHEBE, &MORALES, &FONTAINE, &HASEGAWA, &NURSE,
];

/// A house: clinic, hospital, laboratory, insurer.
pub(crate) struct House {
    id: &'static str,
    name: &'static str,
    kind: (&'static str, &'static str),
    phone: &'static str,
    street: &'static str,
}

impl House {
    /// The Reference to the Organization.
    pub(crate) fn reference(&self) -> Value {
        json!({"reference": format!("Organization/{}", self.id), "display": self.name})
    }
}

const PROVIDER: (&str, &str) = ("prov", "Healthcare Provider");

/// The clinic.
pub(crate) const CLINIC: House = House {
    id: "demo-harbor-health",
    name: "Harbor Health",
    kind: PROVIDER,
    phone: "207-555-0100",
    street: "1 Harbor Street",
};
const HOSPITAL: House = House {
    id: "demo-harbor-hospital",
    name: "Harbor Hospital",
    kind: PROVIDER,
    phone: "207-555-0110",
    street: "20 Lighthouse Road",
};
/// The laboratory and the X-ray.
pub(crate) const LABORATORY: House = House {
    id: "demo-harbor-diagnostics",
    name: "Harbor Diagnostics",
    kind: PROVIDER,
    phone: "207-555-0120",
    street: "22 Lighthouse Road",
};
/// Who pays.
pub(crate) const INSURER: House = House {
    id: "demo-alder-mutual",
    name: "Alder Mutual",
    kind: ("ins", "Insurance Company"),
    phone: "207-555-0190",
    street: "300 Market Square",
};

const HOUSES: [&House; 4] = [&CLINIC, &HOSPITAL, &LABORATORY, &INSURER];

const LOCATIONS: [(&str, &str, &House); 3] = [
    ("demo-clinic", "Harbor Health Clinic", &CLINIC),
    ("demo-ward", "Harbor Hospital, Ward 3", &HOSPITAL),
    (
        "demo-emergency-room",
        "Harbor Hospital, Emergency Room",
        &HOSPITAL,
    ),
];

/// The Bundle of everything that the patients' charts refer to together.
pub(crate) fn bundle(version: Version) -> Value {
    let mut entries: Vec<Value> = HOUSES
        .iter()
        .map(|house| organization(version, house))
        .collect();
    entries.extend(
        LOCATIONS
            .iter()
            .map(|&(id, name, house)| location(id, name, house)),
    );
    for clinician in CLINICIANS {
        entries.push(practitioner(clinician));
        entries.push(practitioner_role(version, clinician));
    }
    if let Some(id) = WARFARIN_5.resource {
        let medication = json!({
            "resourceType": "Medication", "code": WARFARIN_5.code.concept(), "status": "active",
        });
        entries.push(put(id, medication).1);
    }
    transaction(entries)
}

fn organization(version: Version, house: &House) -> Value {
    let (kind, display) = house.kind;
    let organization = json!({
        "resourceType": "Organization",
        "active": true,
        "type": [code::concept(&version.code_system("organization-type"), kind, display)],
        "name": house.name,
        "telecom": [{"system": "phone", "value": house.phone, "use": "work"}],
        "address": [address(house.street)],
    });
    put(house.id, organization).1
}

fn location(id: &str, name: &str, house: &House) -> Value {
    let location = json!({
        "resourceType": "Location",
        "status": "active",
        "name": name,
        "mode": "instance",
        "telecom": [{"system": "phone", "value": house.phone, "use": "work"}],
        "address": address(house.street),
        "managingOrganization": house.reference(),
    });
    put(id, location).1
}

fn address(street: &str) -> Value {
    json!({
        "use": "work", "line": [street], "city": "Port Alder", "state": "ME",
        "postalCode": "04999", "country": "US",
    })
}

fn practitioner(clinician: &Clinician) -> Value {
    let practitioner = json!({
        "resourceType": "Practitioner",
        "identifier": [{"system": STAFF_NUMBERS, "value": clinician.number}],
        "active": true,
        "name": [{
            "use": "official",
            "text": clinician.name(),
            "family": clinician.family,
            "given": [clinician.given],
            "prefix": clinician.prefix.map(|prefix| [prefix]),
        }],
        "telecom": [{"system": "phone", "value": CLINIC.phone, "use": "work"}],
        "gender": clinician.gender,
    });
    put(clinician.id, practitioner).1
}

fn practitioner_role(version: Version, clinician: &Clinician) -> Value {
    let (role, display) = clinician.role;
    let role = json!({
        "resourceType": "PractitionerRole",
        "active": true,
        "practitioner": clinician.reference(),
        "organization": CLINIC.reference(),
        "code": [code::concept(&version.code_system("practitioner-role"), role, display)],
        "specialty": [clinician.specialty.concept()],
    });
    put(&format!("{}-role", clinician.id), role).1
}
