//! The ledger of a partition, as the worker reaches it. Today there is one partition.

use super::large_text::unpack;
use super::text::Text;
use crate::binding::LedgerStub;
use crate::error::Error;
use crate::grant::action::Deed;
use crate::grant::{Grant, PartitionName};
use fhir::outcome::{Issue, IssueType};
use fhir::sql::{Dialect, Size, Sql, Way};
use js_sys::{Array, JsString, Promise};
use serde_json::Value;
use std::cell::Cell;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use worker::Env;

/// What the storage calls of one request cost, and how far the ledger had come.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Charge {
    /// The commit sequence after the last call.
    pub(crate) sequence: i64,
    pub(crate) rows_read: i64,
    pub(crate) rows_written: i64,
}

/// How many values SQLite binds in one statement.
const MAX_VALUES: usize = 100;

/// Refuses what would take more values than one statement can hold.
pub(super) fn check_values(count: usize) -> Result<(), Error> {
    if count <= MAX_VALUES {
        return Ok(());
    }
    let message = "The search, with what the token is confined to, has more conditions than one \
        statement can hold; use fewer.";
    Err(Error::invalid_because(Issue::error(
        IssueType::TooCostly,
        message,
    )))
}

/// What the rows of a query hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rows {
    /// No bodies.
    Plain,
    /// Resources: the last four columns are rid, version, body and chunks.
    WithBodies,
}

/// What a query found.
pub(super) struct Answer {
    pub(super) rows: Vec<Row>,
    /// Whether rows were left out because the answer would have become too long.
    pub(super) is_cut: bool,
}

/// One row of an answer.
pub(super) struct Row {
    columns: Vec<Value>,
    /// The resource's JSON text.
    pub(super) body: Option<Text>,
}

impl Row {
    /// An integer column; 0 when it holds none.
    pub(super) fn integer(&self, column: usize) -> i64 {
        let value = self.columns.get(column);
        let number =
            value.and_then(|value| value.as_i64().or_else(|| value.as_f64().map(|n| n as i64)));
        number.unwrap_or_default()
    }

    /// A text column, or an integer one as text; `None` when it is null.
    pub(super) fn text(&self, column: usize) -> Option<String> {
        match self.columns.get(column)? {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        }
    }
}

/// What one way of a plan found.
pub(super) struct Reply {
    /// Which way was taken.
    pub(super) way: usize,
    pub(super) rows: Vec<Row>,
    /// Whether rows were left out because the answer would have become too long.
    pub(super) is_cut: bool,
    /// The last candidate of the window; `None` when the way ended within it.
    pub(super) edge: Option<Row>,
}

/// The first line of an answer: sequence, rows read, rows, whether it is cut, and of a search the
/// way and the edge.
type Head = (
    f64,
    f64,
    Vec<Vec<Value>>,
    bool,
    Option<usize>,
    Option<Vec<Value>>,
);

/// Reads what `ledger/reply.rs` writes.
fn read_reply(reply: &JsString, rows: Rows) -> Result<(Charge, Reply), Error> {
    let end = u32::try_from(reply.index_of("\n", 0)).unwrap_or_default();
    let head = String::from(reply.substring(0, end));
    let head: Head = serde_json::from_str(&head)
        .map_err(|error| Error::Bug(format!("the ledger's answer: {error}")))?;
    let (sequence, rows_read, columns, is_cut, way, edge) = head;
    let charge = Charge {
        sequence: sequence as i64,
        rows_read: rows_read as i64,
        rows_written: 0,
    };
    let reply = Text::from(reply.clone());
    let mut start = end + 1;
    let rows = columns.into_iter().map(|columns| {
        let length = match rows {
            Rows::WithBodies => columns.iter().rev().nth(1).and_then(Value::as_u64),
            Rows::Plain => None,
        };
        let body = length
            .and_then(|length| u32::try_from(length).ok())
            .map(|length| {
                let body = reply.substring(start, start + length);
                start += length;
                body
            });
        Row { columns, body }
    });
    let edge = edge.map(|columns| Row {
        columns,
        body: None,
    });
    let answer = Reply {
        way: way.unwrap_or_default(),
        rows: rows.collect(),
        is_cut,
        edge,
    };
    Ok((charge, answer))
}

/// A way as it travels: `[size, its values, the most, found, its values, edge, its values, limit]`.
/// The size is a statement, or 0 for few and 1 for who knows; a missing edge is null.
fn packed(way: &Way) -> Array {
    let statement = |sql: &Sql| -> [JsValue; 2] {
        let values: Array = sql.binds.iter().map(JsValue::from).collect();
        [sql.text.as_str().into(), values.into()]
    };
    let none = || [JsValue::NULL, JsValue::NULL];
    let size = match &way.size {
        Size::Few => [JsValue::from(0), JsValue::NULL],
        Size::Counted(sql) => statement(sql),
        Size::Unknown => [JsValue::from(1), JsValue::NULL],
    };
    let edge = way.edge.as_ref().map_or_else(none, statement);
    let most = [JsValue::from(way.most as f64)];
    let parts = size.into_iter().chain(most);
    let parts = parts.chain(statement(&way.found)).chain(edge);
    parts.chain([JsValue::from(way.limit as f64)]).collect()
}

/// The ledger of a partition.
pub(super) fn ledger(env: &Env, name: PartitionName) -> Result<LedgerStub, Error> {
    let stub = env.durable_object("LEDGER")?.get_by_name(name.as_str())?;
    Ok(stub.into_rpc())
}

/// A partition, for the time of one request.
pub(crate) struct Partition {
    name: PartitionName,
    pub(super) stub: LedgerStub,
    pub(super) env: Env,
    charge: Cell<Charge>,
}

impl Partition {
    /// The partition of that name.
    pub(crate) fn open(env: &Env, name: PartitionName) -> Result<Self, Error> {
        Ok(Self {
            name,
            stub: ledger(env, name)?,
            env: env.clone(),
            charge: Cell::default(),
        })
    }

    /// Checks that a grant opens this partition: one for another must show and change nothing here.
    pub(super) fn check<D: Deed>(&self, grant: &Grant<D>) -> Result<(), Error> {
        self.check_name(grant.partition())
    }

    /// Checks that what is asked of this partition was permitted for it.
    pub(super) fn check_name(&self, name: PartitionName) -> Result<(), Error> {
        if name == self.name {
            return Ok(());
        }
        Err(Error::Bug("a grant was used in another partition".into()))
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

    /// The dialect of the partition's engine.
    pub(super) fn dialect(&self) -> Dialect {
        Dialect::Sqlite
    }

    /// Runs one SELECT in the ledger.
    pub(super) async fn query(
        &self,
        statement: &str,
        values: impl IntoIterator<Item = JsValue>,
        rows: Rows,
    ) -> Result<Answer, Error> {
        let values: Array = values.into_iter().collect();
        check_values(usize::try_from(values.length()).unwrap_or(usize::MAX))?;
        let promise = self
            .stub
            .query(statement, &values, rows == Rows::WithBodies)?;
        let Reply { rows, is_cut, .. } = self.read(promise, rows).await?;
        Ok(Answer { rows, is_cut })
    }

    /// Has the ledger take the shortest of the ways.
    pub(super) async fn search(&self, ways: &[Way], rows: Rows) -> Result<Reply, Error> {
        for way in ways {
            let edge = way.edge.as_ref();
            check_values(
                way.found
                    .binds
                    .len()
                    .max(edge.map_or(0, |edge| edge.binds.len())),
            )?;
        }
        let ways: Array = ways.iter().map(packed).collect();
        let promise = self.stub.search(&ways, rows == Rows::WithBodies)?;
        self.read(promise, rows).await
    }

    async fn read(&self, promise: Promise, rows: Rows) -> Result<Reply, Error> {
        let reply = unpack(JsFuture::from(promise).await?);
        let (charge, answer) = read_reply(&reply, rows)?;
        self.record(charge);
        Ok(answer)
    }

    /// Whether the ledger answers a query.
    pub(crate) async fn is_healthy(&self) -> bool {
        self.query("SELECT 1", [], Rows::Plain)
            .await
            .is_ok_and(|answer| answer.rows.len() == 1)
    }

    /// Ends the ledger's instance, to show that it recovers.
    pub(crate) async fn fault(&self, kind: &str) -> Result<(), Error> {
        JsFuture::from(self.stub.fault(kind)?).await?;
        Ok(())
    }
}
