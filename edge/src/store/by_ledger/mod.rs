//! The store's engine behind a Durable Object: what is asked travels as arrays of strings and
//! numbers, because the runtime copies those from isolate to isolate without either side parsing
//! anything. `store/ledger/` is the other end.

pub(super) mod command;
mod indexing;
pub(super) mod obstacle;
pub(super) mod query;

use super::answer::{Answer, Charge, Reply, Rows};
use super::command::{Command, Committed, Refusal};
use super::edge_cache;
use super::large_text::unpack;
use super::read::Version;
use crate::binding::LedgerStub;
use crate::error::Error;
use crate::grant::PartitionName;
use fhir::sql::{Sql, Way};
use js_sys::{Array, Promise, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use worker::Env;

/// The ledger of a partition.
pub(super) fn stub(env: &Env, name: PartitionName) -> Result<LedgerStub, Error> {
    let stub = env.durable_object("LEDGER")?.get_by_name(name.as_str())?;
    Ok(stub.into_rpc())
}

/// A ledger, as a worker reaches it for the time of one request.
pub(super) struct Ledger {
    stub: LedgerStub,
    env: Env,
}

impl Ledger {
    pub(super) fn open(env: &Env, name: PartitionName) -> Result<Self, Error> {
        Ok(Self {
            stub: stub(env, name)?,
            env: env.clone(),
        })
    }

    pub(super) async fn query(
        &self,
        statement: &Sql,
        rows: Rows,
    ) -> Result<(Charge, Answer), Error> {
        let values: Array = query::values(statement);
        let with_bodies = rows == Rows::WithBodies;
        let asked = self.stub.query(&statement.text, &values, with_bodies)?;
        let (charge, reply) = answered(asked, rows).await?;
        Ok((charge, reply.into()))
    }

    pub(super) async fn query_some(
        &self,
        statements: &[Sql],
        rows: Rows,
    ) -> Result<(Charge, Vec<Answer>), Error> {
        let packed: Array = statements.iter().map(query::packed).collect();
        let asked = self.stub.query_some(&packed, rows == Rows::WithBodies)?;
        let replies: Array = JsFuture::from(asked).await?.unchecked_into();
        let mut sum = Charge::default();
        let mut answers = Vec::with_capacity(statements.len());
        for reply in replies.iter() {
            let (charge, reply) = read(reply, rows)?;
            sum.sequence = charge.sequence;
            sum.rows_read += charge.rows_read;
            answers.push(reply.into());
        }
        Ok((sum, answers))
    }

    pub(super) async fn search(&self, ways: &[Way], rows: Rows) -> Result<(Charge, Reply), Error> {
        let ways: Array = ways.iter().map(query::packed_way).collect();
        let asked = self.stub.search(&ways, rows == Rows::WithBodies)?;
        answered(asked, rows).await
    }

    pub(super) async fn apply(
        &self,
        command: &Command,
    ) -> Result<(Charge, Result<Vec<Committed>, Refusal>), Error> {
        let asked = self.stub.commit(&command::packed(command))?;
        command::read(&JsFuture::from(asked).await?.unchecked_into())
    }

    pub(super) async fn root_secret(&self) -> Result<Vec<u8>, Error> {
        let drawn = JsFuture::from(self.stub.root_secret()?).await?;
        Ok(Uint8Array::new(&drawn).to_vec())
    }

    pub(super) async fn cached(&self, key: &str) -> Option<Version> {
        edge_cache::get(&self.env, key).await
    }

    pub(super) async fn fault(&self, kind: &str) -> Result<(), Error> {
        JsFuture::from(self.stub.fault(kind)?).await?;
        Ok(())
    }
}

async fn answered(asked: Promise, rows: Rows) -> Result<(Charge, Reply), Error> {
    read(JsFuture::from(asked).await?, rows)
}

/// Reads an answer: text, or the array of an obstacle.
fn read(answer: JsValue, rows: Rows) -> Result<(Charge, Reply), Error> {
    match answer.dyn_into::<Array>() {
        Ok(hindered) => Err(obstacle::read(&hindered).into()),
        Err(answer) => query::read(unpack(answer), rows),
    }
}

impl From<Reply> for Answer {
    fn from(reply: Reply) -> Self {
        Self {
            rows: reply.rows,
            is_cut: reply.is_cut,
        }
    }
}
