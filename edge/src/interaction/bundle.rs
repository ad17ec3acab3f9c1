//! A bundle posted to the base: a batch or a transaction.
//! <https://hl7.org/fhir/R4/http.html#transaction>

use super::context::Context;
use super::outcome::Responses;
use super::{batch, transaction};
use crate::error::Error;
use fhir::bundle::BundleKind;
use serde_json::Value;

/// Does what the entries ask for.
///
/// # Errors
/// 400 when the body is no batch or transaction. Of a transaction also what is wrong with any
/// entry; nothing has changed then.
pub(crate) async fn bundle(context: Context<'_>, body: Value) -> Result<Responses, Error> {
    context.check_may_post_bundles()?;
    let (kind, entries) = fhir::bundle::parse(context.definitions, body, &context.base_url)
        .map_err(Error::invalid_because)?;
    let entries = match kind {
        BundleKind::Batch => batch::batch(context, entries).await,
        BundleKind::Transaction => transaction::transaction(context, entries).await?,
    };
    Ok(Responses { kind, entries })
}
