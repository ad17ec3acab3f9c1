//! The resources of a partition in one database: commits in one order, and searches.

use super::apply::{Commit, Stop};
use super::search::search;
use super::{Connection, Database, Failure, Submitted, Taken, Way, schema};
use crate::store::command::{Committed, Refusal};
use std::cell::Cell;

/// A store.
pub(in crate::store) struct Store {
    database: Database,
    /// The number of the last commit.
    sequence: Cell<i64>,
    /// The time of the last commit: time never runs backwards from one commit to the next.
    last_updated: Cell<i64>,
}

/// What became of a command.
pub(in crate::store) enum Answered {
    Done(Vec<Committed>),
    Refused(Refusal),
    /// It failed alone: those that wait beside it are applied all the same.
    Failed(Failure),
}

/// The answer to a command.
pub(in crate::store) struct Applied {
    pub(in crate::store) answered: Answered,
    /// The commit sequence afterwards.
    pub(in crate::store) sequence: i64,
    pub(in crate::store) rows_read: i64,
    pub(in crate::store) rows_written: i64,
}

impl Store {
    /// Opens the store of a database, creating its tables when it is new.
    pub(in crate::store) fn open(
        connection: Connection,
        draw_secret: impl Fn() -> [u8; 32],
    ) -> Result<Self, Failure> {
        let database = Database::new(connection);
        schema::migrate(&database, draw_secret)?;
        let fact = |name: &str| -> Result<i64, Failure> {
            let statement = "SELECT value FROM ledger WHERE name = ?";
            let fact = database.number(statement, [name.into()])?;
            Ok(fact.unwrap_or_default())
        };
        let (sequence, last_updated) = (fact("sequence")?, fact("last_updated")?);
        database.take_charge();
        Ok(Self {
            database,
            sequence: Cell::new(sequence),
            last_updated: Cell::new(last_updated),
        })
    }

    pub(in crate::store) fn database(&self) -> &Database {
        &self.database
    }

    /// The number of the last commit.
    pub(in crate::store) fn sequence(&self) -> i64 {
        self.sequence.get()
    }

    /// The secret that others are derived from, drawn when the store was created.
    pub(in crate::store) fn root_secret(&self) -> Result<Vec<u8>, Failure> {
        let statement = "SELECT value FROM ledger WHERE name = 'root_secret'";
        let row = self.database.row(statement, [])?;
        Ok(row.map(|row| row.get(0).bytes()).unwrap_or_default())
    }

    /// Applies commands in one transaction, each in one of its own inside it: a refused command
    /// undoes itself alone.
    pub(in crate::store) fn apply_all<C: Submitted>(
        &self,
        commands: &[C],
        now: i64,
    ) -> Result<Vec<Applied>, Failure> {
        let now = now.max(self.last_updated.get());
        let before = self.sequence.get();
        let applied = self.database.transaction(|| {
            let commands = commands.iter();
            let applied = commands.map(|command| self.apply(command, now)).collect();
            if self.sequence.get() != before {
                let statement = "UPDATE ledger SET value = iif(name = 'sequence', ?, ?)
                                 WHERE name IN ('sequence', 'last_updated')";
                let values = [self.sequence.get().into(), now.into()];
                self.database.run(statement, values)?;
            }
            Ok(applied)
        });
        if applied.is_ok() {
            self.last_updated.set(now);
        } else {
            self.sequence.set(before);
        }
        applied
    }

    fn apply(&self, command: &impl Submitted, now: i64) -> Applied {
        let sequence = self.sequence.get();
        let mut refusal = None;
        let applied = self.database.transaction(|| {
            let commit = Commit {
                database: &self.database,
                now,
                sequence: sequence + 1,
            };
            commit.apply(command).map_err(|stop| match stop {
                Stop::Refused(why) => {
                    refusal = Some(why);
                    Failure::from("refused")
                }
                Stop::Failed(error) => error,
            })
        });
        let answered = match (applied, refusal) {
            (Ok(committed), _) => {
                self.sequence.set(sequence + 1);
                Answered::Done(committed)
            }
            (Err(_), Some(refusal)) => Answered::Refused(refusal),
            (Err(error), None) => Answered::Failed(error),
        };
        let (rows_read, rows_written) = self.database.take_charge();
        Applied {
            answered,
            sequence: self.sequence.get(),
            rows_read,
            rows_written,
        }
    }

    /// Runs the shortest way; `None` when there are no ways.
    pub(in crate::store) fn search(
        &self,
        ways: &[Way],
        with_bodies: bool,
    ) -> Result<Option<Taken>, Failure> {
        search(&self.database, ways, with_bodies)
    }
}
