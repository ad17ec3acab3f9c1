//! Sign-in at an OpenID Connect provider: authorization code with PKCE by popup or redirect,
//! silent renewal, several accounts, sign-out. Tokens live in sessionStorage and travel in headers
//! only. <https://openid.net/specs/openid-connect-core-1_0.html#CodeFlowAuth>

pub mod account;
pub mod clock;
pub mod configuration;
pub mod endpoints;
pub mod failure;
pub mod patience;
pub mod provider_error;
pub mod session;
pub mod smart_app;
pub mod tokens;

#[cfg(target_arch = "wasm32")]
pub(crate) mod authorize;
#[cfg(target_arch = "wasm32")]
mod bridge;
#[cfg(target_arch = "wasm32")]
pub(crate) mod browser;
#[cfg(target_arch = "wasm32")]
pub(crate) mod connection;
#[cfg(target_arch = "wasm32")]
mod frame;
#[cfg(target_arch = "wasm32")]
pub(crate) mod logout;
#[cfg(target_arch = "wasm32")]
mod popup;
#[cfg(target_arch = "wasm32")]
mod provider_request;
#[cfg(target_arch = "wasm32")]
pub(crate) mod redirect;
#[cfg(target_arch = "wasm32")]
pub(crate) mod sign_in;
#[cfg(target_arch = "wasm32")]
pub(crate) mod silent;
#[cfg(target_arch = "wasm32")]
pub(crate) mod time;
#[cfg(target_arch = "wasm32")]
mod token_endpoint;
