//! The ledger of a partition, as the worker reaches it. Today there is one partition.

use crate::binding::LedgerStub;
use crate::error::Error;
use js_sys::Array;
use std::cell::Cell;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use worker::Env;

const DEFAULT: &str = "default";

/// What the storage calls of one request cost, and how far the ledger had come.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Charge {
    /// The commit sequence after the last call.
    pub(crate) sequence: i64,
    pub(crate) rows_read: i64,
    pub(crate) rows_written: i64,
}

/// A partition, for the time of one request.
pub(crate) struct Partition {
    pub(super) stub: LedgerStub,
    pub(super) env: Env,
    charge: Cell<Charge>,
}

impl Partition {
    /// The partition that all data is in.
    pub(crate) fn open(env: &Env) -> Result<Self, Error> {
        let stub = env.durable_object("LEDGER")?.get_by_name(DEFAULT)?;
        Ok(Self {
            stub: stub.into_rpc(),
            env: env.clone(),
            charge: Cell::default(),
        })
    }

    /// The sum of the calls so far.
    pub(crate) fn charge(&self) -> Charge {
        self.charge.get()
    }

    pub(super) fn record(&self, charge: Charge) {
        let sum = self.charge.get();
        self.charge.set(Charge {
            sequence: charge.sequence.max(sum.sequence),
            rows_read: sum.rows_read + charge.rows_read,
            rows_written: sum.rows_written + charge.rows_written,
        });
    }

    /// Runs one SELECT in the ledger; rows come as arrays.
    pub(super) async fn query(
        &self,
        statement: &str,
        values: impl IntoIterator<Item = JsValue>,
    ) -> Result<Array, Error> {
        let values: Array = values.into_iter().collect();
        let answer: Array = JsFuture::from(self.stub.query(statement, &values)?)
            .await?
            .unchecked_into();
        let number = |at| answer.get(at).as_f64().unwrap_or_default() as i64;
        self.record(Charge {
            sequence: number(0),
            rows_read: number(1),
            rows_written: 0,
        });
        Ok(answer.get(2).unchecked_into())
    }

    /// Whether the ledger answers a query.
    pub(crate) async fn is_healthy(&self) -> bool {
        self.query("SELECT 1", [])
            .await
            .is_ok_and(|rows| rows.length() == 1)
    }

    /// Ends the ledger's instance, to show that it recovers.
    pub(crate) async fn fault(&self, kind: &str) -> Result<(), Error> {
        JsFuture::from(self.stub.fault(kind)?).await?;
        Ok(())
    }
}
