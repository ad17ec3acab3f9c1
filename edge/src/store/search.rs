//! Searches: one statement each, the caller's compartment inside it.

use super::cursor;
use super::partition::Partition;
use crate::auth::Grant;
use crate::error::Error;
use fhir::definitions::Definitions;
use fhir::search::{After, Position, Query, Statement, count, select};
use js_sys::{Array, JsString};
use wasm_bindgen::{JsCast, JsValue};

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
        grant.compartment(),
        after.as_ref(),
        limit,
    );
    let rows = run(partition, &statement).await?;
    let more = usize::try_from(rows.length()).unwrap_or_default() > query.count;
    let mut entries = Vec::with_capacity(query.count);
    let mut last = None;
    for row in rows.iter().take(query.count) {
        let row: Array = row.unchecked_into();
        let Ok(body) = row.get(5).dyn_into::<JsString>() else {
            continue;
        };
        entries.push(Match {
            id: row.get(2).as_string().unwrap_or_default(),
            body,
        });
        last = Some(row);
    }
    let next = match last.filter(|_| more) {
        Some(row) => {
            let sequence = after.map_or(partition.charge().sequence, |after| after.sequence);
            let after = After {
                sequence,
                position: position(&row),
            };
            Some(cursor::seal(partition, grant, query, &after).await?)
        }
        None => None,
    };
    Ok(Found { entries, next })
}

fn position(row: &Array) -> Position {
    let key = row.get(7);
    Position {
        rid: row.get(0).as_f64().unwrap_or_default() as i64,
        key: key
            .as_string()
            .or_else(|| key.as_f64().map(|number| (number as i64).to_string())),
    }
}

/// How many resources match.
pub(crate) async fn total(
    partition: &Partition,
    definitions: &'static Definitions,
    grant: &Grant,
    query: &Query,
) -> Result<i64, Error> {
    let rows = run(partition, &count(definitions, query, grant.compartment())).await?;
    let row: Array = rows.get(0).unchecked_into();
    Ok(row.get(0).as_f64().unwrap_or_default() as i64)
}

/// The ids of the first two matches, and the statement that found them: what a conditional
/// interaction decides by, and what guards its command.
pub(crate) async fn ids(
    partition: &Partition,
    definitions: &'static Definitions,
    grant: &Grant,
    query: &Query,
) -> Result<(Statement, Vec<String>), Error> {
    let mut statement = select(definitions, query, grant.compartment(), None, 2);
    statement.text = format!("SELECT id FROM ({})", statement.text);
    let rows = run(partition, &statement).await?;
    let ids = rows
        .iter()
        .filter_map(|row| row.unchecked_into::<Array>().get(0).as_string());
    let ids = ids.collect();
    Ok((statement, ids))
}

async fn run(partition: &Partition, statement: &Statement) -> Result<Array, Error> {
    partition
        .query(&statement.text, statement.binds.iter().map(JsValue::from))
        .await
}
