//! Who is trusted, and what they may do.

use super::list;
use crate::auth::Roles;

/// The identity provider and the rules for its tokens.
#[derive(Debug)]
pub(crate) struct Security {
    /// `AUTHORITY`: the identity provider, such as
    /// `https://login.microsoftonline.com/<tenant>/v2.0`. Without it nobody can sign in.
    pub(crate) authority: Option<String>,
    /// `TRUSTED_AUTHORITIES`, default none: other providers whose tokens are taken as well, such
    /// as the v1 endpoint of the same tenant; comma-separated.
    pub(crate) trusted_authorities: Vec<String>,
    /// `AUDIENCE`, default the base URL: whom tokens must be meant for; several with commas.
    pub(crate) audiences: Vec<String>,
    /// `ALLOWED_OBJECT_IDS`, default empty (all): the only users and services let in.
    pub(crate) allowed_object_ids: Vec<String>,
    /// `ROLES`, default none: role definitions beside the built-in ones, as JSON.
    pub(crate) roles: Roles,
}

impl Security {
    /// Every authority whose tokens are taken, the primary one first.
    pub(crate) fn authorities(&self) -> impl Iterator<Item = &str> {
        let primary = self.authority.as_deref().into_iter();
        primary.chain(self.trusted_authorities.iter().map(String::as_str))
    }

    pub(super) fn read(get: &dyn Fn(&str) -> Option<String>) -> Result<Self, String> {
        Ok(Self {
            authority: get("AUTHORITY").map(|url| url.trim_end_matches('/').to_owned()),
            trusted_authorities: list(get("TRUSTED_AUTHORITIES"))
                .iter()
                .map(|url| url.trim_end_matches('/').to_owned())
                .collect(),
            audiences: list(get("AUDIENCE")),
            allowed_object_ids: list(get("ALLOWED_OBJECT_IDS")),
            roles: Roles::read(get("ROLES").as_deref())?,
        })
    }
}
