/**
 * `npm run bench`: builds the worker as it is deployed and the bare one, then measures both.
 * `npm run bench -- --rows 1000000`: how searches grow with the store.
 */
import { copyFileSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { run } from './child.mjs';
import { NODE_22, ROOT, WORKER_BUILD, inRoot } from './paths.mjs';
import { Failure, runMain, step } from './report.mjs';
import { setUp } from './setup.mjs';
import { LOCKED, buildBindgen, cargoBuild } from './wasm.mjs';

const BARE = inRoot('build/bare');

async function buildBare() {
  const wasm = await cargoBuild('bare', 'release', { WASM_BINDGEN_USE_JS_SYS: '1' });
  const bindgen = await buildBindgen();
  rmSync(BARE, { recursive: true, force: true });
  mkdirSync(BARE, { recursive: true });
  const glue = inRoot('target/bare-glue');
  await run(bindgen, ['worker', wasm, glue]);
  copyFileSync(inRoot('tests/bench/bare/shim.js'), join(glue, 'shim.js'));
  const { build } = await import('esbuild');
  await build({
    entryPoints: [join(glue, 'shim.js')],
    outfile: join(BARE, 'index.js'),
    bundle: true,
    format: 'esm',
    external: ['cloudflare:*', '*.wasm'],
    logLevel: 'warning',
  });
  copyFileSync(join(glue, 'index_bg.wasm'), join(BARE, 'index_bg.wasm'));
}

const gzipBytes = (directory) =>
  ['index.js', 'index_bg.wasm']
    .map((name) => gzipSync(readFileSync(join(directory, name)), { level: 9 }).length)
    .reduce((sum, size) => sum + size);

await runMain(async () => {
  const { values } = parseArgs({ options: { rows: { type: 'string' } } });
  const rows = values.rows === undefined ? [] : [values.rows];
  if (rows.length > 0 && !(Number(values.rows) >= 10_000)) {
    throw new Failure(`--rows ${values.rows}: it must be a number, 10000 or more.`);
  }
  await setUp('worker');
  await step('bare worker', buildBare);
  const workerd = inRoot('node_modules/workerd/bin/workerd');
  await run('cargo', [
    'run', '--quiet', ...LOCKED, '--package', 'bench', '--',
    workerd, NODE_22, ROOT, String(gzipBytes(WORKER_BUILD)), ...rows,
  ]);
});
