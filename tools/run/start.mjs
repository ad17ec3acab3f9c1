/**
 * `npm start`: makes the clone ready, builds, then runs the worker and the development identity
 * provider until it is stopped. This file needs nothing but Node; up.mjs, which runs the servers,
 * is started with the Node that npm installed.
 * Environment: PORT (8787), IDP_PORT (8400), STATE_DIR (.state; `memory` for none), FHIR_VERSION
 * (R4, STU3), DEMO=0 to start empty. `--var NAME=VALUE` sets any other variable of the worker
 * (docs/configuration.md), `--exit-with-stdin` also stops when standard input closes.
 */
import { spawn } from 'node:child_process';
import { parseArgs } from 'node:util';
import { NODE_22, ROOT, inRoot } from './paths.mjs';
import { portFrom, requirePort } from './ports.mjs';
import { Failure, runMain } from './report.mjs';
import { setUp } from './setup.mjs';
import { variables } from './variables.mjs';

/** Settings are checked before the build, which may take minutes. */
async function readSettings(environment) {
  const port = portFrom(environment.PORT, 8787, 'PORT');
  const idpPort = portFrom(environment.IDP_PORT, 8400, 'IDP_PORT');
  await requirePort(port, 'The worker', 'PORT');
  await requirePort(idpPort, 'The identity provider', 'IDP_PORT');
  const fhirVersion = environment.FHIR_VERSION || 'R4';
  if (!['R4', 'STU3'].includes(fhirVersion)) {
    throw new Failure(`FHIR_VERSION must be R4 or STU3, not ${fhirVersion}.`);
  }
  return {
    port,
    idpPort,
    fhirVersion,
    state: environment.STATE_DIR || '.state',
    demo: environment.DEMO !== '0',
  };
}

/** Runs up.mjs to its end and passes signals on. */
function runServers(settings, exitWithStdin) {
  return new Promise((resolve, reject) => {
    const child = spawn(NODE_22, [inRoot('tools/run/up.mjs'), JSON.stringify({ ...settings, exitWithStdin })], {
      cwd: ROOT,
      stdio: [exitWithStdin ? 'inherit' : 'ignore', 'inherit', 'inherit', 'ipc'],
    });
    for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
    child.on('error', reject);
    child.on('exit', (code) => resolve(code ?? 1));
  });
}

await runMain(async () => {
  const { values } = parseArgs({
    options: { 'exit-with-stdin': { type: 'boolean', default: false }, var: { type: 'string', multiple: true } },
  });
  const settings = { ...(await readSettings(process.env)), vars: variables(values.var) };
  await setUp();
  process.exitCode = await runServers(settings, values['exit-with-stdin']);
});
