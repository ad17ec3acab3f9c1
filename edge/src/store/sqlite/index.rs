//! The index tables: one for each kind of index rows, and the statements that fill and empty it.

use super::{Database, Failure};
use crate::store::text::Text;
use fhir::search::{ColumnKind, INDEX_KINDS, IndexKind};

struct Statements {
    /// Takes the row id and a JSON array of rows.
    insert: Text,
    /// Takes the row id.
    delete: Text,
}

thread_local! {
    /// Of each of [`INDEX_KINDS`].
    static STATEMENTS: Vec<Statements> = INDEX_KINDS.iter().map(|kind| Statements {
        insert: insert(kind).into(),
        delete: format!("DELETE FROM {} WHERE rid = ?", kind.name).into(),
    }).collect();
}

fn insert(kind: &IndexKind) -> String {
    let columns: Vec<&str> = kind.columns.iter().map(|column| column.name).collect();
    let values = (0..columns.len()).map(|at| format!("value->>{at}"));
    let values: Vec<String> = values.collect();
    let (columns, values) = (columns.join(", "), values.join(", "));
    format!(
        "INSERT INTO {}({columns}, rid) SELECT {values}, ? FROM json_each(?)",
        kind.name
    )
}

/// Creates the table of a kind, unless it is there.
pub(super) fn create(kind: &IndexKind) -> String {
    let mut columns = String::new();
    for column in kind.columns {
        let held = match column.kind {
            ColumnKind::Text => "TEXT",
            ColumnKind::Integer => "INTEGER",
        };
        columns.push_str(&format!("{} {held} NOT NULL, ", column.name));
    }
    let (name, key) = (kind.name, kind.key.join(", "));
    format!(
        "CREATE TABLE IF NOT EXISTS {name}({columns}rid INTEGER NOT NULL, PRIMARY KEY({key})
         ) STRICT, WITHOUT ROWID;
         CREATE INDEX IF NOT EXISTS {name}_by_resource ON {name}(rid, param);"
    )
}

/// Adds the rows of a resource, for each kind JSON arrays of them.
pub(super) fn put(database: &Database, rid: i64, tables: &[Vec<Text>]) -> Result<(), Failure> {
    STATEMENTS.with(|statements| {
        for (of_kind, arrays) in statements.iter().zip(tables) {
            for rows in arrays {
                database.run(of_kind.insert.clone(), [rid.into(), rows.clone().into()])?;
            }
        }
        Ok(())
    })
}

/// Deletes the rows of a resource.
pub(super) fn remove(database: &Database, rid: i64) -> Result<(), Failure> {
    STATEMENTS.with(|statements| {
        let mut statements = statements.iter();
        statements.try_for_each(|of_kind| database.run(of_kind.delete.clone(), [rid.into()]))
    })
}
