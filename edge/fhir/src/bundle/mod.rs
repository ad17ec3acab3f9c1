//! Batch and transaction bundles: what each entry asks for, and how entries refer to each other.
//! <https://hl7.org/fhir/R4/http.html#transaction>

mod address;
mod names;
mod references;
mod request;

pub use names::Names;
pub use references::{ConditionalReferences, Conditions, rewrite};
pub use request::{BundleKind, Entry, Method, Target, parse};

/// How many entries a bundle can have.
pub const MAX_ENTRIES: usize = 5000;
