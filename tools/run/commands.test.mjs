/** The commands' own logic, and the servers as tests and people start them. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { missingSettings } from './deployment.mjs';
import { parseJsonc, readJsonc } from './jsonc.mjs';
import { inRoot } from './paths.mjs';
import { replyUrl } from './reply-url.mjs';
import { whenChanged } from './stamp.mjs';
import { totalsOf } from './totals.mjs';
import { filledIn, variables } from './variables.mjs';
import { COMPATIBILITY_DATE, RATES } from './worker.mjs';

const WRANGLER = readJsonc(inRoot('edge/wrangler.jsonc'));

/** Starts a command; the caller ends it by closing its standard input. */
function start(script, commandArguments = [], environment = {}) {
  const child = spawn(process.execPath, [inRoot('tools/run', script), ...commandArguments], {
    env: { ...process.env, ...environment },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const said = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr']) child[stream].on('data', (text) => (said[stream] += text));
  return { child, said, exited: once(child, 'exit').then(([code]) => code) };
}

test('totals add up over cargo and node, colours or not', () => {
  const output = [
    'test result: ok. 12 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s',
    'test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s',
    '\u001b[34mℹ pass 5\u001b[39m',
    'ℹ fail 1',
    'ℹ cancelled 4',
    'a test that prints: 99 passed; 99 failed',
  ].join('\n');
  assert.deepEqual(totalsOf(output), { passed: 20, failed: 7 });
});

test('comments of JSONC go, those inside strings stay', () => {
  assert.deepEqual(parseJsonc('{"a": "http://x", // note\n /* "b": 1, */ "c": "/*"}'), { a: 'http://x', c: '/*' });
});

test('a step runs again only when an input changed or an output is gone', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'stamp-'));
  const [stamp, input, output] = ['stamp', 'input', 'output'].map((name) => join(folder, name));
  const files = { inputs: [input], outputs: [output] };
  let runs = 0;
  const step = () => whenChanged(stamp, files, async () => writeFileSync(output, String((runs += 1))));
  writeFileSync(input, '1');
  await step();
  await step();
  assert.equal(runs, 1);
  writeFileSync(input, '2');
  await step();
  assert.equal(runs, 2);
  await assert.rejects(whenChanged(stamp, { ...files, inputs: [] }, () => Promise.reject(new Error('failed'))));
  await step();
  assert.equal(runs, 3, 'a failed step leaves no stamp');
});

test('variables are assigned and filled in', () => {
  assert.deepEqual(filledIn(variables(['AUTHORITY={idp}/{tenant}', 'ROLES=a=b']), { idp: 'http://i', tenant: 't' }), {
    AUTHORITY: 'http://i/t',
    ROLES: 'a=b',
  });
  assert.throws(() => variables(['no assignment']), /NAME=VALUE/);
});

test('a deployment is refused until everything is set', () => {
  assert.equal(missingSettings(WRANGLER).length, 5);
  const ready = {
    kv_namespaces: [{ binding: 'KV', id: '0123456789abcdef0123456789abcdef' }],
    vars: {
      FHIR_VERSION: 'R4',
      BASE_URL: 'https://fhir.example.org',
      AUTHORITY: 'https://login.example.org/tenant/v2.0',
      AUDIENCE: 'https://fhir.example.org',
      CLIENT_ID: 'app',
    },
  };
  assert.deepEqual(missingSettings(ready), []);
  const wrong = { BASE_URL: 'https://fhir.example.org/', AUTHORITY: 'http://idp', DEMO_ACCOUNTS: 'on' };
  assert.match(missingSettings({ ...ready, vars: { ...ready.vars, ...wrong } }).join('\n'), /slash[^]*AUTHORITY[^]*DEMO_ACCOUNTS/);
});

test('the reply URL of an app is the callback with its address in it', () => {
  const expected = 'https://fhir.example/AadSmartOnFhirProxy/callback/aHR0cHM6Ly9hcHAuZXhhbXBsZS9jYg';
  assert.equal(replyUrl('https://fhir.example/', 'https://app.example/cb'), expected);
});

test('production and development agree on the platform', () => {
  assert.equal(WRANGLER.compatibility_date, COMPATIBILITY_DATE);
});

test('here and in production it is counted alike', () => {
  const limits = WRANGLER.ratelimits.map(({ name, simple }) => [name, simple.limit]);
  assert.deepEqual(Object.fromEntries(limits), RATES);
  assert.ok(WRANGLER.ratelimits.every(({ simple }) => simple.period === 60));
  assert.equal(new Set(WRANGLER.ratelimits.map((limit) => limit.namespace_id)).size, limits.length);
});

test("the platform's logs hold no address of a request: a search has names and numbers in its query", () => {
  const { observability, logpush, tail_consumers: consumers, env } = WRANGLER;
  assert.equal(observability.logs.enabled, true, 'failures are logged');
  assert.equal(observability.logs.invocation_logs, false);
  assert.equal(observability.traces.enabled, false);
  assert.deepEqual([logpush, consumers, env], [undefined, undefined, undefined], 'nothing else collects or overrides');
  const { definitions } = readJsonc(inRoot('node_modules/wrangler/config-schema.json'));
  const known = definitions.Observability.properties;
  assert.deepEqual(Object.keys(observability).filter((name) => !(name in known)), []);
  for (const part of ['logs', 'traces']) {
    assert.deepEqual(Object.keys(observability[part]).filter((name) => !(name in known[part].properties)), []);
  }
});

test('what is not known of dependencies is said, and what is known to be weak fails', async () => {
  for (const [name, cargo, code, words] of [
    ['no cargo-deny', 'exit 101', 0, /NOT checked: cargo-deny is missing[^]*cargo install --locked cargo-deny/],
    ['no database', 'case "$*" in *fetch*) exit 1;; *) echo "did $*";; esac', 0, /did deny --locked check licenses sources bans[^]*NOT checked: their database/],
    ['all well', 'echo "did $*"', 0, /check licenses sources bans[^]*did deny --locked check --disable-fetch advisories\n$/],
    ['a weakness', 'case "$*" in *advisories*) exit 1;; *) echo "did $*";; esac', 1, /check licenses/],
    ['a licence', 'case "$*" in *licenses*) exit 4;; *) echo "did $*";; esac', 1, /^$/],
  ]) {
    const folder = mkdtempSync(join(tmpdir(), 'deny-'));
    writeFileSync(join(folder, 'cargo'), `#!/bin/sh\n${cargo}\n`);
    chmodSync(join(folder, 'cargo'), 0o755);
    const { said, exited } = start('deny.mjs', [], { PATH: `${folder}:${process.env.PATH}` });
    assert.equal(await exited, code, `${name}: ${said.stderr}`);
    assert.match(said.stdout, words, name);
  }
});

test('a port in use is named with the way out', async (context) => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  context.after(() => other.close());
  const { port } = other.address();
  const { said, exited } = start('start.mjs', [], { PORT: String(port) });
  assert.equal(await exited, 1);
  assert.match(said.stderr, new RegExp(`port ${port}: another program listens on it[^]*PORT=${port + 1000} npm start`));
});

test('settings that make no sense are refused before the build', async () => {
  for (const [environment, words] of [
    [{ PORT: 'eighty' }, /PORT must be a port number/],
    [{ PORT: '0', IDP_PORT: '0', FHIR_VERSION: 'R5' }, /FHIR_VERSION must be R4 or STU3/],
  ]) {
    const { said, exited } = start('start.mjs', [], environment);
    assert.equal(await exited, 1);
    assert.match(said.stderr, words);
  }
});

test('serve says where it is in one line and ends with its standard input', async () => {
  const { child, said, exited } = start('serve.mjs');
  await once(child.stdout, 'data');
  const { base, idp, authority, pid } = JSON.parse(said.stdout);
  assert.equal((await fetch(`${base}/health/check`)).status, 200);
  assert.ok(authority.startsWith(idp));
  assert.equal(pid, child.pid);
  child.stdin.end();
  assert.equal(await exited, 0, said.stderr);
  await assert.rejects(fetch(`${base}/health/check`), 'the worker is gone');
});

test('serve ends on SIGTERM', async () => {
  const { child, said, exited } = start('serve.mjs');
  await once(child.stdout, 'data');
  const { base } = JSON.parse(said.stdout);
  child.kill('SIGTERM');
  assert.equal(await exited, 0, said.stderr);
  await assert.rejects(fetch(`${base}/health/check`), 'the worker is gone');
});

test('start runs both servers until SIGINT', async () => {
  const environment = { PORT: '0', IDP_PORT: '0', STATE_DIR: 'memory', DEMO: '0' };
  const { child, said, exited } = start('start.mjs', ['--exit-with-stdin'], environment);
  await once(child.stdout, 'data');
  const [, base] = /FHIR base URL +(\S+)/.exec(said.stdout);
  assert.match(said.stdout, /patient +smartUser +Patient\/demo-amelia/);
  assert.equal((await fetch(`${base}/health/check`)).status, 200);
  child.kill('SIGINT');
  assert.equal(await exited, 0, said.stderr);
  await assert.rejects(fetch(`${base}/health/check`), 'the worker is gone');
});

test('start ends with its standard input', async () => {
  const environment = { PORT: '0', IDP_PORT: '0', STATE_DIR: 'memory', DEMO: '0' };
  const { child, said, exited } = start('start.mjs', ['--exit-with-stdin'], environment);
  await once(child.stdout, 'data');
  child.stdin.end();
  assert.equal(await exited, 0, said.stderr);
});
