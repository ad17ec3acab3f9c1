//! The kinds of encounter the stories have.

use crate::code::{Code, snomed};

/// A kind of encounter.
pub(crate) struct Kind {
    /// Code and display in HL7's v3 ActCode.
    pub(crate) class: (&'static str, &'static str),
    /// The SNOMED CT type.
    pub(crate) code: Code,
    /// How long it takes.
    pub(crate) minutes: i64,
    /// The shared Location it happens at.
    pub(crate) location: Option<(&'static str, &'static str)>,
}

const AMBULATORY: (&str, &str) = ("AMB", "ambulatory");
const CLINIC: Option<(&str, &str)> = Some(("demo-clinic", "Harbor Health Clinic"));
const HOSPITAL: Option<(&str, &str)> = Some(("demo-ward", "Harbor Hospital, Ward 3"));
const EMERGENCY_ROOM: Option<(&str, &str)> =
    Some(("demo-emergency-room", "Harbor Hospital, Emergency Room"));

/// The yearly check-up.
pub(crate) const CHECK_UP: Kind = Kind {
    class: AMBULATORY,
    code: snomed("185349003", "Encounter for check up"),
    minutes: 30,
    location: CLINIC,
};
/// Looking after something known.
pub(crate) const FOLLOW_UP: Kind = Kind {
    class: AMBULATORY,
    code: snomed("390906007", "Follow-up encounter"),
    minutes: 20,
    location: CLINIC,
};
/// Something new hurts.
pub(crate) const SYMPTOM: Kind = Kind {
    class: AMBULATORY,
    code: snomed("185345009", "Encounter for symptom"),
    minutes: 20,
    location: CLINIC,
};
/// The emergency room.
pub(crate) const EMERGENCY: Kind = Kind {
    class: ("EMER", "emergency"),
    code: snomed("50849002", "Emergency room admission"),
    minutes: 190,
    location: EMERGENCY_ROOM,
};
/// Days in hospital.
pub(crate) const ADMISSION: Kind = Kind {
    class: ("IMP", "inpatient encounter"),
    code: snomed("32485007", "Hospital admission"),
    minutes: 1_440,
    location: HOSPITAL,
};
/// Care before birth.
pub(crate) const PRENATAL: Kind = Kind {
    class: AMBULATORY,
    code: snomed("424619006", "Prenatal visit"),
    minutes: 30,
    location: CLINIC,
};
/// A child's check-up.
pub(crate) const WELL_CHILD: Kind = Kind {
    class: AMBULATORY,
    code: snomed("410620009", "Well child visit"),
    minutes: 30,
    location: CLINIC,
};
/// By telephone.
pub(crate) const TELEPHONE: Kind = Kind {
    class: ("VR", "virtual"),
    code: snomed("185317003", "Telephone encounter"),
    minutes: 10,
    location: None,
};
