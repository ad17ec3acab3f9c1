//! Compacts the FHIR definitions that HL7 publishes (search parameters, element definitions,
//! required value sets, compartments) into the tables that the `fhir` crate is built with.

pub mod checksums;
pub mod compartments;
pub mod conformance;
pub mod elements;
pub mod expression;
pub mod package;
pub mod release;
pub mod search;
pub mod table;
pub mod value_sets;

use std::fmt;

/// Why the tables could not be made, in words for the person who ran the command.
#[derive(Debug)]
pub struct Error(String);

impl Error {
    /// An error with this message.
    pub fn new(message: impl Into<String>) -> Self {
        Self(message.into())
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for Error {}

/// The result of a step of the generator.
pub type Result<T> = std::result::Result<T, Error>;
