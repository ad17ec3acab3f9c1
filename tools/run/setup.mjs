/**
 * Makes a clone ready to run: checks the machine, installs the npm packages, builds the worker and
 * the client. Run `node tools/run/setup.mjs [--only worker|client]`; every command calls it first.
 */
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { buildClient } from './build-client.mjs';
import { buildWorker } from './build-worker.mjs';
import { installPackages } from './packages.mjs';
import { requirePrerequisites } from './prerequisites.mjs';
import { Failure, runMain, step } from './report.mjs';

const BUILDS = { worker: buildWorker, client: buildClient };

/** Toolchain and packages, without a build. */
export async function prepare() {
  await step('toolchain', requirePrerequisites);
  await step('npm packages', installPackages);
}

/** @param {string} [only] `worker` or `client`; without it, both */
export async function setUp(only) {
  if (only !== undefined && !(only in BUILDS)) {
    throw new Failure(`--only takes ${Object.keys(BUILDS).join(' or ')}, not ${only}.`);
  }
  console.error('Setting up and building:');
  await prepare();
  for (const name of only ? [only] : Object.keys(BUILDS)) await BUILDS[name]();
}

if (import.meta.url === pathToFileURL(resolve(process.argv[1] ?? '')).href) {
  await runMain(async () => {
    const { values } = parseArgs({ options: { only: { type: 'string' } } });
    await setUp(values.only);
  });
}
