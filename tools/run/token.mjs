/**
 * `npm run --silent token -- [--user NAME] [--client ID] [--scope "A B"] [--idp URL]`: prints an
 * access token of the running development provider and nothing else. Without arguments it is the
 * service svc-client's; with --user the user's, by a real sign-in. With `--client svc-backend`, or
 * `--key FILE` (a private JWK) for another, it is a backend service's, which the FHIR server at
 * `--base URL` issues itself.
 */
import { parseArgs } from 'node:util';
import { readFileSync } from 'node:fs';
import { BACKEND_SERVICE, developmentKey } from '../../tests/idp/backend-service.mjs';
import { TENANT, USERS, clients } from '../../tests/idp/accounts.mjs';
import { Failure, runMain } from './report.mjs';
import { signInBackendService, signInService, signInUser } from './sign-in.mjs';

function find(list, key, name, what) {
  const found = list.find((one) => one[key] === name);
  if (found) return found;
  throw new Failure(`There is no ${what} ${name}; there are ${list.map((one) => one[key]).join(', ')}.`);
}

function readKey(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new Failure(`${file} cannot be read as a private JWK: ${error.message}`);
  }
}

async function backendServiceToken(clientId, { base, key, scope = 'system/*.rs' }) {
  const answer = await signInBackendService({
    base: base.replace(/\/$/, ''),
    clientId,
    key: key === undefined ? developmentKey() : readKey(key),
    scope,
  });
  if (answer.access_token) return answer.access_token;
  throw new Failure(`The FHIR server gave no token: ${answer.error_description ?? answer.error}`);
}

await runMain(async () => {
  const { values } = parseArgs({
    options: {
      user: { type: 'string' },
      client: { type: 'string' },
      scope: { type: 'string' },
      key: { type: 'string' },
      base: { type: 'string', default: `http://localhost:${process.env.PORT || 8787}` },
      idp: { type: 'string', default: `http://localhost:${process.env.IDP_PORT || 8400}` },
    },
  });
  const clientId = values.client ?? (values.user === undefined ? 'svc-client' : 'fhir-spa');
  if (values.key !== undefined || clientId === BACKEND_SERVICE) {
    console.log(await backendServiceToken(clientId, values));
    return;
  }
  const client = find(clients(''), 'client_id', clientId, 'client');
  const signIn = {
    authority: `${values.idp.replace(/\/$/, '')}/${TENANT}/v2.0`,
    clientId,
    clientSecret: client.client_secret,
    scope: values.scope ?? '.default',
  };
  const isService = client.grant_types.includes('client_credentials');
  let answer;
  if (values.user === undefined) {
    if (!isService) throw new Failure(`${clientId} signs in users: add --user NAME.`);
    answer = await signInService(signIn);
  } else {
    if (isService) throw new Failure(`${clientId} is a service and signs in no users: leave out --user or --client.`);
    const { password } = find(USERS, 'name', values.user, 'user');
    answer = await signInUser({ ...signIn, user: values.user, password });
  }
  if (!answer.access_token) {
    throw new Failure(`The identity provider gave no token: ${answer.error_description ?? answer.error}`);
  }
  console.log(answer.access_token);
});
