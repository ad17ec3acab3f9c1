//! What an interaction works with: the server and the caller.

use crate::auth::{self, Principal};
use crate::error::Error;
use crate::grant::Grant;
use crate::grant::action::Deed;
use crate::server::Server;
use fhir::search::Handling;
use std::ops::Deref;

/// The server on behalf of a caller.
#[derive(Clone, Copy)]
pub(crate) struct Context<'a> {
    pub(crate) server: &'a Server,
    pub(crate) principal: &'a Principal,
}

impl Deref for Context<'_> {
    type Target = Server;

    fn deref(&self) -> &Server {
        self.server
    }
}

impl Context<'_> {
    /// Permission to do one thing with resources of a type; 403 when the caller has none.
    pub(crate) fn authorise<D: Deed>(self, resource_type: &'static str) -> Result<Grant<D>, Error> {
        let context = self.search_context(Handling::Strict);
        let grant = auth::authorise(self.principal, resource_type, &context)?;
        if !grant.confinement().is_everything() {
            self.server.confine();
        }
        Ok(grant)
    }

    /// Checks that the caller may post bundles.
    pub(crate) fn check_may_post_bundles(self) -> Result<(), Error> {
        let context = self.search_context(Handling::Strict);
        auth::check_may_post_bundles(self.principal, &context)
    }

    /// Counts a search of the caller; 429 when there were too many.
    pub(super) async fn count_search<D: Deed>(self, grant: &Grant<D>) -> Result<(), Error> {
        let (rates, now) = (&self.server.rates, self.server.now);
        rates.count_search(grant.subject(), now).await
    }
}
