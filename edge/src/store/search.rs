//! Searches: one statement each, what confines the caller inside it.

use super::cursor;
use super::partition::{Answer, Partition, Row, Rows};
use crate::auth::Grant;
use crate::error::Error;
use fhir::definitions::Definitions;
use fhir::search::{After, Position, Query, Statement, count, select};
use js_sys::JsString;
use wasm_bindgen::JsValue;

/// The columns of `fhir::search::select`.
mod column {
    pub(super) const ID: usize = 0;
    pub(super) const KEY: usize = 1;
    pub(super) const RID: usize = 2;
}

/// One page of matches.
pub(crate) struct Found {
    pub(crate) entries: Vec<Match>,
    /// The cursor of the next page, if there is one.
    pub(crate) next: Option<String>,
}

/// One match.
pub(crate) struct Match {
    pub(crate) id: String,
    /// The JSON text.
    pub(crate) body: JsString,
}

/// The page of `query` that its cursor names.
///
/// # Errors
/// When the cursor is not one that this server made for this query and caller.
pub(crate) async fn page(
    partition: &Partition,
    definitions: &'static Definitions,
    grant: &Grant,
    query: &Query,
) -> Result<Found, Error> {
    let after = match &query.cursor {
        Some(text) => Some(cursor::open(partition, grant, query, text).await?),
        None => None,
    };
    let limit = query.count.saturating_add(1);
    let statement = select(
        definitions,
        query,
        grant.confinement(),
        after.as_ref(),
        limit,
    );
    let Answer { rows, is_cut } = run(partition, &statement, Rows::WithBodies).await?;
    let more = is_cut || rows.len() > query.count;
    let mut entries = Vec::with_capacity(query.count);
    let mut last = None;
    for row in rows.into_iter().take(query.count) {
        last = Some(position(&row));
        if let (Some(id), Some(body)) = (row.text(column::ID), row.body) {
            entries.push(Match { id, body });
        }
    }
    let next = match last.filter(|_| more) {
        Some(position) => {
            let sequence = after.map_or(partition.charge().sequence, |after| after.sequence);
            let after = After { sequence, position };
            Some(cursor::seal(partition, grant, query, &after).await?)
        }
        None => None,
    };
    Ok(Found { entries, next })
}

fn position(row: &Row) -> Position {
    Position {
        rid: row.integer(column::RID),
        key: row.text(column::KEY),
    }
}

/// How many resources match.
pub(crate) async fn total(
    partition: &Partition,
    definitions: &'static Definitions,
    grant: &Grant,
    query: &Query,
) -> Result<i64, Error> {
    let statement = count(definitions, query, grant.confinement());
    let Answer { rows, .. } = run(partition, &statement, Rows::Plain).await?;
    Ok(rows.first().map_or(0, |row| row.integer(0)))
}

/// The ids of the first two matches, and the statement that found them: what a conditional
/// interaction decides by, and what guards its command.
pub(crate) async fn ids(
    partition: &Partition,
    definitions: &'static Definitions,
    grant: &Grant,
    query: &Query,
) -> Result<(Statement, Vec<String>), Error> {
    let mut statement = select(definitions, query, grant.confinement(), None, 2);
    statement.text = format!("SELECT id FROM ({})", statement.text);
    let Answer { rows, .. } = run(partition, &statement, Rows::Plain).await?;
    let ids = rows.iter().filter_map(|row| row.text(0)).collect();
    Ok((statement, ids))
}

async fn run(partition: &Partition, statement: &Statement, rows: Rows) -> Result<Answer, Error> {
    let values = statement.binds.iter().map(JsValue::from);
    partition.query(&statement.text, values, rows).await
}
