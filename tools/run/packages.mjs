/** The npm packages of package-lock.json, installed when they are missing or the lock changed. */
import { existsSync } from 'node:fs';
import { run } from './child.mjs';
import { NODE_22, inRoot } from './paths.mjs';
import { Failure } from './report.mjs';
import { whenChanged } from './stamp.mjs';

export async function installPackages() {
  const remark = await whenChanged(
    inRoot('node_modules/.installed-lock'),
    { inputs: [inRoot('package-lock.json')], outputs: [NODE_22] },
    () =>
      run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
        stdio: ['ignore', 'ignore', 'inherit'],
      }),
  );
  if (!existsSync(NODE_22)) {
    throw new Failure(
      'npm installed the packages without running their install scripts, which bring Node 22 and workerd.\n' +
        'Run `npm config set ignore-scripts false`, delete node_modules and run this again.',
    );
  }
  return remark;
}
