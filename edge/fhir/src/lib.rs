//! FHIR as pure functions over JSON: definitions, validation, search, bundles and outcomes.
//!
//! Nothing here does I/O, reads a clock or draws randomness; everything runs under a plain
//! `cargo test` on the host. <https://hl7.org/fhir/R4/>, <https://hl7.org/fhir/STU3/>

mod address;
pub mod bundle;
pub mod capability;
pub mod compartment;
pub mod definitions;
pub mod expression;
pub mod fhirpath;
pub mod interaction;
pub mod json;
pub mod meta;
pub mod outcome;
mod release;
pub mod route;
pub mod search;
pub mod sql;
pub mod types;
pub mod validate;
pub mod version_tag;

pub use address::Address;
pub use release::Release;
