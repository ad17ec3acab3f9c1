//! Evaluates the expressions of search parameters with the types of the FHIR definitions.
//! <https://hl7.org/fhirpath/N1/>

mod evaluate;
mod item;

pub use evaluate::evaluate;
pub use item::{Item, Node};
