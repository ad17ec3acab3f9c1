//! Faults on demand, where the operator has switched them on: they show that a panic ends one
//! request, not the server.

use super::{Answer, Exchange};
use crate::error::Error;
use crate::status::Status;

/// `POST /fault/{kind}`: `panic` here, `ledger-panic` or `ledger-panic-in-transaction` there, or
/// `forget-index`, after which the ledger indexes everything anew.
pub(super) async fn inject(exchange: &Exchange, kind: &str) -> Result<Answer, Error> {
    match kind {
        #[expect(clippy::panic, reason = "the fault that is injected")]
        "panic" => panic!("injected fault"),
        "ledger-panic" => exchange.partition()?.fault("panic").await?,
        "ledger-panic-in-transaction" => {
            exchange.partition()?.fault("panic-in-transaction").await?;
        }
        "forget-index" => exchange.partition()?.fault(kind).await?,
        _ => {}
    }
    Ok(Answer::empty(Status::NO_CONTENT))
}
