//! A SMART app to try launches with: it signs in at any server and shows what was granted. It is a
//! separate document and shares no state with the client.

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
