//! The form that adds a patient.

pub mod draft;

#[cfg(target_arch = "wasm32")]
pub(crate) mod page;
