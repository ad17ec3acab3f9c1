//! One file per FHIR interaction. Each authorises first, then reads what was sent, then acts.
//! <https://hl7.org/fhir/R4/http.html>

mod batch;
mod conditional;
mod content;
mod create;
mod delete;
mod entry;
mod history_instance;
mod read;
mod search_type;
mod transaction;
mod update;
mod vread;
mod written;

use crate::auth::Principal;
use crate::error::Error;
use crate::http::{Answer, Exchange};
use fhir::bundle::BundleKind;

pub(crate) use create::create;
pub(crate) use delete::delete;
pub(crate) use history_instance::history_instance;
pub(crate) use read::read;
pub(crate) use search_type::{post_search, search_type};
pub(crate) use update::update;
pub(crate) use vread::vread;

/// A bundle posted to the base: a batch or a transaction.
pub(crate) async fn bundle(
    exchange: &Exchange,
    principal: &Principal,
    request: &web_sys::Request,
) -> Result<Answer, Error> {
    exchange.check_may_post_bundles(principal)?;
    let body = exchange.json(request).await?;
    let (kind, entries) = fhir::bundle::parse(exchange.definitions, body, &exchange.base_url)
        .map_err(Error::invalid_because)?;
    match kind {
        BundleKind::Batch => batch::batch(exchange, principal, entries).await,
        BundleKind::Transaction => transaction::transaction(exchange, principal, entries).await,
    }
}
