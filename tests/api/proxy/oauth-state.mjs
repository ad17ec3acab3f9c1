/**
 * Looks into, and changes, the OAuth state that a stopped server has left in a directory:
 * `node oauth-state.mjs STATE count | expire ROWS | return-to-ledger ROWS`
 */
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** The tables of a shard, and the columns of the ledger's table of that name. */
const TABLES = {
  spent: ['id', 'expires'],
  authorization: ['id', 'generation', 'advanced', 'repeated', 'revoked', 'expires'],
  access_token: ['id', 'authorization', 'launch', 'revoked', 'expires', 'scope', 'client', 'key'],
  signed_out: ['person', 'since', 'expires'],
};
const ofShard = (column) => (column === 'person' ? 'name' : column);

const [state, command, rows] = process.argv.slice(2);

function open(name) {
  const folder = join(state, 'worker-r4/do', `fhir-edge-${name}`);
  const files = readdirSync(folder).filter((file) => /^[0-9a-f]{64}\.sqlite$/.test(file));
  return files.map((file) => ({ path: join(folder, file), database: new DatabaseSync(join(folder, file)) }));
}

const [{ database: ledger }] = open('Ledger');
const shards = open('AuthorizationShard');

const count = (database, table) => database.prepare(`SELECT count(*) AS n FROM ${table}`).get().n;

/** Inserts so many rows that are all alike but for their id. */
function plant(database, table, columns, n, expires) {
  const marks = columns.map(() => '?').join();
  const statement = database.prepare(`INSERT INTO ${table}(${columns}) VALUES(${marks})`);
  const values = { authorization: '', launch: '{}', scope: '', client: '', key: '', expires };
  database.exec('BEGIN');
  for (let at = 0; at < n; at += 1) {
    statement.run(...columns.map((column, place) => (place ? (values[column] ?? 0) : `planted ${at}`)));
  }
  database.exec('COMMIT');
}

const commands = {
  /** How many rows the ledger and the shards have. */
  count() {
    const sum = (table) => shards.reduce((n, { database }) => n + count(database, table), 0);
    const counts = Object.keys(TABLES).map((table) => [table, { ledger: count(ledger, table), shards: sum(table) }]);
    console.log(JSON.stringify({ objects: shards.length, ...Object.fromEntries(counts) }));
  },
  /** Gives each table of each shard rows that ended in 1970. */
  expire() {
    for (const { database } of shards) {
      for (const [table, columns] of Object.entries(TABLES)) {
        plant(database, table, columns.map(ofShard), Number(rows), 1);
      }
    }
  },
  /**
   * Puts everything back where it was before there were shards, and more of it. Every second shard
   * is left as a crash leaves it that comes while the shard takes over.
   */
  'return-to-ledger'() {
    for (const [table, columns] of Object.entries(TABLES)) {
      const marks = columns.map(() => '?').join();
      const insert = ledger.prepare(`INSERT INTO ${table}(${columns}) VALUES(${marks})`);
      for (const { database } of shards) {
        for (const row of database.prepare(`SELECT ${columns.map(ofShard)} FROM ${table}`).all()) {
          insert.run(...Object.values(row));
        }
      }
      plant(ledger, table, columns, Number(rows), Date.now() + 3_600_000);
    }
    shards.forEach(({ path, database }, at) => {
      database.exec("UPDATE shard SET value = 0 WHERE name = 'taken_over'");
      database.close();
      if (at % 2) for (const suffix of ['', '-wal', '-shm']) rmSync(path + suffix, { force: true });
    });
  },
};
commands[command]();
