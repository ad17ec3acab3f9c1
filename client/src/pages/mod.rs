//! One file or folder a page; what of a page needs no browser is beside it and tested natively.

pub mod launcher;
pub mod new_patient;
pub mod patients;
pub mod sample_app;

#[cfg(target_arch = "wasm32")]
pub(crate) mod launch_context;
#[cfg(target_arch = "wasm32")]
pub(crate) mod not_found;
#[cfg(target_arch = "wasm32")]
pub(crate) mod patient;
#[cfg(target_arch = "wasm32")]
pub(crate) mod resource;
#[cfg(target_arch = "wasm32")]
pub(crate) mod settings;
#[cfg(target_arch = "wasm32")]
pub(crate) mod sign_in;
#[cfg(target_arch = "wasm32")]
pub(crate) mod unconfigured;
#[cfg(target_arch = "wasm32")]
pub(crate) mod welcome;
