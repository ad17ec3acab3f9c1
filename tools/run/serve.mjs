/**
 * Worker and identity provider for tests, on free ports unless told: prints one line of JSON,
 * {"base","idp","authority","tenant","pid"}, when both are ready, and ends when standard input
 * closes. Needs the build and Node 22:
 * `node_modules/.bin/node tools/run/serve.mjs [--port N] [--idp-port N] [--state DIR] [--fhir-version STU3] [--rate NAME=N] [--var NAME=VALUE].. < pipe`
 * A rate is how often in a minute, by its binding: `--rate PROXY_RATE=12`. In a value, {base}, {idp} and {tenant} stand for what was chosen.
 */
import { parseArgs } from 'node:util';
import { freePort, portFrom } from './ports.mjs';
import { Failure, runMain } from './report.mjs';
import { startServers } from './servers.mjs';
import { endOnRequest } from './shutdown.mjs';
import { variables } from './variables.mjs';
import { RATES } from './worker.mjs';

const MOST_TRIES = 3;

/** Tests ask more often than people: what is not limited on purpose is limited to nothing. */
function rates(limited) {
  const set = limited.map((pair) => pair.split('='));
  for (const [name, limit] of set) {
    if (!(name in RATES) || !(Number(limit) > 0)) {
      throw new Failure(`--rate ${name}=${limit}: there are ${Object.keys(RATES).join(', ')}`);
    }
  }
  const unlimited = Object.keys(RATES).map((name) => [name, 1_000_000]);
  return Object.fromEntries([...unlimited, ...set.map(([name, limit]) => [name, Number(limit)])]);
}

/** Starts them; when a port that was chosen here turns out to be taken, on others. */
async function startOnFreePorts({ port, idpPort, ...options }) {
  for (let tries = 1; ; tries += 1) {
    const ports = { port: port || (await freePort()), idpPort: idpPort || (await freePort()) };
    try {
      return await startServers({ ...options, ...ports });
    } catch (error) {
      if (port || tries === MOST_TRIES) throw error;
      console.error(`Start ${tries} failed, trying other ports:`, error);
    }
  }
}

await runMain(async () => {
  const { values } = parseArgs({
    options: {
      port: { type: 'string' },
      'idp-port': { type: 'string' },
      state: { type: 'string', default: 'memory' },
      'fhir-version': { type: 'string', default: 'R4' },
      rate: { type: 'string', multiple: true, default: [] },
      var: { type: 'string', multiple: true },
    },
  });
  const starting = startOnFreePorts({
    port: portFrom(values.port, 0, '--port'),
    idpPort: portFrom(values['idp-port'], 0, '--idp-port'),
    state: values.state,
    fhirVersion: values['fhir-version'],
    rates: rates(values.rate),
    vars: variables(values.var),
    testing: true,
  });
  endOnRequest(async () => (await starting).close(), { withStdin: true });
  const { base, idp, authority, tenant } = await starting;
  console.log(JSON.stringify({ base, idp, authority, tenant, pid: process.pid }));
});
