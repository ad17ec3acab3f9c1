//! Reads of one resource: current, by version, and all its versions.

use super::answer::{Answer, Row, Rows};
use super::edge_cache;
use super::partition::Partition;
use super::text::Text;
use crate::error::Error;
use crate::grant::Grant;
use crate::grant::action::{History, Sees};
use fhir::definitions::Definitions;
use fhir::search::{Access, Confined, Lookup, Versions};
use fhir::sql::{self, Dialect, Sql};

/// How fresh a read must be: `x-ms-consistency-level`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Consistency {
    /// From the ledger: sees every commit that was acknowledged.
    Strong,
    /// From the nearest edge: may miss the last few seconds.
    Eventual,
}

/// A version of a resource.
pub(crate) struct Version {
    pub(crate) version: i64,
    /// When it was made, in milliseconds since 1970.
    pub(crate) updated: i64,
    /// The verb that made it.
    pub(crate) method: String,
    /// The JSON text; `None` for a deletion.
    pub(crate) body: Option<Text>,
}

/// One page of a history, newest first.
pub(crate) struct HistoryPage {
    pub(crate) versions: Vec<Version>,
    /// How many versions there are in all.
    pub(crate) total: i64,
    /// Whether older versions follow.
    pub(crate) more: bool,
}

/// The current version, a deletion included; `None` when there never was one within the grant.
pub(crate) async fn read(
    partition: &Partition,
    definitions: &'static Definitions,
    grant: &Grant<impl Sees>,
    id: &str,
    consistency: Consistency,
) -> Result<Option<Version>, Error> {
    partition.check(grant)?;
    // A confined caller is always answered from the ledger: only there is the compartment known.
    if consistency == Consistency::Eventual && grant.confinement().is_everything() {
        let key = edge_cache::current_key(grant.resource_type(), id);
        if let Some(version) = partition.cached(&key).await {
            return Ok(Some(version));
        }
    }
    let asked = (id, Versions::Current);
    let sql = lookup(definitions, grant, asked, partition.dialect());
    let (rows, _) = run(partition, &sql).await?;
    Ok(rows.into_iter().next())
}

/// One version, current or past. What a confined caller may see is known of current versions only:
/// a past one may have been about somebody else, so it is not there for such a caller.
pub(crate) async fn vread(
    partition: &Partition,
    definitions: &'static Definitions,
    grant: &Grant<impl Sees>,
    id: &str,
    version: i64,
    consistency: Consistency,
) -> Result<Option<Version>, Error> {
    partition.check(grant)?;
    if consistency == Consistency::Eventual && grant.confinement().is_everything() {
        let key = edge_cache::version_key(grant.resource_type(), id, version);
        if let Some(version) = partition.cached(&key).await {
            return Ok(Some(version));
        }
    }
    let asked = (id, Versions::Number(version));
    let sql = lookup(definitions, grant, asked, partition.dialect());
    let (rows, _) = run(partition, &sql).await?;
    Ok(rows.into_iter().next())
}

/// The versions below `before`, newest first.
pub(crate) async fn history(
    partition: &Partition,
    definitions: &'static Definitions,
    grant: &Grant<History>,
    id: &str,
    before: Option<i64>,
    count: usize,
) -> Result<Option<HistoryPage>, Error> {
    partition.check(grant)?;
    let before = before.unwrap_or(i64::MAX >> 11);
    let below = Versions::Below {
        version: before,
        limit: count.saturating_add(1),
    };
    let asked = [Versions::Current, below];
    let asked =
        asked.map(|versions| lookup(definitions, grant, (id, versions), partition.dialect()));
    let answers = partition.query_all(&asked, Rows::WithBodies).await?;
    let Ok([current, page]) = <[Answer; 2]>::try_from(answers) else {
        return Err(Error::Bug("two queries have two answers".into()));
    };
    let Some(current) = current.rows.first() else {
        return Ok(None);
    };
    let (mut versions, is_cut) = versions(page);
    let more = is_cut || versions.len() > count;
    versions.truncate(count);
    // Versions have no gaps, so the current number is the number of versions.
    let total = if grant.confinement().is_everything() {
        current.integer(3)
    } else {
        1
    };
    Ok(Some(HistoryPage {
        versions,
        total,
        more,
    }))
}

/// The question about some versions of a resource of the grant's type.
fn lookup(
    definitions: &'static Definitions,
    grant: &Grant<impl Sees>,
    (id, versions): (&str, Versions),
    dialect: Dialect,
) -> Sql {
    let resource_type = grant.resource_type();
    let confined = Confined::new(
        definitions,
        resource_type,
        grant.confinement(),
        Access::Read,
    );
    let asked = Lookup {
        resource_type,
        id,
        confined,
        sees_past: grant.confinement().is_everything(),
        versions,
    };
    sql::lookup(&asked, dialect)
}

/// The versions that a statement finds, and whether some were left out to keep the answer short.
async fn run(partition: &Partition, sql: &Sql) -> Result<(Vec<Version>, bool), Error> {
    Ok(versions(partition.query(sql, Rows::WithBodies).await?))
}

fn versions(Answer { rows, is_cut }: Answer) -> (Vec<Version>, bool) {
    (rows.into_iter().map(version).collect(), is_cut)
}

fn version(row: Row) -> Version {
    Version {
        updated: row.integer(0),
        method: row.text(1).unwrap_or_default(),
        version: row.integer(3),
        body: row.body,
    }
}
