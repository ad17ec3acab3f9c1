//! Where the resources of a partition are, and the few things that the rest of the store asks of
//! that place. The engines are known at build time, so there is neither a trait nor a box.

use super::answer::{Answer, Charge, Reply, Rows};
use super::by_ledger::Ledger;
#[cfg(test)]
use super::by_memory::Memory;
use super::command::{Command, Committed, Refusal};
use super::indexing::Indexing;
use super::read::Version;
use crate::error::Error;
use fhir::sql::{Dialect, Sql, Way};

/// Where a partition's resources are.
pub(super) enum Engine {
    /// In a Durable Object.
    Ledger(Ledger),
    /// In this process, for native tests.
    #[cfg(test)]
    Memory(Memory),
}

impl Engine {
    /// The dialect of its statements.
    pub(super) fn dialect(&self) -> Dialect {
        match self {
            Self::Ledger(_) => Dialect::Sqlite,
            #[cfg(test)]
            Self::Memory(_) => Dialect::Sqlite,
        }
    }

    /// Runs one SELECT.
    pub(super) async fn query(
        &self,
        statement: &Sql,
        rows: Rows,
    ) -> Result<(Charge, Answer), Error> {
        match self {
            Self::Ledger(ledger) => ledger.query(statement, rows).await,
            #[cfg(test)]
            Self::Memory(memory) => memory.query(statement, rows),
        }
    }

    /// Runs SELECTs, the first of them at least: an engine answers as many as one answer holds.
    pub(super) async fn query_some(
        &self,
        statements: &[Sql],
        rows: Rows,
    ) -> Result<(Charge, Vec<Answer>), Error> {
        match self {
            Self::Ledger(ledger) => ledger.query_some(statements, rows).await,
            #[cfg(test)]
            Self::Memory(memory) => memory.query_some(statements, rows),
        }
    }

    /// Takes the shortest of the ways.
    pub(super) async fn search(&self, ways: &[Way], rows: Rows) -> Result<(Charge, Reply), Error> {
        match self {
            Self::Ledger(ledger) => ledger.search(ways, rows).await,
            #[cfg(test)]
            Self::Memory(memory) => memory.search(ways, rows),
        }
    }

    /// Applies a command, whole or not at all.
    pub(super) async fn apply(
        &self,
        command: &Command,
    ) -> Result<(Charge, Result<Vec<Committed>, Refusal>), Error> {
        match self {
            Self::Ledger(ledger) => ledger.apply(command).await,
            #[cfg(test)]
            Self::Memory(memory) => memory.apply(command),
        }
    }

    /// How far the rebuilding of indexes is.
    pub(super) async fn indexing(&self) -> Result<(Charge, Indexing), Error> {
        match self {
            Self::Ledger(ledger) => ledger.indexing().await,
            #[cfg(test)]
            Self::Memory(_) => Err(Error::Bug("a test asks the store itself".into())),
        }
    }

    /// The 32 bytes that the secrets of the deployment are derived from.
    pub(super) async fn root_secret(&self) -> Result<Vec<u8>, Error> {
        match self {
            Self::Ledger(ledger) => ledger.root_secret().await,
            #[cfg(test)]
            Self::Memory(memory) => memory.root_secret(),
        }
    }

    /// A version from the cache near the reader, if it has arrived there.
    pub(super) async fn cached(&self, key: &str) -> Option<Version> {
        match self {
            Self::Ledger(ledger) => ledger.cached(key).await,
            #[cfg(test)]
            Self::Memory(_) => None,
        }
    }

    /// Injects a fault.
    pub(super) async fn fault(&self, kind: &str) -> Result<(), Error> {
        match self {
            Self::Ledger(ledger) => ledger.fault(kind).await,
            #[cfg(test)]
            Self::Memory(_) => Err(Error::Bug(format!("no fault {kind} can be injected here"))),
        }
    }
}
