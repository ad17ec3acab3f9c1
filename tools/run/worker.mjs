/**
 * The worker on Miniflare, which is the real workerd with local stand-ins for the platform's
 * services. https://developers.cloudflare.com/workers/testing/miniflare/
 */
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Log, LogLevel, Miniflare } from 'miniflare';
import { ASSETS_BUILD, WORKER_BUILD } from './paths.mjs';
import { Failure } from './report.mjs';

/** The same date as in edge/wrangler.jsonc: it fixes the platform's behaviour. */
export const COMPATIBILITY_DATE = '2026-07-01';

/** How often in a minute, as in edge/wrangler.jsonc, which says what of. */
export const RATES = { PROXY_RATE: 600, TOKEN_RATE: 600, FAILURE_RATE: 100, SEARCH_RATE: 600 };

/** Everything the runtime or the worker prints goes to stderr, so that stdout stays the command's. */
function forwardOutput(stdout, stderr) {
  stdout.pipe(process.stderr);
  stderr.pipe(process.stderr);
}

/**
 * Miniflare's options for this worker; the bindings are those of edge/wrangler.jsonc.
 * @param {object} options
 * @param {number} options.port
 * @param {Record<string, string>} options.vars the worker's plain text configuration
 * @param {string} options.state a directory, or `memory`
 * @param {Record<string, number>} [options.rates] limits of a minute that differ from RATES
 */
export function workerOptions({ port, vars, state, rates = {} }) {
  mkdirSync(ASSETS_BUILD, { recursive: true });
  return {
    name: 'fhir-edge',
    host: '127.0.0.1',
    port,
    modulesRoot: WORKER_BUILD,
    modules: [
      { type: 'ESModule', path: join(WORKER_BUILD, 'index.js') },
      { type: 'CompiledWasm', path: join(WORKER_BUILD, 'index_bg.wasm') },
    ],
    compatibilityDate: COMPATIBILITY_DATE,
    bindings: vars,
    durableObjects: {
      LEDGER: { className: 'Ledger', useSQLite: true },
      AUTHORIZATIONS: { className: 'AuthorizationShard', useSQLite: true },
    },
    kvNamespaces: ['KV'],
    ratelimits: Object.fromEntries(
      Object.entries({ ...RATES, ...rates }).map(([name, limit], at) => [
        name,
        { namespace_id: String(1001 + at), simple: { limit, period: 60 } },
      ]),
    ),
    assets: {
      directory: ASSETS_BUILD,
      binding: 'ASSETS',
      routerConfig: { has_user_worker: true, invoke_user_worker_ahead_of_assets: true },
      assetConfig: { html_handling: 'none', not_found_handling: 'none' },
    },
    ...(state === 'memory' ? {} : { defaultPersistRoot: state }),
    // No request may leave the machine, neither for edge metadata nor for usage statistics.
    cf: false,
    telemetry: { enabled: false },
    log: new Log(LogLevel.ERROR),
    logRequests: false,
    handleRuntimeStdio: forwardOutput,
  };
}

/**
 * Miniflare ends the process on a signal by itself and reports a failure. The commands end in
 * order and report success, so the handlers that it installs are taken out again; on exit it
 * still takes the runtime with it.
 */
async function createWithoutSignalHandlers(options) {
  const signals = ['SIGINT', 'SIGTERM'];
  const before = signals.map((signal) => process.listeners(signal));
  const miniflare = new Miniflare(options);
  await miniflare.ready;
  signals.forEach((signal, index) => {
    const added = process.listeners(signal).filter((listener) => !before[index].includes(listener));
    for (const listener of added) process.off(signal, listener);
  });
  return miniflare;
}

/** @returns {Promise<{close: () => Promise<void>}>} once the runtime listens */
export async function startWorker(options) {
  if (!existsSync(join(WORKER_BUILD, 'index.js'))) {
    throw new Failure('The worker is not built: run `node tools/run/setup.mjs` first.');
  }
  const miniflare = await createWithoutSignalHandlers(workerOptions(options));
  return { close: () => miniflare.dispose() };
}
