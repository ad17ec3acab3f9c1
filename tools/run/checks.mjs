/**
 * The steps of `npm test`, in order. The API and browser tests start their servers themselves, by
 * FHIR_EDGE_NODE (Node 22) and FHIR_EDGE_SERVE (serve.mjs); the browser is CHROMIUM.
 */
import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { findBrowser } from './browser.mjs';
import { withNode22 } from './child.mjs';
import { NODE_22, inRoot } from './paths.mjs';
import { Failure } from './report.mjs';
import { setUp } from './setup.mjs';
import { LOCKED } from './wasm.mjs';

/** Crates that are built for wasm: they are linted for it. */
const WASM_CRATES = ['edge', 'client'];

const packages = (names) => names.flatMap((name) => ['--package', name]);
const allBut = (names) => ['--workspace', ...names.flatMap((name) => ['--exclude', name])];

const cargo = (commandArguments, environment = process.env) => ({ command: 'cargo', commandArguments, environment });

const servers = () => withNode22({ FHIR_EDGE_NODE: NODE_22, FHIR_EDGE_SERVE: inRoot('tools/run/serve.mjs') });

function nodeTests(folders, environment = withNode22()) {
  const files = folders.flatMap((folder) =>
    readdirSync(inRoot(folder))
      .filter((name) => name.endsWith('.test.mjs'))
      .map((name) => inRoot(folder, name)),
  );
  if (files.length === 0) throw new Failure(`There is no *.test.mjs in ${folders.join(' and ')}.`);
  return { command: NODE_22, commandArguments: ['--test', '--test-reporter=spec', ...files], environment };
}

/**
 * @typedef {object} Check
 * @property {string} name what `--only` calls it
 * @property {boolean} [needsBuild] whether it runs against the built worker and client
 * @property {() => Promise<{command: string, commandArguments: string[], environment: object}[]>} commands
 */

/** @type {Check[]} */
export const CHECKS = [
  { name: 'fmt', commands: async () => [cargo(['fmt', '--all', '--check'])] },
  {
    name: 'clippy',
    commands: async () => [
      cargo(['clippy', ...LOCKED, ...allBut(WASM_CRATES), '--all-targets', '--', '-D', 'warnings']),
      cargo(
        ['clippy', ...LOCKED, ...packages(WASM_CRATES), '--target', 'wasm32-unknown-unknown', '--', '-D', 'warnings'],
        { ...process.env, WASM_BINDGEN_USE_JS_SYS: '1' },
      ),
    ],
  },
  { name: 'native', commands: async () => [cargo(['test', ...LOCKED, ...allBut(['api', 'tidy'])])] },
  { name: 'tidy', commands: async () => [cargo(['test', ...LOCKED, '--package', 'tidy'])] },
  {
    name: 'deny',
    commands: async () => [{ command: NODE_22, commandArguments: [inRoot('tools/run/deny.mjs')], environment: withNode22() }],
  },
  { name: 'idp', commands: async () => [nodeTests(['tests/idp'])] },
  { name: 'commands', needsBuild: true, commands: async () => [nodeTests(['tools/run'], servers())] },
  {
    name: 'api',
    needsBuild: true,
    commands: async () => {
      // Some tests wait a minute for a token or a key to end: one thread more than cores works meanwhile.
      const threads = { RUST_TEST_THREADS: String(availableParallelism() + 1) };
      return [cargo(['test', ...LOCKED, '--package', 'api'], { ...servers(), ...threads })];
    },
  },
  {
    name: 'browser',
    needsBuild: true,
    commands: async () => [nodeTests(['tests/browser'], { ...servers(), CHROMIUM: await findBrowser() })],
  },
];

/** Builds once, before the first check that needs it. */
export const buildOnce = (() => {
  let built;
  return () => (built ??= setUp());
})();
