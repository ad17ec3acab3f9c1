//! JSON as FHIR needs it: digits of decimals kept, property order kept, duplicate names refused.
//! <https://hl7.org/fhir/R4/json.html>

mod parse;

pub use parse::parse;
