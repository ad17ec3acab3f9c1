//! Walks: ways to go through the resources that may match, in an order that can be continued after
//! any of them. A window bounds how many one statement goes through, whatever it finds.
//!
//! Each is a SELECT of `rid, k1, k2`, the two keys being what the search is sorted by. SQLite keeps
//! the order of a subquery that has a LIMIT, so that the statement around it needs no sort.

use super::condition::{Compartment, rows};
use super::kind::{Criterion, IndexKind};
use super::plan::Position;
use super::predicate::Predicate;
use super::query::{Sort, SortKey};
use super::sql::Sql;
use crate::definitions::Definitions;

/// The type that is searched.
#[derive(Clone, Copy)]
pub(super) struct Searched {
    pub(super) definitions: &'static Definitions,
    pub(super) resource_type: &'static str,
}

/// What an index finds by seeking: few rows, whatever the size of the store.
#[derive(Clone, Copy, Debug)]
pub(super) enum Seek<'a> {
    /// The resources that meet a predicate.
    Predicate(&'a Predicate),
    /// The members of a compartment.
    Members(&'a Compartment),
}

/// A way through the resources that may match.
#[derive(Clone, Copy, Debug)]
pub(super) enum Walk<'a> {
    /// Rows of an index that are in the order of resources.
    Run(u32, &'a Criterion),
    /// What an index finds, put into the order of resources.
    Set(Seek<'a>),
    /// All resources of the type, in the order in which they were created.
    Type,
    /// All that have a value to sort by, in its order.
    Sorted(Sort),
    /// All that have no value to sort by.
    Unsorted(u32, &'static IndexKind),
}

impl<'a> Seek<'a> {
    /// The seek by a predicate, where an index can find what meets it.
    pub(super) fn by(predicate: &'a Predicate) -> Option<Self> {
        let seeks = match predicate {
            Predicate::Id { negated, .. } => !negated,
            Predicate::LastUpdated(criterion) => criterion.is_one(),
            Predicate::Indexed {
                criterion, negated, ..
            } => !negated && criterion.asked().seeks(),
            Predicate::Missing { .. } => false,
        };
        seeks.then_some(Self::Predicate(predicate))
    }

    /// Adds the SELECT of one column, `rid`, in which a resource may stand several times.
    pub(super) fn rids(self, searched: Searched, sql: &mut Sql) {
        let Searched {
            definitions,
            resource_type,
        } = searched;
        match self {
            Self::Predicate(Predicate::Id { ids, .. }) => {
                sql.push("SELECT rid FROM resource WHERE type = ")
                    .bind(resource_type);
                sql.push(" AND +deleted = 0 AND id IN (SELECT value FROM json_each(")
                    .bind_list(ids)
                    .push("))");
            }
            Self::Predicate(Predicate::LastUpdated(criterion)) => {
                sql.push("SELECT rid FROM resource WHERE type = ")
                    .bind(resource_type);
                sql.push(" AND +deleted = 0 AND ");
                criterion.compare_milliseconds(sql, "updated");
            }
            Self::Predicate(Predicate::Indexed { key, criterion, .. }) => {
                criterion.seek(*key, sql);
            }
            Self::Predicate(Predicate::Missing { .. }) => {
                sql.push("SELECT rid FROM resource WHERE type = ")
                    .bind(resource_type);
            }
            Self::Members(Compartment { compartment, id }) => {
                sql.push("SELECT i.rid AS rid FROM reference_index i WHERE i.param IN (");
                sql.numbers(definitions.compartment_keys(compartment, resource_type));
                sql.push(") AND i.id = ").bind(id.as_str());
                sql.push(" AND i.type = ").bind(compartment.as_str());
                sql.push(" AND i.base = ''");
                if resource_type == compartment {
                    sql.push(" UNION ALL SELECT rid FROM resource WHERE type = ")
                        .bind(resource_type);
                    sql.push(" AND id = ")
                        .bind(id.as_str())
                        .push(" AND deleted = 0");
                }
            }
        }
    }

    /// Adds the SELECT of how many rows the seek finds; `LIMIT ?` at its end bounds the counting.
    pub(super) fn size(self, searched: Searched) -> Sql {
        let mut sql = Sql::default();
        sql.push("SELECT count(*) FROM (SELECT 1 FROM (");
        self.rids(searched, &mut sql);
        sql.push(") LIMIT ?)");
        sql
    }
}

impl Walk<'_> {
    /// Adds the SELECT of the next `window` candidates after a position; without a window, of all.
    pub(super) fn candidates(
        self,
        searched: Searched,
        after: Option<&Position>,
        window: Option<usize>,
        sql: &mut Sql,
    ) {
        let start = after.map_or(0, |after| after.rid);
        match self {
            Self::Run(key, criterion) => {
                sql.push("SELECT DISTINCT i.rid AS rid, NULL AS k1, NULL AS k2 FROM ");
                sql.push(criterion.kind().name).push(" i WHERE ");
                rows(key, criterion, sql);
                sql.push(" AND i.rid > ")
                    .number(start)
                    .push(" ORDER BY i.rid");
            }
            Self::Set(seek) => {
                sql.push("SELECT DISTINCT rid, NULL AS k1, NULL AS k2 FROM (");
                seek.rids(searched, sql);
                sql.push(") WHERE rid > ")
                    .number(start)
                    .push(" ORDER BY rid");
            }
            Self::Type => {
                sql.push("SELECT rid, NULL AS k1, NULL AS k2 FROM resource WHERE type = ");
                sql.bind(searched.resource_type)
                    .push(" AND deleted = 0 AND rid > ");
                sql.number(start).push(" ORDER BY rid");
            }
            Self::Unsorted(key, kind) => {
                sql.push("SELECT rid, NULL AS k1, NULL AS k2 FROM resource WHERE type = ");
                sql.bind(searched.resource_type)
                    .push(" AND deleted = 0 AND rid > ");
                sql.number(start).push(" AND NOT EXISTS (SELECT 1 FROM ");
                sql.push(kind.name)
                    .push(" s WHERE s.rid = resource.rid AND s.param = ");
                sql.number(key).push(") ORDER BY rid");
            }
            Self::Sorted(sort) => sorted(sort, searched, after, sql),
        }
        // Without a bound a LIMIT still keeps the order.
        let window = window.map_or(-1, |window| i64::try_from(window).unwrap_or(i64::MAX));
        sql.push(" LIMIT ").number(window);
    }
}

/// All that have a value to sort by: the first of their values when ascending, the last when
/// descending.
fn sorted(sort: Sort, searched: Searched, after: Option<&Position>, sql: &mut Sql) {
    let (beyond, order) = if sort.descending {
        (" < ", " DESC")
    } else {
        (" > ", "")
    };
    let ordered_by = |columns: &[&str], sql: &mut Sql| {
        for (at, column) in columns.iter().enumerate() {
            sql.push(if at == 0 { " ORDER BY " } else { ", " });
            sql.push(column).push(order);
        }
    };
    let SortKey::Indexed { key, kind } = sort.key else {
        sql.push("SELECT rid, updated AS k1, 0 AS k2 FROM resource WHERE type = ");
        sql.bind(searched.resource_type).push(" AND +deleted = 0");
        if let Some(position) = after {
            sql.push(" AND (updated, rid)").push(beyond).push("(");
            position.bind_first_key(sort, sql);
            sql.push(", ").number(position.rid).push(")");
        }
        return ordered_by(&["updated", "rid"], sql);
    };
    let [first, second] = sort_columns(kind);
    let (first, second) = (format!("i.{first}"), format!("i.{second}"));
    sql.push("SELECT i.rid AS rid, ").push(&first);
    sql.push(" AS k1, ").push(&second).push(" AS k2 FROM ");
    sql.push(kind.name).push(" i WHERE i.param = ").number(key);
    if let Some(position) = after {
        sql.push(" AND (").push(&first).push(", ").push(&second);
        sql.push(", i.rid)").push(beyond).push("(");
        position.bind_keys(sort, sql);
        sql.push(", ").number(position.rid).push(")");
    }
    // A resource stands where its first value does.
    let [own, other] = sort_columns(kind);
    let nearer = if sort.descending { ") > (" } else { ") < (" };
    sql.push(" AND NOT EXISTS (SELECT 1 FROM ").push(kind.name);
    sql.push(" s WHERE s.rid = i.rid AND s.param = i.param AND (s.");
    sql.push(own).push(", s.").push(other).push(nearer);
    sql.push(&first).push(", ").push(&second).push("))");
    ordered_by(&[&first, &second, "i.rid"], sql);
}

/// The columns of an index table that its rows are sorted by.
pub(super) fn sort_columns(kind: &IndexKind) -> [&'static str; 2] {
    kind.sort.unwrap_or(["param", "param"])
}
