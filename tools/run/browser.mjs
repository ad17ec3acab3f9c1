/** The browser of the browser tests: an installed Chromium or Chrome, or one installed now. */
import { existsSync } from 'node:fs';
import { firstLine, run, withNode22 } from './child.mjs';
import { NODE_22, inRoot } from './paths.mjs';
import { Failure } from './report.mjs';

const COMMANDS = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const APPLICATIONS = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

function installed() {
  for (const command of COMMANDS) {
    const path = firstLine('which', [command]);
    if (path) return path;
  }
  return APPLICATIONS.find((path) => existsSync(path));
}

const canInstallPackages = () => process.getuid?.() === 0 && firstLine('apt-get', ['--version']) !== undefined;

/** @returns {Promise<string>} the path of the browser */
export async function findBrowser() {
  const named = process.env.CHROMIUM;
  if (named) {
    if (existsSync(named)) return named;
    throw new Failure(`CHROMIUM names ${named}, which is not there.`);
  }
  const found = installed();
  if (found) return found;
  if (canInstallPackages()) {
    await run('apt-get', ['update', '--quiet']);
    await run('apt-get', ['install', '--yes', '--quiet', '--no-install-recommends', 'chromium']);
    const chromium = installed();
    if (chromium) return chromium;
  }
  const playwright = inRoot('node_modules/playwright-core/cli.js');
  await run(NODE_22, [playwright, 'install', 'chromium'], { env: withNode22() });
  const { chromium } = await import('playwright-core');
  if (existsSync(chromium.executablePath())) return chromium.executablePath();
  throw new Failure('The browser tests need Chromium or Chrome: install one, or name it with CHROMIUM=/path/to/it.');
}
