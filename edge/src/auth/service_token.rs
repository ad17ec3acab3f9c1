//! The access token of a backend service, which this server issues itself, sealed.
//! <https://hl7.org/fhir/smart-app-launch/backend-services.html#issue-access-token>

use serde::{Deserialize, Serialize};

/// How long such a token lasts, in seconds: the specification's upper bound.
pub(crate) const LIFETIME: i64 = 300;

/// What the token says.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct ServiceToken {
    #[serde(rename = "c")]
    pub(crate) client_id: String,
    /// The scopes that were granted, all of the context `system`.
    #[serde(rename = "s")]
    pub(crate) scope: String,
    /// When it was issued, in seconds since 1970.
    #[serde(rename = "i")]
    pub(crate) issued: i64,
    /// When it ends, in seconds since 1970.
    #[serde(rename = "x")]
    pub(crate) expires: i64,
    /// What makes each token another.
    #[serde(rename = "n")]
    pub(crate) id: String,
    /// The thumbprint of the key that it is bound to; empty for a bearer token.
    #[serde(rename = "k", default)]
    pub(crate) key: String,
}

impl ServiceToken {
    /// A token from `now` (milliseconds since 1970) on.
    pub(crate) fn new(client_id: &str, scope: String, now: i64, id: String) -> Self {
        Self {
            client_id: client_id.to_owned(),
            scope,
            issued: now / 1000,
            expires: now / 1000 + LIFETIME,
            id,
            key: String::new(),
        }
    }
}
