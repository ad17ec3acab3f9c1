//! JSON Object Signing: keys, tokens, signatures. What a token's claims mean is up to `auth`.
//! <https://www.rfc-editor.org/rfc/rfc7515>, <https://www.rfc-editor.org/rfc/rfc7517>

pub(crate) mod jwk;
pub(crate) mod jwt;
pub(crate) mod signature;
