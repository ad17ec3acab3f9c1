/**
 * The running part of `npm start`: starts both servers, loads the demo patients into an empty
 * store and says where everything is. Its one argument is start.mjs's settings as JSON.
 */
import { USERS } from '../../tests/idp/accounts.mjs';
import { loadDemo } from './demo.mjs';
import { freePort } from './ports.mjs';
import { runMain } from './report.mjs';
import { startServers } from './servers.mjs';
import { endOnRequest } from './shutdown.mjs';

function banner({ base, idp }, { fhirVersion, state }) {
  const accounts = USERS.map(({ name, roles, fhirUser }) =>
    `    ${name.padEnd(10)} ${(roles[0] ?? 'no role').padEnd(16)} ${fhirUser ?? ''}`.trimEnd(),
  );
  return `
fhir-edge is running, FHIR ${fhirVersion}, ${state === 'memory' ? 'nothing is kept' : `kept in ${state}`}

  Patient browser      ${base}/app/
  SMART app launcher   ${base}/app/launcher
  FHIR base URL        ${base}
  Capabilities         ${base}/metadata
  Identity provider    ${idp} (development only)

  Sign in as (the password is the name):
${accounts.join('\n')}

  A token for scripts: npm run --silent token
  Stop with Ctrl+C.
`;
}

await runMain(async () => {
  const settings = JSON.parse(process.argv[2]);
  const port = settings.port || (await freePort());
  const starting = startServers({ ...settings, port });
  const ending = new AbortController();
  endOnRequest(
    async () => {
      ending.abort();
      await (await starting).close();
    },
    { withStdin: settings.exitWithStdin },
  );
  const servers = await starting;
  try {
    if (settings.demo) await loadDemo(servers, ending.signal);
  } catch (error) {
    if (ending.signal.aborted) return;
    await servers.close();
    throw error;
  }
  console.log(banner(servers, settings));
});
