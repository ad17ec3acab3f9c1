//! Launches a SMART app as an EHR does: the context, the address, the link.

pub mod launch;

#[cfg(target_arch = "wasm32")]
pub(crate) mod page;
#[cfg(target_arch = "wasm32")]
mod signed;
