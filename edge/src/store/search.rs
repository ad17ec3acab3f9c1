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
use fhir::search::cost::{MOST_CHANGED, MOST_COUNTED, WINDOWS};
use fhir::search::{After, Changed, Plan, Position, Query, Then, count};
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
    if let Some(after) = &after {
        check_order(partition, query, after).await?;
    }
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

/// Checks that the order of the first page can still be told.
async fn check_order(partition: &Partition, query: &Query, after: &After) -> Result<(), Error> {
    let Some(changed) = Changed::before(query, after) else {
        return Ok(());
    };
    let statement = sql::changed(&changed, partition.dialect());
    let answer = partition.query(&statement, Rows::Plain).await?;
    let count = answer.rows.first().map_or(0, |row| row.integer(0));
    if usize::try_from(count).is_ok_and(|count| count <= MOST_CHANGED) {
        return Ok(());
    }
    let message = format!(
        "More than {MOST_CHANGED} resources have changed since the first page, so their order of then \
         is not known any more. Start again from the first page."
    );
    let issue = Issue::error(IssueType::TooCostly, message).at("ct");
    Err(Error::invalid_because(issue))
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

/// How many resources match.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Number {
    Exact(i64),
    /// Too much would have to be gone through to count them all. A confined caller learns how many
    /// were counted; everybody else, how many there are if the rest is like what was counted.
    Estimate(i64),
}

/// How many resources match.
pub(crate) async fn total(
    partition: &Partition,
    definitions: &'static Definitions,
    grant: &Grant<Search>,
    query: &Query,
) -> Result<Number, Error> {
    partition.check(grant)?;
    let searched = (query, grant.confinement());
    let mut total = 0;
    let mut after = None;
    for _ in 0..WINDOWS {
        let plan = count(definitions, searched, after.as_ref());
        let reply = run(partition, &plan, Rows::Plain).await?;
        let [matches, counted, last] =
            [0, 1, 2].map(|at| reply.rows.first().map_or(0, |row| row.integer(at)));
        total += matches;
        if usize::try_from(counted).is_ok_and(|counted| counted > MOST_COUNTED) {
            return estimate(partition, grant, total, last).await;
        }
        match next(&plan, &reply) {
            Next::Nowhere => return Ok(Number::Exact(total)),
            Next::After(position) => after = Some(position),
        }
    }
    let last = after.map_or(0, |position| position.rid);
    estimate(partition, grant, total, last).await
}

/// The estimate after `counted` matches up to the row id `last`.
async fn estimate(
    partition: &Partition,
    grant: &Grant<Search>,
    counted: i64,
    last: i64,
) -> Result<Number, Error> {
    // How large the store is is not for everybody to know.
    if !grant.confinement().is_everything() {
        return Ok(Number::Estimate(counted));
    }
    let newest = sql::newest(partition.dialect());
    let answer = partition.query(&newest, Rows::Plain).await?;
    let newest = answer.rows.first().map_or(0, |row| row.integer(0));
    Ok(Number::Estimate(extrapolated(counted, last, newest)))
}

/// How many there are up to the row id `newest`, if they are spread as up to `last`.
fn extrapolated(counted: i64, last: i64, newest: i64) -> i64 {
    let whole = i128::from(counted) * i128::from(newest.max(last)) / i128::from(last.max(1));
    i64::try_from(whole).unwrap_or(i64::MAX).max(counted)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn estimates_take_the_rest_to_be_like_what_was_counted() {
        for (counted, last, newest, expected) in [
            (0, 10, 100, 0),
            (5, 10, 100, 50),
            (5, 100, 100, 5),
            // More was created meanwhile than the number of the newest says.
            (5, 100, 90, 5),
            (5, 0, 0, 5),
            (i64::MAX, 1, i64::MAX, i64::MAX),
        ] {
            assert_eq!(extrapolated(counted, last, newest), expected);
        }
    }
}
