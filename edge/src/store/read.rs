//! Reads of one resource: current, by version, and all its versions.

use super::answer::{Answer, Row, Rows};
use super::edge_cache;
use super::partition::Partition;
use super::text::Text;
use crate::error::Error;
use crate::grant::Grant;
use crate::grant::action::{History, Sees};
use fhir::definitions::Definitions;
use fhir::search::{Access, Sql, confine};

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

const COLUMNS: [&str; 6] = ["updated", "method", "rid", "version", "body", "chunks"];

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
    let mut sql = select("r");
    from_current(definitions, grant, id, &mut sql);
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
    let mut sql = select("r");
    from_current(definitions, grant, id, &mut sql);
    sql.push(" AND r.version = ").number(version);
    if grant.confinement().is_everything() {
        sql.push(" UNION ALL ").append(&select("h"));
        from_history(definitions, grant, id, &mut sql);
        sql.push(" AND h.version = ").number(version);
    }
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
    let mut current = Sql::default();
    current.push("SELECT 0, 0, 0, r.version, NULL, 0");
    from_current(definitions, grant, id, &mut current);
    let before = before.unwrap_or(i64::MAX >> 11);
    let mut sql = Sql::default();
    sql.push("SELECT * FROM (").append(&select("r"));
    from_current(definitions, grant, id, &mut sql);
    let sees_all = grant.confinement().is_everything();
    if sees_all {
        sql.push(" UNION ALL ").append(&select("h"));
        from_history(definitions, grant, id, &mut sql);
    }
    sql.push(") WHERE version < ").number(before);
    sql.push(" ORDER BY version DESC LIMIT ");
    sql.number(i64::try_from(count).unwrap_or(i64::MAX).saturating_add(1));
    let asked = [current, sql];
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
    let total = if sees_all { current.integer(3) } else { 1 };
    Ok(Some(HistoryPage {
        versions,
        total,
        more,
    }))
}

fn select(table: &str) -> Sql {
    let mut sql = Sql::default();
    for (at, column) in COLUMNS.iter().enumerate() {
        sql.push(if at == 0 { "SELECT " } else { ", " });
        sql.push(table).push(".").push(column);
    }
    sql
}

fn from_current(
    definitions: &'static Definitions,
    grant: &Grant<impl Sees>,
    id: &str,
    sql: &mut Sql,
) {
    sql.push(" FROM resource r");
    of(definitions, grant, id, sql);
}

fn from_history(
    definitions: &'static Definitions,
    grant: &Grant<impl Sees>,
    id: &str,
    sql: &mut Sql,
) {
    sql.push(" FROM resource r JOIN history h ON h.rid = r.rid");
    of(definitions, grant, id, sql);
}

fn of(definitions: &'static Definitions, grant: &Grant<impl Sees>, id: &str, sql: &mut Sql) {
    let resource_type = grant.resource_type();
    sql.push(" WHERE r.type = ").bind(resource_type);
    sql.push(" AND r.id = ").bind(id);
    confine(
        definitions,
        resource_type,
        grant.confinement(),
        Access::Read,
        sql,
    );
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
