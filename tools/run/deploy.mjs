/**
 * `npm run deploy [-- --dry-run]`: checks edge/wrangler.jsonc, builds, and hands the build to
 * Wrangler. A dry run needs no account and only says what is not set.
 */
import { parseArgs } from 'node:util';
import { run, withNode22 } from './child.mjs';
import { missingSettings } from './deployment.mjs';
import { readJsonc } from './jsonc.mjs';
import { NODE_22, inRoot } from './paths.mjs';
import { Failure, runMain } from './report.mjs';
import { setUp } from './setup.mjs';

const CONFIGURATION = 'edge/wrangler.jsonc';

await runMain(async () => {
  const { values } = parseArgs({ options: { 'dry-run': { type: 'boolean', default: false } } });
  const missing = missingSettings(readJsonc(inRoot(CONFIGURATION)));
  if (missing.length > 0) {
    const words = `${CONFIGURATION} is not ready for a deployment:\n${missing.map((one) => `  - ${one}`).join('\n')}`;
    if (!values['dry-run']) throw new Failure(words);
    console.error(`${words}\n`);
  }
  await setUp();
  const wrangler = [inRoot('node_modules/wrangler/bin/wrangler.js'), 'deploy', '--config', inRoot(CONFIGURATION)];
  await run(NODE_22, [...wrangler, ...(values['dry-run'] ? ['--dry-run'] : [])], {
    env: withNode22({ WRANGLER_SEND_METRICS: 'false' }),
  });
});
