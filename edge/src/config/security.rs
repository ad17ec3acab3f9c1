//! Who is trusted, and what they may do.

use super::Roles;
use super::{Authority, list};

/// The identity providers and the rules for their tokens.
#[derive(Debug)]
pub(crate) struct Security {
    /// `AUTHORITY`: the identity provider, such as
    /// `https://login.microsoftonline.com/<tenant>/v2.0`. Without it nobody can sign in. Its tokens
    /// are of `AUTHORITY_ISSUER`, default the authority itself (at Azure: its issuers).
    pub(crate) authority: Option<String>,
    /// Every authority whose tokens are taken: that one first, then `TRUSTED_AUTHORITIES`, default
    /// none.
    pub(crate) authorities: Vec<Authority>,
    /// `AUDIENCE`, default the base URL: whom tokens must be meant for; several with commas.
    pub(crate) audiences: Vec<String>,
    /// `ROLES`, default none: role definitions beside the built-in ones, as JSON.
    pub(crate) roles: Roles,
}

impl Security {
    /// `AUTHORITY`, where people sign in.
    pub(crate) fn primary(&self) -> Option<&Authority> {
        self.authority.as_ref()?;
        self.authorities.first()
    }

    pub(super) fn read(get: &dyn Fn(&str) -> Option<String>) -> Result<Self, String> {
        let roles = Roles::read(get("ROLES").as_deref())?;
        // `ALLOWED_OBJECT_IDS`, default empty (all): the only users and services of it let in.
        let ids = list(get("ALLOWED_OBJECT_IDS"));
        let primary =
            get("AUTHORITY").map(|url| Authority::primary(&url, get("AUTHORITY_ISSUER"), ids));
        let trusted = Authority::trusted(get("TRUSTED_AUTHORITIES"), primary.as_ref(), &roles)?;
        Ok(Self {
            authority: primary.as_ref().map(|primary| primary.url.clone()),
            authorities: primary.into_iter().chain(trusted).collect(),
            audiences: list(get("AUDIENCE")),
            roles,
        })
    }
}
