/**
 * `npm run load -- [--to URL] FILE..`: loads bundles and NDJSON files into a running server. The
 * arguments are the loader's own; relative paths are those of the folder npm was called in.
 */
import { runAttached } from './child.mjs';
import { buildLoader } from './loader.mjs';
import { requirePrerequisites } from './prerequisites.mjs';
import { runMain } from './report.mjs';

await runMain(async () => {
  await requirePrerequisites();
  const loader = await buildLoader();
  process.exitCode = await runAttached(loader, process.argv.slice(2), { cwd: process.env.INIT_CWD ?? process.cwd() });
});
