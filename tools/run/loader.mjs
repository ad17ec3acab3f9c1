/** The loader, tools/load: built when it is needed. */
import { LOCKED } from './wasm.mjs';
import { run } from './child.mjs';
import { inRoot } from './paths.mjs';

/** @returns the path of the program; quick to build rather than quick to run, it waits for the server */
export async function buildLoader() {
  await run('cargo', ['build', '--quiet', ...LOCKED, '--package', 'load']);
  return inRoot('target/debug/load');
}
