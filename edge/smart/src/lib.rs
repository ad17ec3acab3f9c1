//! OAuth 2.0, OpenID Connect and SMART vocabulary shared by the worker and the client.
//!
//! Pure functions over strings and JSON: nothing here fetches, hashes, signs, reads a clock or
//! draws random numbers. The caller brings entropy, digests and the time.

pub mod authorization_request;
pub mod authorization_response;
pub mod base64url;
pub mod claims;
pub mod discovery;
pub mod form;
pub mod granted_scope;
pub mod launch_context;
pub mod pkce;
pub mod qualified_scope;
pub mod redirect_uri;
pub mod scope;
pub mod scope_list;
pub mod state;
pub mod token_error;
pub mod token_response;
