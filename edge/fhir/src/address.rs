//! The address of a resource: its type and its id. <https://hl7.org/fhir/R4/http.html#general>

use std::fmt;

/// `Type/id`. The type is one of the release's; the id is what a caller wrote.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Address {
    /// The definition's own name of the type.
    pub resource_type: &'static str,
    /// The logical id.
    pub id: String,
}

impl Address {
    /// The address of a resource.
    pub fn new(resource_type: &'static str, id: impl Into<String>) -> Self {
        Self {
            resource_type,
            id: id.into(),
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.resource_type, self.id)
    }
}
