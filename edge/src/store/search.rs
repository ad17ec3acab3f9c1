//! Searches: what confines the caller inside every statement, and a bound on what one search does.

use super::answer::{Reply, Row, Rows};
use super::cursor;
use super::partition::Partition;
use super::text::Text;
use crate::error::Error;
use crate::grant::Grant;
use crate::grant::action::Search;
use fhir::definitions::Definitions;
use fhir::outcome::{Issue, IssueType};
use fhir::search::cost::{MOST_COUNTED, WINDOWS};
use fhir::search::{After, Plan, Position, Query, Then, count};
use fhir::sql::{self, Sql};

/// The columns of `fhir::sql::way`.
mod column {
    pub(super) const ID: usize = 0;
    pub(super) const KEYS: [usize; 2] = [1, 2];
    pub(super) const RID: usize = 3;
}

/// The most rows that the searches of one request may read.
const MAX_ROWS_READ: i64 = 2_000_000;

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
    pub(crate) body: Text,
}

/// Where a search goes on after a window of candidates.
enum Next {
    /// Nowhere: all matches were found.
    Nowhere,
    /// After this candidate, matching or not.
    After(Position),
}

/// The page of `query` that its cursor names. A page may be shorter than it could be, with another
/// one to follow, when much has to be gone through for it.
///
/// # Errors
/// When the cursor is not one that this server made for this query and caller, and when nothing was
/// found in as much as one search may go through.
pub(crate) async fn page(
    partition: &Partition,
    definitions: &'static Definitions,
    grant: &Grant<Search>,
    query: &Query,
) -> Result<Found, Error> {
    partition.check(grant)?;
    let mut after = match &query.cursor {
        Some(text) => Some(cursor::open(partition, grant, query, text).await?),
        None => None,
    };
    let mut rows: Vec<Row> = Vec::new();
    let mut goes_on = None;
    for window in 1.. {
        let limit = query.count.saturating_add(1).saturating_sub(rows.len());
        let searched = (query, grant.confinement());
        let plan = fhir::search::page(definitions, searched, after.as_ref(), limit, true);
        let reply = run(partition, &plan, Rows::WithBodies).await?;
        let next = next(&plan, &reply);
        let sequence = after.map_or(partition.charge().sequence, |after| after.sequence);
        rows.extend(reply.rows);
        if reply.is_cut || rows.len() > query.count {
            let last = rows.get(..query.count).unwrap_or(&rows).last();
            goes_on = last.map(|row| After {
                sequence,
                position: position(row),
            });
            break;
        }
        let Next::After(position) = next else {
            break;
        };
        let next = After { sequence, position };
        // The resources without a value to sort by are another way, not another window of this.
        if window >= WINDOWS && next.position != Position::unsorted() {
            if rows.is_empty() && query.cursor.is_none() {
                return Err(too_costly(definitions, query));
            }
            goes_on = Some(next);
            break;
        }
        after = Some(next);
    }
    let next = match goes_on {
        Some(after) => Some(cursor::seal(partition, grant, query, &after).await?),
        None => None,
    };
    let entries = rows.into_iter().take(query.count).filter_map(|row| {
        Some(Match {
            id: row.text(column::ID)?,
            body: row.body?,
        })
    });
    Ok(Found {
        entries: entries.collect(),
        next,
    })
}

fn position(row: &Row) -> Position {
    let [first, second] = column::KEYS.map(|column| row.text(column));
    Position {
        rid: row.integer(column::RID),
        keys: first.zip(second),
    }
}

fn next(plan: &Plan, reply: &Reply) -> Next {
    let way = plan.ways.get(reply.way);
    match (&reply.edge, way.map(|way| way.then)) {
        (Some(edge), _) => {
            let [first, second] = [0, 1].map(|column| edge.text(column));
            Next::After(Position {
                rid: edge.integer(2),
                keys: first.zip(second),
            })
        }
        (None, Some(Then::Unsorted)) => Next::After(Position::unsorted()),
        (None, _) => Next::Nowhere,
    }
}

/// How many resources match; `None` when there is too much to be gone through to count them.
pub(crate) async fn total(
    partition: &Partition,
    definitions: &'static Definitions,
    grant: &Grant<Search>,
    query: &Query,
) -> Result<Option<i64>, Error> {
    partition.check(grant)?;
    let searched = (query, grant.confinement());
    let mut total = 0;
    let mut after = None;
    for _ in 0..WINDOWS {
        let plan = count(definitions, searched, after.as_ref());
        let reply = run(partition, &plan, Rows::Plain).await?;
        let [matches, counted] =
            [0, 1].map(|at| reply.rows.first().map_or(0, |row| row.integer(at)));
        if usize::try_from(counted).is_ok_and(|counted| counted > MOST_COUNTED) {
            return Ok(None);
        }
        total += matches;
        match next(&plan, &reply) {
            Next::Nowhere => return Ok(Some(total)),
            Next::After(position) => after = Some(position),
        }
    }
    Ok(None)
}

/// The ids of the first two matches, and the statement that found them: what a conditional
/// interaction decides by, and what guards its command.
///
/// # Errors
/// When the condition is not selective enough to be held at the commit.
pub(crate) async fn ids(
    partition: &Partition,
    definitions: &'static Definitions,
    grant: &Grant<Search>,
    query: &Query,
) -> Result<(Sql, Vec<String>), Error> {
    partition.check(grant)?;
    let searched = (query, grant.confinement());
    let plan = |is_bounded| fhir::search::page(definitions, searched, None, 2, is_bounded);
    let bounded = plan(true);
    let reply = run(partition, &bounded, Rows::Plain).await?;
    let ids: Vec<String> = reply.rows.iter().filter_map(|row| row.text(0)).collect();
    if ids.len() < 2 && matches!(next(&bounded, &reply), Next::After(_)) {
        return Err(too_costly(definitions, query));
    }
    let to_the_end = plan(false);
    let way = to_the_end.ways.get(reply.way);
    let statement = way.map(|way| sql::ids(way, partition.dialect()));
    let statement =
        statement.ok_or_else(|| Error::Bug("the store took no way of the plan".into()))?;
    Ok((statement, ids))
}

async fn run(partition: &Partition, plan: &Plan, rows: Rows) -> Result<Reply, Error> {
    if partition.charge().rows_read > MAX_ROWS_READ {
        let message = format!(
            "The searches of this request read more than {MAX_ROWS_READ} rows together; send them \
             in several requests."
        );
        return Err(Error::invalid_because(Issue::error(
            IssueType::TooCostly,
            message,
        )));
    }
    let ways = plan.ways.iter();
    let ways: Vec<_> = ways.map(|way| sql::way(way, partition.dialect())).collect();
    partition.search(&ways, rows).await
}

/// A search that nothing selective drives.
fn too_costly(definitions: &'static Definitions, query: &Query) -> Error {
    let of_type = |code: &&str| {
        definitions
            .search_parameter(query.resource_type, code)
            .is_some()
    };
    let codes = ["patient", "subject", "identifier", "_id"];
    let codes: Vec<String> = codes
        .iter()
        .filter(|code| of_type(code))
        .map(|code| format!("`{code}`"))
        .collect();
    let message = format!(
        "Nothing was found among as many resources as one search goes through. Add a parameter \
         that leaves fewer of them, such as {}.",
        codes.join(" or ")
    );
    Error::invalid_because(Issue::error(IssueType::TooCostly, message))
}
