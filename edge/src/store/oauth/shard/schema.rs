//! The tables of a shard; `docs/storage-schema.md` says what each is for.

use crate::store::platform::Database;
use wasm_bindgen::JsValue;

/// Every step from an empty database to today's, in order. A step that has shipped never changes:
/// `schema` in the table `shard` says how many of them a database has taken.
const MIGRATIONS: [&str; 1] = [FIRST];

const FIRST: &str = "
CREATE TABLE spent(
    id TEXT PRIMARY KEY, expires INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX spent_by_end ON spent(expires);
CREATE TABLE authorization(
    id TEXT PRIMARY KEY, generation INTEGER NOT NULL, advanced INTEGER NOT NULL,
    repeated INTEGER NOT NULL, revoked INTEGER NOT NULL, expires INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX authorization_by_end ON authorization(expires);
CREATE TABLE access_token(
    id TEXT PRIMARY KEY, authorization TEXT NOT NULL, launch TEXT NOT NULL,
    scope TEXT NOT NULL, client TEXT NOT NULL, key TEXT NOT NULL,
    revoked INTEGER NOT NULL, expires INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX access_token_by_end ON access_token(expires);
CREATE TABLE signed_out(
    name TEXT PRIMARY KEY, since INTEGER NOT NULL, expires INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX signed_out_by_end ON signed_out(expires);
";

/// Brings the database to today's schema, from whichever it has.
pub(super) fn migrate(database: &Database) -> Result<(), JsValue> {
    database.transaction(|| {
        let statement = "CREATE TABLE IF NOT EXISTS shard(
                name TEXT PRIMARY KEY, value INTEGER NOT NULL
            ) STRICT, WITHOUT ROWID;
            INSERT OR IGNORE INTO shard(name, value) VALUES('schema', 0), ('taken_over', 0)";
        database.run(statement, &[])?;
        let statement = "SELECT value FROM shard WHERE name = 'schema'";
        let taken = usize::try_from(database.number(statement, &[])?).unwrap_or_default();
        for (step, statements) in MIGRATIONS.iter().enumerate().skip(taken) {
            database.run(statements, &[])?;
            let schema = u32::try_from(step + 1).unwrap_or(u32::MAX);
            let statement = "UPDATE shard SET value = ? WHERE name = 'schema'";
            database.run(statement, &[schema.into()])?;
        }
        Ok(())
    })
}
