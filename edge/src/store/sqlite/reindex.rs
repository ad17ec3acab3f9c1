//! Indexes stored resources anew, slice by slice: between two slices requests are served, and what
//! was done is kept whatever happens to the object.

use super::definitions::{Extraction, set_fact};
use super::{Budget, Database, Failure, index};
use crate::store::text::Text;
use fhir::search::{INDEX_KINDS, extract};

/// How many row ids a slice goes through, and how many resources of incomplete types at the most.
const WINDOW: i64 = 2000;
const RESOURCES: i64 = 20;
/// How many UTF-16 units of JSON a slice reads, unless it is one resource.
const UNITS: u32 = 200_000;

const NEXT: &str = "
    SELECT r.rid, r.rid, r.version, r.body, r.chunks FROM resource r
    WHERE r.rid > ? AND r.rid <= ? AND r.deleted = 0
        AND r.type IN (SELECT value FROM json_each(?))
    ORDER BY r.rid LIMIT ?";

/// The rows of a resource, for each kind JSON arrays of them, made by the definitions of this server.
pub(super) fn rows(extraction: &Extraction, body: Text) -> Vec<Vec<Text>> {
    let body = String::from(body);
    // What is stored was parsed before it was stored.
    let Ok(resource) = fhir::json::parse(body.as_bytes()) else {
        return Vec::new();
    };
    let rows = extract(extraction.definitions, &resource);
    let texts = |arrays: Vec<String>| arrays.into_iter().map(Text::from).collect();
    rows.tables.into_iter().map(texts).collect()
}

/// Indexes the next resources anew; whether there are more.
pub(super) fn slice(database: &Database, extraction: &Extraction) -> Result<bool, Failure> {
    let (position, last) = extraction.progress();
    if position >= last {
        database.transaction(|| finish(database))?;
        extraction.load(database)?;
        return Ok(false);
    }
    let position = database.transaction(|| {
        let types = serde_json::json!(extraction.incomplete_types()).to_string();
        let end = (position + WINDOW).min(last);
        let values = [
            position.into(),
            end.into(),
            types.as_str().into(),
            RESOURCES.into(),
        ];
        let mut budget = Budget::of(UNITS);
        let found = database.select_within(NEXT.into(), &values.into(), true, &mut budget)?;
        let mut reached = end;
        for row in found.rows.iter() {
            let rid = row.get(0).integer().unwrap_or_default();
            let Some(body) = row.get(3).text() else {
                continue;
            };
            index::remove(database, rid)?;
            index::put(database, rid, &rows(extraction, body))?;
            reached = rid;
        }
        // A full slice goes on behind its last resource, any other one behind its window.
        let is_full = found.is_cut || found.rows.len() as i64 == RESOURCES;
        let position = if is_full { reached } else { end };
        database.run("UPDATE reindex SET position = ?", [position.into()])?;
        Ok(position)
    })?;
    extraction.set_position(position);
    Ok(true)
}

/// All parameters are complete.
fn finish(database: &Database) -> Result<(), Failure> {
    database.run("DELETE FROM parameter WHERE fingerprint = ''", [])?;
    database.run("UPDATE parameter SET complete = 1 WHERE complete = 0", [])?;
    database.run("DELETE FROM reindex", [])
}

/// Forgets the index rows and what they were made by: tests show that they come back.
pub(super) fn forget(database: &Database, extraction: &Extraction) -> Result<(), Failure> {
    database.transaction(|| {
        for kind in INDEX_KINDS {
            database.run(format!("DELETE FROM {}", kind.name), [])?;
        }
        let statement = "UPDATE parameter SET fingerprint = 'forgotten'";
        database.run(statement, [])?;
        set_fact(database, "definitions", "forgotten")
    })?;
    extraction.compare(database)
}
