//! The two FHIR releases the demo set is written in, and how their JSON differs in general.

use std::fmt;
use std::str::FromStr;

use serde_json::Value;

/// A FHIR release.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    /// FHIR 4.0.1, <https://hl7.org/fhir/R4/>.
    R4,
    /// FHIR 3.0.x, <https://hl7.org/fhir/STU3/>.
    Stu3,
}

impl Version {
    /// An element that only R4 has.
    pub(crate) fn r4(self, value: impl Into<Value>) -> Value {
        self.either(value, Value::Null)
    }

    /// An element that only STU3 has.
    pub(crate) fn stu3(self, value: impl Into<Value>) -> Value {
        self.either(Value::Null, value)
    }

    /// An element that both have under one name, in different shapes.
    pub(crate) fn either(self, r4: impl Into<Value>, stu3: impl Into<Value>) -> Value {
        match self {
            Self::R4 => r4.into(),
            Self::Stu3 => stu3.into(),
        }
    }

    /// The URL of an HL7-defined code system, by its R4 name (`v3-ActCode`, `v2-0203`,
    /// `condition-category`): R4 moved them all to terminology.hl7.org.
    pub(crate) fn code_system(self, name: &str) -> String {
        match self {
            Self::R4 => format!("http://terminology.hl7.org/CodeSystem/{name}"),
            Self::Stu3 => {
                let name = name.replacen("v2-", "v2/", 1).replacen("v3-", "v3/", 1);
                format!("http://hl7.org/fhir/{name}")
            }
        }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::R4 => "R4",
            Self::Stu3 => "STU3",
        })
    }
}

/// A FHIR version that the demo set is not written in.
#[derive(Debug, PartialEq, Eq)]
pub struct VersionError(String);

impl fmt::Display for VersionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "unknown FHIR version '{}': use R4 or STU3", self.0)
    }
}

impl std::error::Error for VersionError {}

impl FromStr for Version {
    type Err = VersionError;

    /// Reads `R4`, `STU3` (any case) or a `fhirVersion` such as `4.0.1`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        if text.eq_ignore_ascii_case("R4") || text.starts_with("4.0") {
            Ok(Self::R4)
        } else if text.eq_ignore_ascii_case("STU3") || text.starts_with("3.0") {
            Ok(Self::Stu3)
        } else {
            Err(VersionError(text.to_owned()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_by_name_or_number() {
        for (text, expected) in [
            ("R4", Version::R4),
            ("r4", Version::R4),
            ("4.0.1", Version::R4),
            ("STU3", Version::Stu3),
            ("3.0.2", Version::Stu3),
        ] {
            assert_eq!(text.parse(), Ok(expected), "{text}");
        }
        let error = "R5".parse::<Version>().unwrap_err().to_string();
        assert_eq!(error, "unknown FHIR version 'R5': use R4 or STU3");
    }

    #[test]
    fn code_systems_follow_the_release() {
        for (name, r4, stu3) in [
            (
                "v3-ActCode",
                "http://terminology.hl7.org/CodeSystem/v3-ActCode",
                "http://hl7.org/fhir/v3/ActCode",
            ),
            (
                "v2-0203",
                "http://terminology.hl7.org/CodeSystem/v2-0203",
                "http://hl7.org/fhir/v2/0203",
            ),
            (
                "condition-category",
                "http://terminology.hl7.org/CodeSystem/condition-category",
                "http://hl7.org/fhir/condition-category",
            ),
        ] {
            assert_eq!(Version::R4.code_system(name), r4);
            assert_eq!(Version::Stu3.code_system(name), stu3);
        }
    }
}
