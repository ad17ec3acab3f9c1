//! An engine in this process, for native tests: the ledger's statements on SQLite in memory.

use super::answer::{Answer, Charge, Reply, Row, Rows};
use super::command::{self, Command, Committed, Refusal};
use super::sqlite::{
    Answered, Budget, Condition, Connection, Extraction, Failure, Found, Guard, Selected, Size,
    Store, Submitted, Value, Values, Way, Write,
};
use super::text::Text;
use super::write;
use crate::error::Error;
use fhir::definitions::Definitions;
use fhir::sql::{self, Sql};
use std::cell::Cell;

/// The time of the first commit, in milliseconds since 1970.
pub(super) const BEGAN: i64 = 1_800_000_000_000;

/// A store in memory, and its clock, which goes on by a second with every command.
pub(super) struct Memory {
    store: Store,
    now: Cell<i64>,
}

impl Memory {
    /// A store in a database, as it is when the server starts.
    pub(super) fn open(
        connection: Connection,
        definitions: &'static Definitions,
    ) -> Result<Self, Failure> {
        let extraction = Extraction::new(definitions);
        Ok(Self {
            store: Store::open(connection, extraction, || [7; 32])?,
            now: Cell::new(BEGAN),
        })
    }

    pub(super) fn store(&self) -> &Store {
        &self.store
    }

    /// Ends the server; what stays is the database.
    pub(super) fn close(self) -> Connection {
        self.store.close()
    }

    fn charge(&self, rows_read: i64, rows_written: i64) -> Charge {
        Charge {
            sequence: self.store.sequence(),
            rows_read,
            rows_written,
        }
    }

    pub(super) fn query(&self, statement: &Sql, rows: Rows) -> Result<(Charge, Answer), Error> {
        let (charge, mut answers) = self.query_some(std::slice::from_ref(statement), rows)?;
        let answer = answers.pop();
        let answer = answer.ok_or_else(|| Error::Bug("no statement was answered".into()))?;
        Ok((charge, answer))
    }

    pub(super) fn query_some(
        &self,
        statements: &[Sql],
        rows: Rows,
    ) -> Result<(Charge, Vec<Answer>), Error> {
        let mut budget = Budget::new();
        let (mut answers, mut read) = (Vec::new(), 0);
        for statement in statements {
            if !budget.is_left() {
                break;
            }
            let with_bodies = rows == Rows::WithBodies;
            let selected = self
                .store
                .select(condition(statement), with_bodies, &mut budget);
            let selected = selected.map_err(Error::Bug)??;
            if selected.is_cut && !answers.is_empty() {
                break;
            }
            read += selected.read;
            answers.push(Answer {
                rows: found(&selected.rows, rows),
                is_cut: selected.is_cut,
            });
        }
        Ok((self.charge(read, 0), answers))
    }

    pub(super) fn search(&self, ways: &[sql::Way], rows: Rows) -> Result<(Charge, Reply), Error> {
        let ways: Vec<Way> = ways.iter().map(way).collect();
        let taken = self.store.search(&ways, rows == Rows::WithBodies);
        let taken = taken.map_err(Error::Bug)??;
        let Selected {
            rows: selected,
            read,
            is_cut,
        } = taken.selected;
        let reply = Reply {
            way: taken.way,
            rows: found(&selected, rows),
            is_cut,
            edge: taken.edge.map(|edge| row(&edge, Rows::Plain)),
        };
        Ok((self.charge(read, 0), reply))
    }

    pub(super) fn apply(
        &self,
        command: &Command,
    ) -> Result<(Charge, Result<Vec<Committed>, Refusal>), Error> {
        self.now.set(self.now.get() + 1000);
        let applied = self.store.apply_all(&[command], self.now.get());
        let mut applied = applied.map_err(Error::Bug)?;
        let applied = applied
            .pop()
            .ok_or_else(|| Error::Bug("no command was answered".into()))?;
        let charge = Charge {
            sequence: applied.sequence,
            rows_read: applied.rows_read,
            rows_written: applied.rows_written,
        };
        match applied.answered {
            Answered::Done(committed) => Ok((charge, Ok(committed))),
            Answered::Refused(refusal) => Ok((charge, Err(refusal))),
            Answered::Hindered(obstacle) => Err(obstacle.into()),
            Answered::Failed(error) => Err(Error::Bug(error)),
        }
    }

    pub(super) fn root_secret(&self) -> Result<Vec<u8>, Error> {
        self.store.root_secret().map_err(Error::Bug)
    }
}

fn condition(sql: &Sql) -> Condition {
    Condition {
        statement: sql.text.as_str().into(),
        values: values(sql),
    }
}

fn values(sql: &Sql) -> Values {
    let values = sql.binds.iter();
    values.map(|value| Value::from(value.as_str())).collect()
}

fn way(way: &sql::Way) -> Way {
    let number = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    Way {
        size: match &way.size {
            sql::Size::Few => Size::Few,
            sql::Size::Counted(sql) => Size::Counted(condition(sql)),
            sql::Size::Unknown => Size::Unknown,
        },
        most: number(way.most),
        found: condition(&way.found),
        edge: way.edge.as_ref().map(condition),
        limit: number(way.limit),
        window: number(way.window.unwrap_or(usize::MAX)),
    }
}

fn found(found: &Found, rows: Rows) -> Vec<Row> {
    found.iter().map(|found| row(&found, rows)).collect()
}

fn row(found: &super::sqlite::Row, rows: Rows) -> Row {
    let body_at = match rows {
        Rows::WithBodies => found.columns().checked_sub(2),
        Rows::Plain => None,
    };
    let columns = (0..found.columns()).map(|at| {
        let value = found.get(at);
        match (value.integer(), value.text()) {
            (Some(number), _) => number.into(),
            (None, Some(text)) if Some(at) != body_at => String::from(text).into(),
            _ => serde_json::Value::Null,
        }
    });
    let columns = columns.collect();
    Row::new(columns, body_at.and_then(|at| found.get(at).text()))
}

impl Submitted for Command {
    fn definitions(&self) -> Text {
        Command::definitions(self).into()
    }

    fn guards(&self) -> impl Iterator<Item = Guard> {
        self.guards.iter().map(|guard: &command::Guard| Guard {
            condition: condition(&guard.statement),
            ids: guard.ids.iter().map(|id| id.as_str().into()).collect(),
        })
    }

    fn writes(&self) -> impl Iterator<Item = Write> {
        self.writes.iter().map(|write: &write::Write| {
            let (around, index) = match &write.content {
                Some((rendered, rows)) => (
                    [&rendered.head, &rendered.tail].map(|text| Text::from(text.as_str())),
                    rows.tables.iter().map(|arrays| texts(arrays)).collect(),
                ),
                None => (["", ""].map(Text::from), Vec::new()),
            };
            Write {
                kind: write.kind,
                resource_type: write.resource_type.into(),
                id: write.id.as_str().into(),
                if_match: write.if_match,
                around,
                index,
                confinement: write.confinement.as_ref().map(condition),
                visibility: write.visibility.as_ref().map(condition),
            }
        })
    }
}

fn texts(arrays: &[String]) -> Vec<Text> {
    arrays.iter().map(|array| array.as_str().into()).collect()
}
