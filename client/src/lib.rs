//! The patient browser: a single-page client of any FHIR server, in Yew.
//!
//! `auth` signs in, `api` talks FHIR, `display` turns FHIR JSON into words, `pages` and
//! `components` put them on the screen. Only `auth` and `api` fetch. Everything that needs no
//! browser compiles and is tested natively.

pub mod api;
pub mod auth;
pub mod display;
pub mod pages;

#[cfg(target_arch = "wasm32")]
mod app;
#[cfg(target_arch = "wasm32")]
mod clock;
#[cfg(target_arch = "wasm32")]
mod components;
#[cfg(target_arch = "wasm32")]
mod desk;
#[cfg(target_arch = "wasm32")]
mod route;
#[cfg(target_arch = "wasm32")]
mod startup;

/// Called by the generated glue as soon as the module is loaded.
#[cfg(target_arch = "wasm32")]
#[wasm_bindgen::prelude::wasm_bindgen(start)]
pub fn start() {
    startup::begin();
}
