//! The sample SMART app's own sign-in: discovery, authorization code with PKCE, refresh, against
//! any SMART server. It shares nothing with the client's sign-in but the browser.
//! <https://hl7.org/fhir/smart-app-launch/app-launch.html>

pub mod address;
