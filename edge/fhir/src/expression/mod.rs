//! The expressions that search parameters are written in: the subset of FHIRPath that they need,
//! parsed once. `fhirpath` evaluates them. <https://hl7.org/fhirpath/N1/>
//!
//! Deliberately absent: arithmetic, collection functions, user-defined variables. What a search
//! parameter cannot say need not be understood.

mod parse;
mod token;

pub use parse::{Expression, parse};
