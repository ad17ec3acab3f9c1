//! The list of patients.

pub mod trail;

#[cfg(target_arch = "wasm32")]
mod filters;
#[cfg(target_arch = "wasm32")]
pub(crate) mod page;
#[cfg(target_arch = "wasm32")]
mod pager;
#[cfg(target_arch = "wasm32")]
mod table;
