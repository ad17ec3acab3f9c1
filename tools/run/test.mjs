/**
 * `npm test [-- --only NAME..]`: everything that can be checked, in order, up to the first step
 * that fails; the last line sums up the runners: `N passed, N failed`. `PROFILE=dev` builds quickly.
 */
import { spawn } from 'node:child_process';
import { parseArgs } from 'node:util';
import { CHECKS, buildOnce } from './checks.mjs';
import { ROOT } from './paths.mjs';
import { Failure, runMain } from './report.mjs';
import { prepare } from './setup.mjs';
import { totalsOf } from './totals.mjs';

const totals = { passed: 0, failed: 0 };

/** Runs with its output shown as it comes, and adds up what it says. @returns the exit code */
function runCounted({ command, commandArguments, environment }) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, commandArguments, {
      cwd: ROOT,
      env: { ...environment, CARGO_TERM_COLOR: process.stdout.isTTY ? 'always' : 'auto' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text) => {
      output += text;
      process.stdout.write(text);
    });
    child.on('error', (error) => reject(new Failure(`${command} could not be started: ${error.message}`)));
    child.on('close', (code) => {
      const { passed, failed } = totalsOf(output);
      totals.passed += passed;
      totals.failed += failed;
      resolve(code ?? 1);
    });
  });
}

async function runCheck(check) {
  const start = performance.now();
  console.log(`\n== ${check.name}`);
  if (check.needsBuild) await buildOnce();
  for (const command of await check.commands()) {
    const code = await runCounted(command);
    if (code !== 0) throw new Failure(`The step ${check.name} failed; run it alone with: npm test -- --only ${check.name}`);
  }
  console.log(`== ${check.name}: ${((performance.now() - start) / 1000).toFixed(1)} s`);
}

function chosen(only) {
  const unknown = only.filter((name) => !CHECKS.some((check) => check.name === name));
  if (unknown.length > 0) {
    throw new Failure(`There is no step ${unknown.join(', ')}; there are ${CHECKS.map(({ name }) => name).join(', ')}.`);
  }
  return only.length > 0 ? CHECKS.filter(({ name }) => only.includes(name)) : CHECKS;
}

await runMain(async () => {
  const { values } = parseArgs({ options: { only: { type: 'string', multiple: true, default: [] } } });
  const checks = chosen(values.only);
  await prepare();
  try {
    for (const check of checks) await runCheck(check);
  } catch (error) {
    console.log(error instanceof Failure ? `\n${error.message}` : error);
    process.exitCode = 1;
  }
  console.log(`\n${totals.passed} passed, ${totals.failed} failed`);
});
