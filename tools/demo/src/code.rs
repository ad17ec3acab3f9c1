//! Codes and the JSON they take: Coding and CodeableConcept
//! (<https://hl7.org/fhir/R4/datatypes.html#codeableconcept>).

use serde_json::{Value, json};

/// SNOMED CT.
pub(crate) const SNOMED: &str = "http://snomed.info/sct";
/// LOINC.
pub(crate) const LOINC: &str = "http://loinc.org";
/// RxNorm.
pub(crate) const RXNORM: &str = "http://www.nlm.nih.gov/research/umls/rxnorm";
/// The CDC's vaccine codes.
pub(crate) const CVX: &str = "http://hl7.org/fhir/sid/cvx";
/// The Unified Code for Units of Measure.
pub(crate) const UCUM: &str = "http://unitsofmeasure.org";

/// A code of a public terminology.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Code {
    system: &'static str,
    code: &'static str,
    /// What people read.
    pub(crate) display: &'static str,
}

/// A SNOMED CT concept.
pub(crate) const fn snomed(code: &'static str, display: &'static str) -> Code {
    Code {
        system: SNOMED,
        code,
        display,
    }
}

/// A LOINC term.
pub(crate) const fn loinc(code: &'static str, display: &'static str) -> Code {
    Code {
        system: LOINC,
        code,
        display,
    }
}

/// An RxNorm drug or ingredient.
pub(crate) const fn rxnorm(code: &'static str, display: &'static str) -> Code {
    Code {
        system: RXNORM,
        code,
        display,
    }
}

/// A vaccine.
pub(crate) const fn cvx(code: &'static str, display: &'static str) -> Code {
    Code {
        system: CVX,
        code,
        display,
    }
}

impl Code {
    /// As a Coding.
    pub(crate) fn coding(&self) -> Value {
        coding(self.system, self.code, self.display)
    }

    /// As a CodeableConcept whose text is the display.
    pub(crate) fn concept(&self) -> Value {
        self.concept_saying(self.display)
    }

    /// As a CodeableConcept with the words the clinician used.
    pub(crate) fn concept_saying(&self, text: &str) -> Value {
        json!({"coding": [self.coding()], "text": text})
    }
}

/// A Coding.
pub(crate) fn coding(system: &str, code: &str, display: &str) -> Value {
    json!({"system": system, "code": code, "display": display})
}

/// A CodeableConcept of one Coding, without text.
pub(crate) fn concept(system: &str, code: &str, display: &str) -> Value {
    json!({"coding": [coding(system, code, display)]})
}
