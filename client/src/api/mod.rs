//! The FHIR server as the pages see it: requests by name, answers as values, failures in words.
//! <https://hl7.org/fhir/R4/http.html>

pub mod address;
pub mod bundle;
pub mod chart;
pub mod failure;
pub mod launch_request;
pub mod outcome;
pub mod patient_search;
pub mod record_search;

#[cfg(target_arch = "wasm32")]
pub(crate) mod fhir_client;
#[cfg(target_arch = "wasm32")]
pub(crate) mod launch_handle;
