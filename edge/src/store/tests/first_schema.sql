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
