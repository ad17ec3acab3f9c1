//! A SMART app to try launches with: it signs in at whichever server it is told, and shows what it
//! was given. It is a document of its own and knows nothing of the client around it.

pub mod arrival;

#[cfg(target_arch = "wasm32")]
mod chart;
#[cfg(target_arch = "wasm32")]
mod entry_form;
#[cfg(target_arch = "wasm32")]
mod notice;
#[cfg(target_arch = "wasm32")]
pub(crate) mod page;
#[cfg(target_arch = "wasm32")]
mod patient;
#[cfg(target_arch = "wasm32")]
mod running;
#[cfg(target_arch = "wasm32")]
mod scope_list;
#[cfg(target_arch = "wasm32")]
mod token_list;
