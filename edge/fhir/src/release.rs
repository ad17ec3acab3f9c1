//! The two FHIR releases that a deployment can speak.

use std::fmt;
use std::str::FromStr;

/// A published release of FHIR. One deployment speaks one release.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Release {
    /// Release 4, version 4.0.1. <https://hl7.org/fhir/R4/>
    R4,
    /// Release 3 (Standard for Trial Use), version 3.0.1. <https://hl7.org/fhir/STU3/>
    Stu3,
}

impl Release {
    /// The version as `CapabilityStatement.fhirVersion` writes it.
    pub fn version(self) -> &'static str {
        match self {
            Self::R4 => "4.0.1",
            Self::Stu3 => "3.0.1",
        }
    }

    /// The `fhirVersion` parameter of the media type and of `$versions`: major and minor only.
    pub fn mime_version(self) -> &'static str {
        match self {
            Self::R4 => "4.0",
            Self::Stu3 => "3.0",
        }
    }

    /// The label that configuration uses.
    pub fn label(self) -> &'static str {
        match self {
            Self::R4 => "R4",
            Self::Stu3 => "STU3",
        }
    }
}

impl fmt::Display for Release {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.label())
    }
}

impl FromStr for Release {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.to_ascii_uppercase().as_str() {
            "R4" => Ok(Self::R4),
            "STU3" | "R3" => Ok(Self::Stu3),
            _ => Err(format!("FHIR_VERSION is `{text}`; it must be R4 or STU3")),
        }
    }
}
