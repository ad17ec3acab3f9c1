/** The demo patients: loaded once, into a store without patients. */
import { run } from './child.mjs';
import { buildLoader } from './loader.mjs';
import { step } from './report.mjs';

/** @param {AbortSignal} signal ends the loader early */
export async function loadDemo({ base, authority }, signal) {
  let loader;
  await step('loader: cargo', async () => {
    loader = await buildLoader();
  });
  await run(loader, ['--demo', '--if-empty', '--to', base, '--idp', authority], { signal });
}
