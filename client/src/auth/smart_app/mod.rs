//! The sample SMART app's own sign-in: discovery, authorization code with PKCE, refresh, against
//! any SMART server. It shares nothing with the client's sign-in but the browser.
//! <https://hl7.org/fhir/smart-app-launch/app-launch.html>

pub mod address;
pub mod failure;
pub mod request;
pub mod scopes;
pub mod server;
pub mod session;
pub mod style;

#[cfg(target_arch = "wasm32")]
pub(crate) mod app;
#[cfg(target_arch = "wasm32")]
pub(crate) mod fetch;
#[cfg(target_arch = "wasm32")]
pub(crate) mod launch;
