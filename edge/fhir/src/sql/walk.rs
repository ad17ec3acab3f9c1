//! Walks and seeks, each a SELECT. That of a walk has the columns `rid, k1, k2`, the two keys being
//! what the search is sorted by. SQLite keeps the order of a subquery that has a LIMIT, so that the
//! statement around it needs no sort.

use super::condition;
use super::confinement::refers_to_member;
use super::date;
use super::sort::walk_sorted;
use super::statement::Sql;
use crate::search::{By, Candidates, Membership, Predicate, Seek, Walk};

/// Adds the SELECT of the next candidates.
pub(super) fn candidates(candidates: &Candidates, sql: &mut Sql) {
    let Candidates {
        resource_type,
        walk,
        after,
        window,
        ..
    } = candidates;
    let start = after.as_ref().map_or(0, |after| after.rid);
    match walk {
        Walk::Run(indexed) => {
            sql.push("SELECT DISTINCT i.rid AS rid, NULL AS k1, NULL AS k2 FROM ");
            sql.push(indexed.criterion.kind().name).push(" i WHERE ");
            condition::rows(indexed.key, &indexed.criterion, sql);
            sql.push(" AND i.rid > ")
                .number(start)
                .push(" ORDER BY i.rid");
        }
        Walk::Set(own) => {
            sql.push("SELECT DISTINCT rid, NULL AS k1, NULL AS k2 FROM (");
            seek(own, sql);
            sql.push(") AS s WHERE rid > ")
                .number(start)
                .push(" ORDER BY rid");
        }
        Walk::Type => {
            of_type("rid, NULL AS k1, NULL AS k2", resource_type, sql);
            sql.push(" AND deleted = 0 AND rid > ").number(start);
            sql.push(" ORDER BY rid");
        }
        Walk::Unsorted(key, kind) => {
            of_type("rid, NULL AS k1, NULL AS k2", resource_type, sql);
            sql.push(" AND deleted = 0 AND rid > ").number(start);
            sql.push(" AND NOT EXISTS (SELECT 1 FROM ").push(kind.name);
            sql.push(" s WHERE s.rid = resource.rid AND s.param = ");
            sql.number(*key).fence().push(" ORDER BY rid");
        }
        Walk::Sorted(sort) => walk_sorted(*sort, resource_type, after.as_ref(), sql),
    }
    sql.limit(*window);
}

/// Adds the SELECT of columns of all resources of a type.
pub(super) fn of_type(columns: &str, resource_type: &str, sql: &mut Sql) {
    sql.push("SELECT ")
        .push(columns)
        .push(" FROM resource WHERE type = ")
        .bind(resource_type);
}

/// Adds the SELECT of one column, `rid`, in which a resource may stand several times.
pub(super) fn seek(Seek { resource_type, by }: &Seek, sql: &mut Sql) {
    match by {
        By::Predicate(Predicate::Id { ids, .. }) => {
            of_type("rid", resource_type, sql);
            sql.push(" AND ").unindexed("deleted");
            sql.push(" = 0 AND id").within(ids);
        }
        By::Predicate(Predicate::LastUpdated(criterion)) => {
            of_type("rid", resource_type, sql);
            sql.push(" AND ").unindexed("deleted").push(" = 0 AND ");
            date::compare(&criterion.in_milliseconds(), sql, ["updated"; 2]);
        }
        By::Predicate(Predicate::Indexed(indexed)) => {
            condition::seek(indexed.key, &indexed.criterion, sql);
        }
        By::Predicate(Predicate::Missing { .. }) => of_type("rid", resource_type, sql),
        By::Members(membership) => members(resource_type, membership, sql),
    }
}

fn members(resource_type: &str, membership: &Membership, sql: &mut Sql) {
    sql.push("SELECT i.rid AS rid FROM reference_index i WHERE i.param IN (");
    sql.numbers(&membership.keys).push(")");
    refers_to_member(membership, sql);
    if membership.is_own_type() {
        sql.push(" UNION ALL ");
        of_type("rid", resource_type, sql);
        sql.push(" AND id = ").bind(membership.id.as_str());
        sql.push(" AND deleted = 0");
    }
}

/// The SELECT of how many rows a seek finds; its last value is the number up to which it counts.
pub(super) fn size(own: &Seek, mut sql: Sql) -> Sql {
    sql.push("SELECT count(*) FROM (SELECT 1 FROM (");
    seek(own, &mut sql);
    sql.push(") AS s LIMIT ").either("?", "CAST(? AS BIGINT)");
    sql.push(") AS s");
    sql
}
