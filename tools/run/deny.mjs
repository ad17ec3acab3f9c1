/**
 * The step `deny` of `npm test`: what is depended on, by deny.toml and the database of known
 * weaknesses (https://rustsec.org). cargo-deny takes minutes to build, so it is not installed here:
 * without it, and where the database cannot be reached, the step says what it left out.
 */
import { spawnSync } from 'node:child_process';
import { firstLine, run } from './child.mjs';
import { ROOT } from './paths.mjs';
import { runMain } from './report.mjs';

const NOT_CHECKED = 'Known weaknesses of dependencies (RustSec advisories) were NOT checked';

await runMain(async () => {
  if (!firstLine('cargo', ['deny', '--version'])) {
    console.log(`${NOT_CHECKED}: cargo-deny is missing. The step tidy checks licences, sources and duplicates without it.`);
    console.log('To check them: cargo install --locked cargo-deny');
    return;
  }
  await run('cargo', ['deny', '--locked', 'check', 'licenses', 'sources', 'bans']);
  const fetched = spawnSync('cargo', ['deny', 'fetch', 'db'], { cwd: ROOT, encoding: 'utf8', timeout: 60_000 });
  if (fetched.status !== 0) {
    console.log(`${NOT_CHECKED}: their database cannot be reached from here.\n${fetched.stderr.trim()}`);
    return;
  }
  await run('cargo', ['deny', '--locked', 'check', '--disable-fetch', 'advisories']);
});
