//! The tables and the migrations that made them; `docs/storage-schema.md` says what each is for.

use super::{Database, Failure, index};
use fhir::search::INDEX_KINDS;

/// Every step from an empty database to today's, in order. Steps are quick: they define tables, and
/// leave rows to the alarm. A step that has shipped gives the same tables for ever: `schema` in the
/// table `ledger` says how many of them a database has taken.
const MIGRATIONS: [&str; 5] = [FIRST, ISSUED_TOKENS, LONG_DATES, DEFINITIONS, COMMITS];

/// Which commit made a version. Those from before are told by 0: they were made before any cursor
/// that asks.
const COMMITS: &str = "
ALTER TABLE resource ADD COLUMN committed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE history ADD COLUMN committed INTEGER NOT NULL DEFAULT 0;
CREATE INDEX resource_by_commit ON resource(type, committed);
";

/// What lasts longer than two days has a second row in the index of dates. Rows are data: a store
/// that has not recorded its definitions indexes its resources anew, in slices, see `reindex.rs`.
const LONG_DATES: &str = "SELECT 1";

/// Which definitions the index rows of a type were made by, and how far resources are indexed anew.
const DEFINITIONS: &str = "
CREATE TABLE IF NOT EXISTS parameter(
    type TEXT NOT NULL, code TEXT NOT NULL, fingerprint TEXT NOT NULL, complete INTEGER NOT NULL,
    PRIMARY KEY(type, code)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS reindex(
    id INTEGER PRIMARY KEY CHECK (id = 1), position INTEGER NOT NULL, last INTEGER NOT NULL
) STRICT;
";

/// What the app was granted with an access token, whom it was issued to and the key it is bound
/// to; and since when a person's older tokens are refused.
const ISSUED_TOKENS: &str = "
ALTER TABLE access_token ADD COLUMN scope TEXT NOT NULL DEFAULT '';
ALTER TABLE access_token ADD COLUMN client TEXT NOT NULL DEFAULT '';
ALTER TABLE access_token ADD COLUMN key TEXT NOT NULL DEFAULT '';
CREATE TABLE signed_out(
    person TEXT PRIMARY KEY, since INTEGER NOT NULL, expires INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX signed_out_by_end ON signed_out(expires);
";

const FIRST: &str = "
CREATE TABLE IF NOT EXISTS ledger(
    name TEXT PRIMARY KEY, value ANY
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS resource(
    rid INTEGER PRIMARY KEY, type TEXT NOT NULL, id TEXT NOT NULL, version INTEGER NOT NULL,
    updated INTEGER NOT NULL, created INTEGER NOT NULL, method TEXT NOT NULL,
    deleted INTEGER NOT NULL, chunks INTEGER NOT NULL, body TEXT
) STRICT;
CREATE UNIQUE INDEX IF NOT EXISTS resource_by_address ON resource(type, id);
CREATE INDEX IF NOT EXISTS resource_by_type ON resource(type, deleted);
CREATE INDEX IF NOT EXISTS resource_by_update ON resource(type, updated);
CREATE TABLE IF NOT EXISTS history(
    rid INTEGER NOT NULL, version INTEGER NOT NULL, updated INTEGER NOT NULL,
    method TEXT NOT NULL, chunks INTEGER NOT NULL, body TEXT
) STRICT;
CREATE UNIQUE INDEX IF NOT EXISTS history_by_version ON history(rid, version);
CREATE TABLE IF NOT EXISTS chunk(
    rid INTEGER NOT NULL, version INTEGER NOT NULL, n INTEGER NOT NULL, text TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX IF NOT EXISTS chunk_by_place ON chunk(rid, version, n);
CREATE TABLE IF NOT EXISTS spent(
    id TEXT PRIMARY KEY, expires INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS authorization(
    id TEXT PRIMARY KEY, generation INTEGER NOT NULL, advanced INTEGER NOT NULL,
    repeated INTEGER NOT NULL, revoked INTEGER NOT NULL, expires INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS authorization_by_end ON authorization(expires);
CREATE TABLE IF NOT EXISTS access_token(
    id TEXT PRIMARY KEY, authorization TEXT NOT NULL, launch TEXT NOT NULL,
    revoked INTEGER NOT NULL, expires INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS access_token_by_end ON access_token(expires);
CREATE TABLE IF NOT EXISTS outbox(
    n INTEGER PRIMARY KEY AUTOINCREMENT, rid INTEGER NOT NULL, version INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS string_index(
    param INTEGER NOT NULL, folded TEXT NOT NULL, value TEXT NOT NULL, rid INTEGER NOT NULL,
    PRIMARY KEY(param, folded, value, rid)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS string_index_by_resource ON string_index(rid, param);
CREATE TABLE IF NOT EXISTS token_index(
    param INTEGER NOT NULL, code TEXT NOT NULL, rid INTEGER NOT NULL, system TEXT NOT NULL,
    PRIMARY KEY(param, code, rid, system)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS token_index_by_resource ON token_index(rid, param);
CREATE TABLE IF NOT EXISTS date_index(
    param INTEGER NOT NULL, low INTEGER NOT NULL, high INTEGER NOT NULL, rid INTEGER NOT NULL,
    PRIMARY KEY(param, low, high, rid)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS date_index_by_resource ON date_index(rid, param);
CREATE TABLE IF NOT EXISTS reference_index(
    param INTEGER NOT NULL, id TEXT NOT NULL, type TEXT NOT NULL, rid INTEGER NOT NULL,
    base TEXT NOT NULL, PRIMARY KEY(param, id, type, rid, base)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS reference_index_by_resource ON reference_index(rid, param);
INSERT OR IGNORE INTO ledger(name, value) VALUES('schema', 1), ('sequence', 0), ('last_updated', 0);
";

/// Brings the database to today's schema, from whichever it has.
pub(super) fn migrate(
    database: &Database,
    draw_secret: impl Fn() -> [u8; 32],
) -> Result<(), Failure> {
    database.transaction(|| {
        let taken = taken(database)?;
        for (step, statements) in MIGRATIONS.iter().enumerate().skip(taken) {
            database.script(statements)?;
            let statement = "UPDATE ledger SET value = ? WHERE name = 'schema'";
            let schema = i64::try_from(step + 1).unwrap_or(i64::MAX);
            database.run(statement, [schema.into()])?;
        }
        for kind in INDEX_KINDS {
            database.script(&index::create(kind))?;
        }
        let statement = "INSERT OR IGNORE INTO ledger(name, value) VALUES('root_secret', ?)";
        database.run(statement, [draw_secret().as_slice().into()])
    })
}

/// How many migrations the database has taken; none when it is new.
fn taken(database: &Database) -> Result<usize, Failure> {
    let statement = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'ledger'";
    if database.number(statement, [])? == Some(0) {
        return Ok(0);
    }
    let schema = database.number("SELECT value FROM ledger WHERE name = 'schema'", [])?;
    Ok(usize::try_from(schema.unwrap_or_default()).unwrap_or_default())
}
