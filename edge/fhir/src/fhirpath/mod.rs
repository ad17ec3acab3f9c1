//! The subset of FHIRPath that search parameters are written in, compiled once and evaluated
//! with the types of the FHIR definitions. <https://hl7.org/fhirpath/N1/>
//!
//! Deliberately absent: arithmetic, collection functions, user-defined variables. What a search
//! parameter cannot say need not be understood.

mod evaluate;
mod item;
mod parse;
mod token;

pub use evaluate::evaluate;
pub use item::{Item, Node};
pub use parse::{Expression, parse};
