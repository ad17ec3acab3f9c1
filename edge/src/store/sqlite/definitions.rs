//! Which definitions the index rows were made by. When they are not those of this server, the
//! parameters that differ are incomplete until all resources of their types are indexed anew, and no
//! statement that needs one of them is run.

use super::{Database, Failure};
use crate::store::obstacle::Obstacle;
use crate::store::text::Text;
use fhir::definitions::Definitions;
use fhir::search::{definitions_hash, indexed, keys};
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};

/// The types that are there, found by seeking from one to the next.
const TYPES: &str = "
    WITH RECURSIVE present(type) AS (
        SELECT min(type) FROM resource
        UNION ALL SELECT (SELECT min(type) FROM resource r WHERE r.type > present.type)
        FROM present WHERE present.type IS NOT NULL
    ) SELECT type FROM present WHERE type IS NOT NULL";

/// What the server and the store know of each other.
pub(in crate::store) struct Extraction {
    pub(super) definitions: &'static Definitions,
    /// Whether the resources are of another release.
    is_foreign: Cell<bool>,
    /// The types whose parameters are recorded.
    recorded: RefCell<BTreeSet<String>>,
    /// The keys of parameters that no statement may use, with their names.
    incomplete: RefCell<BTreeMap<u32, String>>,
    /// Up to which row id resources are indexed anew, and the last row id.
    progress: Cell<(i64, i64)>,
}

impl Extraction {
    pub(in crate::store) fn new(definitions: &'static Definitions) -> Self {
        Self {
            definitions,
            is_foreign: Cell::default(),
            recorded: RefCell::default(),
            incomplete: RefCell::default(),
            progress: Cell::default(),
        }
    }

    /// The definitions, as commands name them.
    pub(in crate::store) fn hash(&self) -> &'static str {
        definitions_hash(self.definitions)
    }

    /// Compares what is recorded with the definitions of this server.
    pub(super) fn compare(&self, database: &Database) -> Result<(), Failure> {
        let release = self.definitions.release().to_string();
        let held = fact(database, "release")?;
        let is_empty = database
            .row("SELECT 1 FROM resource LIMIT 1", [])?
            .is_none();
        let differs = held.as_ref().is_some_and(|held| *held != release);
        self.is_foreign.set(differs && !is_empty);
        if self.is_foreign.get() {
            return Ok(());
        }
        if fact(database, "definitions")?.as_deref() != Some(self.hash()) {
            database.transaction(|| self.record_changes(database, &release))?;
        }
        self.load(database)
    }

    /// Records the definitions of this server; parameters that differ become incomplete.
    fn record_changes(&self, database: &Database, release: &str) -> Result<(), Failure> {
        let types = database.rows(TYPES, [])?;
        for row in types.iter() {
            let resource_type = text(row.get(0).text());
            let statement = "SELECT code, fingerprint FROM parameter WHERE type = ?";
            let recorded = database.rows(statement, [resource_type.as_str().into()])?;
            let mut recorded: BTreeMap<String, String> = recorded
                .iter()
                .map(|row| (text(row.get(0).text()), text(row.get(1).text())))
                .collect();
            for parameter in indexed(self.definitions, &resource_type) {
                let before = recorded.remove(parameter.code);
                if before.as_deref() != Some(&parameter.fingerprint) {
                    put(
                        database,
                        &resource_type,
                        parameter.code,
                        &parameter.fingerprint,
                    )?;
                }
            }
            // What there is no definition of any more goes when its rows have gone.
            for code in recorded.keys() {
                put(database, &resource_type, code, "")?;
            }
        }
        let statement = "INSERT INTO reindex(id, position, last)
            SELECT 1, 0, (SELECT max(rid) FROM resource)
            WHERE EXISTS (SELECT 1 FROM parameter WHERE complete = 0)
            ON CONFLICT(id) DO UPDATE SET position = 0, last = excluded.last";
        database.run(statement, [])?;
        set_fact(database, "definitions", self.hash())?;
        set_fact(database, "release", release)
    }

    /// Learns what is recorded.
    pub(super) fn load(&self, database: &Database) -> Result<(), Failure> {
        let types = database.rows("SELECT DISTINCT type FROM parameter", [])?;
        let types = types.iter().map(|row| text(row.get(0).text()));
        self.recorded.replace(types.collect());
        let statement = "SELECT type, code FROM parameter WHERE complete = 0";
        let mut incomplete = BTreeMap::new();
        for row in database.rows(statement, [])?.iter() {
            let (resource_type, code) = (text(row.get(0).text()), text(row.get(1).text()));
            for key in keys(&resource_type, &code) {
                incomplete.insert(key, format!("{resource_type}.{code}"));
            }
        }
        self.incomplete.replace(incomplete);
        let row = database.row("SELECT position, last FROM reindex", [])?;
        let number = |at| row.as_ref().and_then(|row| row.get(at).integer());
        self.progress
            .set((number(0).unwrap_or_default(), number(1).unwrap_or_default()));
        Ok(())
    }

    /// The types of incomplete parameters.
    pub(super) fn incomplete_types(&self) -> Vec<String> {
        let incomplete = self.incomplete.borrow();
        let types = incomplete
            .values()
            .filter_map(|name| name.split('.').next());
        let types: BTreeSet<&str> = types.collect();
        types.into_iter().map(str::to_owned).collect()
    }

    pub(super) fn progress(&self) -> (i64, i64) {
        self.progress.get()
    }

    pub(super) fn set_position(&self, position: i64) {
        let (_, last) = self.progress.get();
        self.progress.set((position, last));
    }

    /// Records the parameters of a type before its first resource is stored. They are complete: there
    /// is nothing that they could miss.
    pub(super) fn record_type(
        &self,
        database: &Database,
        resource_type: &str,
    ) -> Result<(), Failure> {
        if self.recorded.borrow().contains(resource_type) {
            return Ok(());
        }
        let statement = "INSERT OR IGNORE INTO parameter(type, code, fingerprint, complete)
            VALUES(?, ?, ?, 1)";
        for parameter in indexed(self.definitions, resource_type) {
            let fingerprint = parameter.fingerprint.as_str();
            let values = [
                resource_type.into(),
                parameter.code.into(),
                fingerprint.into(),
            ];
            database.run(statement, values)?;
        }
        self.recorded.borrow_mut().insert(resource_type.to_owned());
        Ok(())
    }

    /// Forgets which types are recorded: the transaction that recorded one may have been undone.
    pub(super) fn recheck_types(&self, database: &Database, before: usize) -> Result<(), Failure> {
        if self.recorded.borrow().len() == before {
            return Ok(());
        }
        self.load(database)
    }

    pub(super) fn recorded_types(&self) -> usize {
        self.recorded.borrow().len()
    }

    /// Whether the resources are of another release than the definitions.
    pub(super) fn is_of_other_release(&self) -> bool {
        self.is_foreign.get()
    }

    /// What keeps a statement from being run. Keys of parameters are written into statements as
    /// numbers, so a statement says itself what it needs; normally there is nothing to look for.
    pub(super) fn obstacle(&self, statement: &Text) -> Option<Obstacle> {
        if self.is_foreign.get() {
            return Some(Obstacle::OtherRelease);
        }
        let incomplete = self.incomplete.borrow();
        if incomplete.is_empty() {
            return None;
        }
        let statement = String::from(statement.clone());
        let numbers = statement.split(|c: char| !c.is_ascii_digit());
        let keys = numbers.filter_map(|number| number.parse().ok());
        let parameter = keys.filter_map(|key: u32| incomplete.get(&key)).next()?;
        let (done, total) = self.progress.get();
        Some(Obstacle::Rebuilding {
            parameter: parameter.clone(),
            done,
            total,
        })
    }
}

fn text(text: Option<Text>) -> String {
    text.map(String::from).unwrap_or_default()
}

fn put(
    database: &Database,
    resource_type: &str,
    code: &str,
    fingerprint: &str,
) -> Result<(), Failure> {
    let statement = "INSERT INTO parameter(type, code, fingerprint, complete) VALUES(?, ?, ?, 0)
        ON CONFLICT(type, code) DO UPDATE SET fingerprint = excluded.fingerprint, complete = 0";
    database.run(
        statement,
        [resource_type.into(), code.into(), fingerprint.into()],
    )
}

fn fact(database: &Database, name: &str) -> Result<Option<String>, Failure> {
    let row = database.row("SELECT value FROM ledger WHERE name = ?", [name.into()])?;
    Ok(row.and_then(|row| row.get(0).text()).map(String::from))
}

pub(super) fn set_fact(database: &Database, name: &str, value: &str) -> Result<(), Failure> {
    let statement = "INSERT INTO ledger(name, value) VALUES(?, ?)
        ON CONFLICT(name) DO UPDATE SET value = excluded.value";
    database.run(statement, [name.into(), value.into()])
}
