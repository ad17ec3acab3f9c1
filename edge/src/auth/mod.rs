//! Who is calling, and what they may do. Authentication yields a [`Principal`], authorisation a
//! [`Grant`]; the store takes nothing without one.

mod bearer;
mod claims;
mod discovery;
mod grant;
mod jwk;
mod jwt;
mod principal;
mod roles;
mod signature;
mod smart_user;
mod token_cache;

use crate::config::Security;
use crate::error::Error;
use std::rc::Rc;

pub(crate) use bearer::challenge;
pub(crate) use discovery::metadata;
pub(crate) use grant::{Action, Grant, authorise};
pub(crate) use principal::Principal;
pub(crate) use roles::Roles;

/// What a token is checked against.
pub(crate) struct Verifier<'a> {
    /// The operator's rules.
    pub(crate) security: &'a Security,
    /// Our base URL: the audience when none is configured.
    pub(crate) base_url: &'a str,
    /// The time, in milliseconds since 1970.
    pub(crate) now: i64,
}

impl Verifier<'_> {
    /// Whether a token meant for `audience` is meant for us.
    fn is_audience(&self, audience: &str) -> bool {
        let configured = &self.security.audiences;
        if configured.is_empty() {
            return audience == self.base_url;
        }
        configured.iter().any(|own| own == audience)
    }
}

/// The configured authority that says it is the token's issuer, and that issuer. The token only
/// chooses among those that the operator trusts; it never leads anywhere else.
async fn trusted_issuer<'a>(
    verifier: &'a Verifier<'_>,
    token: &jwt::Unverified<'_>,
) -> Result<(&'a str, String), Error> {
    let stated = token.claims.get("iss").and_then(serde_json::Value::as_str);
    let mut trusted = Vec::new();
    let mut outage = None;
    for authority in verifier.security.authorities() {
        match discovery::metadata(authority, verifier.now).await {
            Ok(metadata) if stated == Some(metadata.issuer.as_str()) => {
                return Ok((authority, metadata.issuer));
            }
            Ok(metadata) => trusted.push(metadata.issuer),
            Err(error) => outage = Some(error),
        }
    }
    match outage {
        // The issuer may be one that cannot be asked now: that is not the caller's fault.
        Some(error) => Err(error),
        None if trusted.is_empty() => Err(bearer::refuse(
            "this server trusts no identity provider; set AUTHORITY",
        )),
        None => {
            let trusted = trusted.join(" or ");
            let reason =
                format!("the token is not from an issuer that this server trusts, {trusted}");
            Err(bearer::refuse(&reason))
        }
    }
}

/// The caller that the `Authorization` header names.
///
/// # Errors
/// 401 with the reason when there is no valid token; 503 when the identity provider cannot be
/// reached and its keys are not known yet.
pub(crate) async fn authenticate(
    verifier: &Verifier<'_>,
    authorization: Option<&str>,
) -> Result<Rc<Principal>, Error> {
    let token = bearer::token(authorization)?;
    if let Some(principal) = token_cache::get(verifier.base_url, token, verifier.now) {
        return Ok(principal);
    }
    let unverified = jwt::parse(token).map_err(|reason| bearer::refuse(&reason))?;
    let (authority, issuer) = trusted_issuer(verifier, &unverified).await?;
    let key = discovery::key(authority, &unverified, verifier.now).await?;
    if !signature::verify(&key, &unverified).await? {
        return Err(bearer::refuse("the signature of the token is wrong"));
    }
    let claims = claims::check(&unverified.claims, &issuer, verifier)
        .map_err(|reason| bearer::refuse(&reason))?;
    let principal = Rc::new(Principal::new(&claims, &verifier.security.roles));
    token_cache::put(
        (verifier.base_url, token),
        &principal,
        claims.expires,
        verifier.now,
    );
    Ok(principal)
}
