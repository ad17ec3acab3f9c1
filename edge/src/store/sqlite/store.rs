//! The resources of a partition in one database: commits in one order, and searches.

use super::apply::{Commit, Stop};
use super::search::search;
use super::{
    Budget, Condition, Connection, Database, Extraction, Failure, Selected, Submitted, Taken, Way,
    reindex, schema,
};
use crate::store::command::{Committed, Refusal};
use crate::store::obstacle::Obstacle;
use crate::store::text::Text;
use std::cell::Cell;

/// A store.
pub(in crate::store) struct Store {
    database: Database,
    extraction: Extraction,
    /// The number of the last commit.
    sequence: Cell<i64>,
    /// The time of the last commit: time never runs backwards from one commit to the next.
    last_updated: Cell<i64>,
}

/// What became of a command.
pub(in crate::store) enum Answered {
    Done(Vec<Committed>),
    Refused(Refusal),
    /// Nothing was done, and why not for now.
    Hindered(Obstacle),
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
        extraction: Extraction,
        draw_secret: impl Fn() -> [u8; 32],
    ) -> Result<Self, Failure> {
        let database = Database::new(connection);
        schema::migrate(&database, draw_secret)?;
        extraction.compare(&database)?;
        let fact = |name: &str| -> Result<i64, Failure> {
            let statement = "SELECT value FROM ledger WHERE name = ?";
            let fact = database.number(statement, [name.into()])?;
            Ok(fact.unwrap_or_default())
        };
        let (sequence, last_updated) = (fact("sequence")?, fact("last_updated")?);
        database.take_charge();
        Ok(Self {
            database,
            extraction,
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
        let types = self.extraction.recorded_types();
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
        self.extraction.recheck_types(&self.database, types)?;
        if applied.is_ok() {
            self.last_updated.set(now);
        } else {
            self.sequence.set(before);
        }
        applied
    }

    fn apply(&self, command: &impl Submitted, now: i64) -> Applied {
        let sequence = self.sequence.get();
        let mut stopped = None;
        let is_foreign = command.definitions() != Text::from(self.extraction.hash());
        let applied = self.database.transaction(|| {
            let commit = Commit {
                database: &self.database,
                extraction: &self.extraction,
                is_foreign,
                now,
                sequence: sequence + 1,
            };
            commit.apply(command).map_err(|stop| match stop {
                Stop::Refused(why) => {
                    stopped = Some(Answered::Refused(why));
                    Failure::from("refused")
                }
                Stop::Hindered(why) => {
                    stopped = Some(Answered::Hindered(why));
                    Failure::from("hindered")
                }
                Stop::Failed(error) => error,
            })
        });
        let answered = match (applied, stopped) {
            (Ok(committed), _) => {
                self.sequence.set(sequence + 1);
                Answered::Done(committed)
            }
            (Err(_), Some(stopped)) => stopped,
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

    /// Runs a SELECT.
    pub(in crate::store) fn select(
        &self,
        Condition { statement, values }: Condition,
        with_bodies: bool,
        budget: &mut Budget,
    ) -> Result<Result<Selected, Obstacle>, Failure> {
        if let Some(obstacle) = self.extraction.obstacle(&statement) {
            return Ok(Err(obstacle));
        }
        let database = &self.database;
        database
            .select_within(statement, &values, with_bodies, budget)
            .map(Ok)
    }

    /// Runs the shortest way.
    pub(in crate::store) fn search(
        &self,
        ways: &[Way],
        with_bodies: bool,
    ) -> Result<Result<Taken, Obstacle>, Failure> {
        let mut statements = ways.iter().map(|way| &way.found.statement);
        let obstacle = statements.find_map(|statement| self.extraction.obstacle(statement));
        if let Some(obstacle) = obstacle {
            return Ok(Err(obstacle));
        }
        let taken = search(&self.database, ways, with_bodies)?;
        taken
            .map(Ok)
            .ok_or_else(|| Failure::from("a search without a way"))
    }

    /// Whether resources have to be indexed anew.
    pub(in crate::store) fn has_to_reindex(&self) -> bool {
        self.extraction.progress().1 > 0
    }

    /// Indexes the next resources anew; whether there are more.
    pub(in crate::store) fn reindex_slice(&self) -> Result<bool, Failure> {
        let more = reindex::slice(&self.database, &self.extraction);
        // Nobody's request pays for it.
        self.database.take_charge();
        more
    }

    /// The database alone, as it is when the server has ended.
    #[cfg(test)]
    pub(in crate::store) fn close(self) -> Connection {
        self.database.close()
    }

    /// Forgets the index rows, for a test.
    pub(in crate::store) fn forget_index(&self) -> Result<(), Failure> {
        let forgotten = reindex::forget(&self.database, &self.extraction);
        self.database.take_charge();
        forgotten
    }
}
