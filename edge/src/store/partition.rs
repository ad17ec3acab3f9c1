//! A partition of the store, as everything above it knows it: it answers statements and applies
//! commands, whichever engine holds its resources.

use super::answer::{Answer, Charge, Reply, Rows};
use super::by_ledger::Ledger;
use super::command::{Command, Committed, Refusal};
use super::engine::Engine;
use super::indexing::Indexing;
use super::read::Version;
use crate::error::Error;
use crate::grant::action::Deed;
use crate::grant::{Grant, PartitionName};
use fhir::outcome::{Issue, IssueType};
use fhir::sql::{self, Dialect, Sql, Way};
use std::cell::Cell;
use worker::Env;

/// How many values SQLite binds in one statement.
const MAX_VALUES: usize = 100;

/// Refuses what would take more values than one statement can hold.
fn check_values(count: usize) -> Result<(), Error> {
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

/// A partition, for the time of one request.
pub(crate) struct Partition {
    name: PartitionName,
    engine: Engine,
    charge: Cell<Charge>,
}

impl Partition {
    /// The partition of that name.
    pub(crate) fn open(env: &Env, name: PartitionName) -> Result<Self, Error> {
        let engine = Engine::Ledger(Ledger::open(env, name)?);
        Ok(Self::new(name, engine))
    }

    fn new(name: PartitionName, engine: Engine) -> Self {
        Self {
            name,
            engine,
            charge: Cell::default(),
        }
    }

    /// Checks that a grant opens this partition: one for another must show and change nothing here.
    pub(super) fn check<D: Deed>(&self, grant: &Grant<D>) -> Result<(), Error> {
        self.check_name(grant.partition())
    }

    /// Checks that what is asked of this partition was permitted for it.
    fn check_name(&self, name: PartitionName) -> Result<(), Error> {
        if name == self.name {
            return Ok(());
        }
        Err(Error::Bug("a grant was used in another partition".into()))
    }

    /// The sum of the calls so far.
    pub(crate) fn charge(&self) -> Charge {
        self.charge.get()
    }

    fn record<T>(&self, (charge, answer): (Charge, T)) -> T {
        let sum = self.charge.get();
        self.charge.set(Charge {
            sequence: charge.sequence.max(sum.sequence),
            rows_read: sum.rows_read + charge.rows_read,
            rows_written: sum.rows_written + charge.rows_written,
        });
        answer
    }

    /// The dialect of the partition's engine.
    pub(super) fn dialect(&self) -> Dialect {
        self.engine.dialect()
    }

    /// Runs one SELECT.
    pub(super) async fn query(&self, statement: &Sql, rows: Rows) -> Result<Answer, Error> {
        check_values(statement.binds.len())?;
        Ok(self.record(self.engine.query(statement, rows).await?))
    }

    /// Runs SELECTs: in one round trip, unless their answers are too long for one.
    pub(super) async fn query_all(
        &self,
        statements: &[Sql],
        rows: Rows,
    ) -> Result<Vec<Answer>, Error> {
        for statement in statements {
            check_values(statement.binds.len())?;
        }
        let mut answers = Vec::with_capacity(statements.len());
        while let Some(rest) = statements.get(answers.len()..).filter(|s| !s.is_empty()) {
            let some = self.record(self.engine.query_some(rest, rows).await?);
            if some.is_empty() {
                return Err(Error::Bug("the store answered none of the queries".into()));
            }
            answers.extend(some);
        }
        Ok(answers)
    }

    /// Takes the shortest of the ways.
    pub(super) async fn search(&self, ways: &[Way], rows: Rows) -> Result<Reply, Error> {
        for way in ways {
            let edge = way.edge.as_ref().map_or(0, |edge| edge.binds.len());
            check_values(way.found.binds.len().max(edge))?;
        }
        Ok(self.record(self.engine.search(ways, rows).await?))
    }

    /// Applies a command: all of its writes, or none.
    ///
    /// # Errors
    /// When it is too large, or the store failed; nothing was changed then.
    pub(crate) async fn apply(
        &self,
        command: &Command,
    ) -> Result<Result<Vec<Committed>, Refusal>, Error> {
        for write in &command.writes {
            self.check_name(write.partition)?;
            check_values(write.confinement_values())?;
        }
        command.check_size()?;
        Ok(self.record(self.engine.apply(command).await?))
    }

    /// How far the rebuilding of indexes is.
    pub(crate) async fn indexing(&self) -> Result<Indexing, Error> {
        Ok(self.record(self.engine.indexing().await?))
    }

    /// Whether the store answers a query.
    pub(crate) async fn is_healthy(&self) -> bool {
        let statement = sql::alive(self.dialect());
        let answer = self.query(&statement, Rows::Plain).await;
        answer.is_ok_and(|answer| answer.rows.len() == 1)
    }

    /// The 32 bytes that the secrets of the deployment are derived from.
    pub(super) async fn root_secret(&self) -> Result<Vec<u8>, Error> {
        self.engine.root_secret().await
    }

    /// A version from the cache near the reader, if it has arrived there.
    pub(super) async fn cached(&self, key: &str) -> Option<Version> {
        self.engine.cached(key).await
    }

    /// Injects a fault, to show that the store recovers.
    pub(crate) async fn fault(&self, kind: &str) -> Result<(), Error> {
        self.engine.fault(kind).await
    }
}

#[cfg(test)]
impl Partition {
    /// An empty partition in this process.
    pub(crate) fn in_memory(release: fhir::Release) -> Self {
        let connection = super::sqlite::Connection::in_memory().expect("a database in memory");
        Self::opened(connection, fhir::definitions::Definitions::of(release))
    }

    /// The engine.
    pub(super) fn memory(&self) -> &super::by_memory::Memory {
        match &self.engine {
            Engine::Memory(memory) => memory,
            Engine::Ledger(_) => panic!("the partition is not in memory"),
        }
    }

    /// The same partition after the server has ended and started again.
    pub(super) fn restarted(self, definitions: &'static fhir::definitions::Definitions) -> Self {
        match self.engine {
            Engine::Memory(memory) => Self::opened(memory.close(), definitions),
            Engine::Ledger(_) => panic!("the partition is not in memory"),
        }
    }

    /// The partition in a database, as it is when the server starts.
    pub(super) fn opened(
        connection: super::sqlite::Connection,
        definitions: &'static fhir::definitions::Definitions,
    ) -> Self {
        let memory = super::by_memory::Memory::open(connection, definitions);
        let memory = memory.expect("a store");
        Self::new(PartitionName::Default, Engine::Memory(memory))
    }
}
