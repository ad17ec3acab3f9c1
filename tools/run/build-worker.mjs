/** The worker: edge/ to build/worker/{index.js,index_bg.wasm}, what workerd and Wrangler take. */
import { copyFileSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './child.mjs';
import { WORKER_BUILD, inRoot } from './paths.mjs';
import { step } from './report.mjs';
import { whenChanged } from './stamp.mjs';
import { buildBindgen, cargoBuild, profileOr } from './wasm.mjs';

const SHIM = inRoot('edge/shim.js');
const SCRIPT = inRoot('tools/run/build-worker.mjs');
const GLUE = inRoot('target/worker-glue');

/** The shim and the glue in one file; the runtime brings its own modules and the .wasm. */
async function bundle() {
  // The shim imports the glue as its neighbour.
  copyFileSync(SHIM, join(GLUE, 'shim.js'));
  const { build } = await import('esbuild');
  await build({
    entryPoints: [join(GLUE, 'shim.js')],
    outfile: join(WORKER_BUILD, 'index.js'),
    bundle: true,
    format: 'esm',
    minify: true,
    external: ['cloudflare:*', '*.wasm'],
    logLevel: 'warning',
  });
  copyFileSync(join(GLUE, 'index_bg.wasm'), join(WORKER_BUILD, 'index_bg.wasm'));
}

export async function buildWorker() {
  const profile = profileOr('release');
  let wasm;
  await step(`worker: cargo (${profile})`, async () => {
    // The worker crate's macros choose js_sys's futures by this variable.
    wasm = await cargoBuild('edge', profile, { WASM_BINDGEN_USE_JS_SYS: '1' });
  });
  const bindgen = await buildBindgen();
  await step('worker: glue and bundle', async () => {
    const outputs = ['index.js', 'index_bg.wasm'].map((name) => join(WORKER_BUILD, name));
    return whenChanged(inRoot('build/worker.stamp'), { inputs: [wasm, SHIM, bindgen, SCRIPT], outputs }, async () => {
      rmSync(GLUE, { recursive: true, force: true });
      rmSync(WORKER_BUILD, { recursive: true, force: true });
      mkdirSync(WORKER_BUILD, { recursive: true });
      await run(bindgen, ['worker', wasm, GLUE]);
      await bundle();
    });
  });
}
