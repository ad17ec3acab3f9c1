//! Applies one command: verifies every condition, then writes every row; all of it or nothing.

use super::{
    Condition, Database, Extraction, Failure, Guard, Submitted, Value, Write, index, reindex,
};
use crate::store::command::{Committed, Outcome, Refusal};
use crate::store::obstacle::Obstacle;
use crate::store::text::Text;
use crate::store::write::Kind;
use fhir::meta::Rendered;
use fhir::types::instant;

/// Why a command stops.
pub(super) enum Stop {
    Refused(Refusal),
    Hindered(Obstacle),
    Failed(Failure),
}

impl From<Failure> for Stop {
    fn from(error: Failure) -> Self {
        Self::Failed(error)
    }
}

/// A resource row as it was before the write.
struct Current {
    rid: i64,
    version: i64,
    updated: i64,
    deleted: bool,
    body: Option<Text>,
    chunks: i64,
}

/// The commit that a command becomes.
#[derive(Clone, Copy)]
pub(super) struct Commit<'a> {
    pub(super) database: &'a Database,
    pub(super) extraction: &'a Extraction,
    /// Whether the command's index rows were made by other definitions than this server's.
    pub(super) is_foreign: bool,
    /// Its time, in milliseconds since 1970.
    pub(super) now: i64,
    pub(super) sequence: i64,
}

impl Commit<'_> {
    pub(super) fn apply(self, command: &impl Submitted) -> Result<Vec<Committed>, Stop> {
        if self.extraction.is_of_other_release() {
            return Err(Stop::Hindered(Obstacle::OtherRelease));
        }
        for guard in command.guards() {
            self.check_guard(guard)?;
        }
        let mut committed = Vec::new();
        for (at, write) in command.writes().enumerate() {
            committed.push(self.write(&write, at)?);
        }
        Ok(committed)
    }

    fn check_guard(self, guard: Guard) -> Result<(), Stop> {
        let Condition { statement, values } = guard.condition;
        self.check_obstacle(&statement)?;
        let statement = Text::join(["SELECT id FROM (".into(), statement, ")".into()]);
        let rows = self.database.rows(statement, values)?;
        let same = rows.len() == guard.ids.len()
            && rows
                .iter()
                .zip(guard.ids)
                .all(|(row, id)| row.get(0).text() == Some(id));
        if same {
            Ok(())
        } else {
            Err(Stop::Refused(Refusal::Changed))
        }
    }

    fn check_obstacle(self, statement: &Text) -> Result<(), Stop> {
        let obstacle = self.extraction.obstacle(statement);
        obstacle.map_or(Ok(()), |obstacle| Err(Stop::Hindered(obstacle)))
    }

    fn write(self, write: &Write, at: usize) -> Result<Committed, Stop> {
        for condition in [&write.confinement, &write.visibility]
            .into_iter()
            .flatten()
        {
            self.check_obstacle(&condition.statement)?;
        }
        let current = self.current(write)?;
        let absent = Committed {
            outcome: Outcome::Absent,
            version: 0,
            updated: self.now,
        };
        if write.kind != Kind::Create && !self.is_within(write, current.as_ref())? {
            // One answer for what is another's, was deleted or never was: whoever may not see a
            // resource learns nothing by changing it, nor by a transaction that fails elsewhere.
            if write.kind == Kind::Update || self.is_seen(write, current.as_ref())? {
                return Err(Stop::Refused(Refusal::Outside { at }));
            }
            check_version(write.if_match, None, at)?;
            return Ok(absent);
        }
        check_version(write.if_match, current.as_ref(), at)?;
        let (committed, rid) = match (write.kind, current) {
            (Kind::Create, Some(_)) => return Err(Stop::Refused(Refusal::Taken { at })),
            (Kind::Create | Kind::Update, None) => self.insert(write)?,
            (Kind::Update, Some(current)) => (self.update(write, &current)?, current.rid),
            (Kind::Delete, None) => return Ok(absent),
            (Kind::Delete, Some(current)) if current.deleted => {
                return Ok(Committed {
                    version: current.version,
                    updated: current.updated,
                    ..absent
                });
            }
            (Kind::Delete, Some(current)) => return Ok(self.delete(&current)?),
        };
        if self.meets(write.confinement.as_ref(), rid)? {
            Ok(committed)
        } else {
            Err(Stop::Refused(Refusal::Outside { at }))
        }
    }

    /// Whether the caller may touch the resource as it is. To a confined caller, what is not there
    /// is no different from what is another's. One that was deleted has no index rows by which that
    /// could be told.
    fn is_within(self, write: &Write, current: Option<&Current>) -> Result<bool, Failure> {
        if write.confinement.is_none() {
            return Ok(true);
        }
        self.is_met_now(write.confinement.as_ref(), current)
    }

    /// Whether a confined caller may see the resource as it is.
    fn is_seen(self, write: &Write, current: Option<&Current>) -> Result<bool, Failure> {
        self.is_met_now(write.visibility.as_ref(), current)
    }

    /// Whether there is a resource and it meets a condition.
    fn is_met_now(
        self,
        condition: Option<&Condition>,
        current: Option<&Current>,
    ) -> Result<bool, Failure> {
        match current {
            Some(current) if !current.deleted => self.meets(condition, current.rid),
            _ => Ok(false),
        }
    }

    /// Whether a resource meets a condition; one that is not set is met by all.
    fn meets(self, condition: Option<&Condition>, rid: i64) -> Result<bool, Failure> {
        let Some(Condition { statement, values }) = condition else {
            return Ok(true);
        };
        let values = values.with_first(rid);
        Ok(self.database.row(statement.clone(), values)?.is_some())
    }

    fn current(self, write: &Write) -> Result<Option<Current>, Failure> {
        let statement = "SELECT rid, version, updated, deleted, body, chunks FROM resource
                         WHERE type = ? AND id = ?";
        let address = [write.resource_type.clone(), write.id.clone()];
        let row = self.database.row(statement, address)?;
        Ok(row.map(|row| {
            let number = |at| row.get(at).integer().unwrap_or_default();
            Current {
                rid: number(0),
                version: number(1),
                updated: number(2),
                deleted: number(3) != 0,
                body: row.get(4).text(),
                chunks: number(5),
            }
        }))
    }

    fn insert(self, write: &Write) -> Result<(Committed, i64), Failure> {
        if let Some(resource_type) = write.resource_type.text() {
            let resource_type = String::from(resource_type);
            self.extraction.record_type(self.database, &resource_type)?;
        }
        let body = body(write, 1, self.now);
        let statement = "INSERT INTO resource(type, id, version, updated, created, committed, method, deleted, chunks, body)
                         VALUES(?1, ?2, 1, ?3, ?4, ?4, ?5, 0, 0, ?6) RETURNING rid";
        let values = [
            write.resource_type.clone(),
            write.id.clone(),
            self.now.into(),
            self.sequence.into(),
            write.kind.method().into(),
            in_row(&body),
        ];
        let rid = self.database.number(statement, values)?.unwrap_or_default();
        self.put_chunks(rid, 1, &body)?;
        self.put_index(write, rid, &body)?;
        self.announce(rid, 1)?;
        Ok((self.committed(Outcome::Created, 1), rid))
    }

    fn update(self, write: &Write, current: &Current) -> Result<Committed, Failure> {
        if !current.deleted && self.is_same(write, current)? {
            return Ok(Committed {
                outcome: Outcome::Unchanged,
                version: current.version,
                updated: current.updated,
            });
        }
        let (rid, version) = (current.rid, current.version + 1);
        self.keep_history(rid)?;
        let body = body(write, version, self.now);
        let statement = "UPDATE resource SET version = ?, updated = ?, committed = ?, method = ?, deleted = 0, chunks = 0, body = ?
                         WHERE rid = ?";
        let values = [
            version.into(),
            self.now.into(),
            self.sequence.into(),
            write.kind.method().into(),
            in_row(&body),
            rid.into(),
        ];
        self.database.run(statement, values)?;
        self.put_chunks(rid, version, &body)?;
        if !current.deleted {
            index::remove(self.database, rid)?;
        }
        self.put_index(write, rid, &body)?;
        self.announce(rid, version)?;
        Ok(self.committed(Outcome::Updated, version))
    }

    fn delete(self, current: &Current) -> Result<Committed, Failure> {
        let (rid, version) = (current.rid, current.version + 1);
        self.keep_history(rid)?;
        let statement = "UPDATE resource SET version = ?, updated = ?, committed = ?, method = ?, deleted = 1, chunks = 0, body = NULL
                         WHERE rid = ?";
        let method = Kind::Delete.method().into();
        let values = [
            version.into(),
            self.now.into(),
            self.sequence.into(),
            method,
            rid.into(),
        ];
        self.database.run(statement, values)?;
        index::remove(self.database, rid)?;
        self.announce(rid, version)?;
        Ok(self.committed(Outcome::Deleted, version))
    }

    fn committed(self, outcome: Outcome, version: i64) -> Committed {
        Committed {
            outcome,
            version,
            updated: self.now,
        }
    }

    /// Whether the content is what is current already: rendered at the current version and time,
    /// it is the same text.
    fn is_same(self, write: &Write, current: &Current) -> Result<bool, Failure> {
        let (rid, version) = (current.rid.into(), current.version.into());
        let stored = if current.chunks > 0 {
            Some(self.database.chunked(rid, version)?)
        } else {
            current.body.clone()
        };
        Ok(stored == Some(body(write, current.version, current.updated)))
    }

    fn keep_history(self, rid: i64) -> Result<(), Failure> {
        let statement = "INSERT INTO history(rid, version, updated, committed, method, chunks, body)
                         SELECT rid, version, updated, committed, method, chunks, body FROM resource WHERE rid = ?";
        self.database.run(statement, [rid.into()])
    }

    /// Index rows are those of this server's definitions, whoever extracted others.
    fn put_index(self, write: &Write, rid: i64, body: &Text) -> Result<(), Failure> {
        if self.is_foreign {
            let rows = reindex::rows(self.extraction, body.clone());
            return index::put(self.database, rid, &rows);
        }
        index::put(self.database, rid, &write.index)
    }

    fn put_chunks(self, rid: i64, version: i64, body: &Text) -> Result<(), Failure> {
        let chunks = self.database.put_chunks(body, rid, version)?;
        if chunks == 0 {
            return Ok(());
        }
        let statement = "UPDATE resource SET chunks = ? WHERE rid = ?";
        self.database.run(statement, [chunks.into(), rid.into()])
    }

    /// Tells the outbox of a new version.
    fn announce(self, rid: i64, version: i64) -> Result<(), Failure> {
        let statement = "INSERT INTO outbox(rid, version) VALUES(?, ?)";
        self.database.run(statement, [rid.into(), version.into()])
    }
}

fn check_version(if_match: Option<i64>, current: Option<&Current>, at: usize) -> Result<(), Stop> {
    match (if_match, current) {
        (None, _) => Ok(()),
        (Some(_), None) => Err(Stop::Refused(Refusal::Missing { at })),
        (Some(wanted), Some(current)) if wanted == current.version => Ok(()),
        (Some(_), Some(current)) => Err(Stop::Refused(Refusal::VersionMismatch {
            at,
            current: current.version,
        })),
    }
}

/// The body as the row holds it: nothing when it will stand in chunks.
fn in_row(body: &Text) -> Value {
    if body.units() > super::database::CHUNK {
        Value::null()
    } else {
        body.clone().into()
    }
}

/// The text of a resource, version and time in their places.
fn body(write: &Write, version: i64, updated: i64) -> Text {
    let middle = format!("{version}{}{}", Rendered::BETWEEN, instant(updated));
    let [head, tail] = write.around.clone();
    Text::join([head, middle.into(), tail])
}
