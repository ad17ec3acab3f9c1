//! Faults on demand, where the operator has switched them on: they show that a panic ends one
//! request, not the server.

use crate::error::Error;
use crate::exchange::Exchange;
use crate::message::Answer;
use crate::status::Status;

/// `POST /fault/{kind}`: `panic` here, `ledger-panic` or `ledger-panic-in-transaction` there, or
/// `forget-index`, after which the ledger indexes everything anew.
pub(super) async fn inject(exchange: &Exchange, kind: &str) -> Result<Answer, Error> {
    match kind {
        #[expect(clippy::panic, reason = "the fault that is injected")]
        "panic" => panic!("injected fault"),
        "ledger-panic" => exchange.server.partition()?.fault("panic").await?,
        "ledger-panic-in-transaction" => {
            exchange
                .server
                .partition()?
                .fault("panic-in-transaction")
                .await?;
        }
        "forget-index" => exchange.server.partition()?.fault(kind).await?,
        _ => {}
    }
    Ok(Answer::empty(Status::NO_CONTENT))
}
