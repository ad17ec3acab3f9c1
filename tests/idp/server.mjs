/**
 * The development identity provider: a real OpenID provider dressed as Azure AD, with the v1 and
 * v2 endpoints of one tenant. Fixed users, fixed secrets: never for production.
 * Run `node tests/idp/server.mjs`, or call `startIdentityProvider`.
 */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { TENANT, TENANT_ALIASES, userByLogin } from './accounts.mjs';
import { certificate } from './certificate.mjs';
import { SigningKeys } from './keys.mjs';
import { expiredPage, loginPage } from './pages.mjs';
import { createProvider } from './provider.mjs';
import { readForm, rewriteParameters, withRewrittenForm } from './requests.mjs';
import { Store } from './store.mjs';
import { answerTest } from './testing.mjs';

const ALIAS = new RegExp(`^/(${TENANT_ALIASES.join('|')})(?=/)`);

function sendJson(response, status, value) {
  response.writeHead(status, { 'content-type': 'application/json', 'access-control-allow-origin': '*' });
  response.end(JSON.stringify(value));
}

function sendPage(response, { headers, html }) {
  response.writeHead(200, headers);
  response.end(html);
}

/** MSAL asks this before it trusts an authority. */
function instanceDiscovery(origin) {
  const { host } = new URL(origin);
  return {
    tenant_discovery_endpoint: `${origin}/${TENANT}/v2.0/.well-known/openid-configuration`,
    'api-version': '1.1',
    metadata: [{ preferred_network: host, preferred_cache: host, aliases: [host] }],
  };
}

/** Shows the sign-in page, or takes what was filled in. */
async function signIn(request, response, provider, action) {
  let details;
  try {
    details = await provider.interactionDetails(request, response);
  } catch (error) {
    if (error.name !== 'SessionNotFound') throw error;
    sendPage(response, expiredPage());
    return;
  }
  if (request.method !== 'POST') {
    sendPage(response, loginPage({ action, hint: details.params.login_hint?.split('@')[0] }));
    return;
  }
  const form = await readForm(request);
  const user = userByLogin(form.get('login'));
  if (!user || user.password !== form.get('password')) {
    const error = 'AADSTS50126: The user name or the password is wrong.';
    sendPage(response, loginPage({ action, hint: form.get('login'), error }));
    return;
  }
  const login = { accountId: user.oid, amr: ['pwd'], remember: true };
  await provider.interactionFinished(request, response, { login }, { mergeWithLastSubmission: false });
}

/** The request handler over the providers, which `rebuild` makes anew after a key rotation. */
class FrontDoor {
  #options;
  #providers;
  #callbacks;

  constructor(options) {
    this.#options = options;
    this.#build();
  }

  #build() {
    this.#providers = { 1: createProvider(1, this.#options), 2: createProvider(2, this.#options) };
    this.#callbacks = { 1: this.#providers[1].callback(), 2: this.#providers[2].callback() };
  }

  async handle(request, response) {
    try {
      response.setHeader('cache-control', 'no-store');
      await this.#route(request, response);
    } catch (error) {
      const status = error.statusCode ?? 500;
      if (status >= 500) console.error('identity provider:', error);
      if (response.headersSent) response.destroy();
      else sendJson(response, status, { error: 'invalid_request', error_description: error.message });
    }
  }

  async #route(request, response) {
    const { origin, testing, keys } = this.#options;
    const url = new URL(request.url, origin);
    if (url.pathname === '/common/discovery/instance') {
      sendJson(response, 200, instanceDiscovery(origin));
      return;
    }
    if (testing) {
      const answer = await answerTest(request, url.pathname, { keys, rebuild: () => this.#build() });
      if (answer) {
        sendJson(response, 200, answer);
        return;
      }
    }
    const path = url.pathname.replace(ALIAS, `/${TENANT}`);
    if (!path.startsWith(`/${TENANT}/`)) {
      sendJson(response, 404, { error: 'not_found', error_description: `the tenant is ${TENANT}` });
      return;
    }
    const login = /^\/[^/]+\/login\/v([12])\/[\w-]+$/.exec(path);
    if (login) await signIn(request, response, this.#providers[login[1]], path);
    else await this.#delegate(request, response, path.slice(TENANT.length + 1), url.searchParams);
  }

  /** Hands an endpoint's request to the provider of its version, with Azure's ways translated. */
  async #delegate(request, response, path, query) {
    const version = path.includes('/v2.0') ? 2 : 1;
    const { fhirBase } = this.#options;
    rewriteParameters(query, version, fhirBase);
    const isForm = request.method === 'POST' && /\/(authorize|token)$/.test(path);
    const delegated = isForm ? await withRewrittenForm(request, version, fhirBase) : request;
    const endpoint = path === '/v2.0/.well-known/openid-configuration' ? path.slice('/v2.0'.length) : path;
    delegated.url = query.size > 0 ? `${endpoint}?${query}` : endpoint;
    // oidc-provider derives the path it is mounted on from the difference of the two.
    delegated.originalUrl = `/${TENANT}${delegated.url}`;
    await this.#callbacks[version](delegated, response);
  }
}

/**
 * Starts the provider on 127.0.0.1.
 * @param {object} [options]
 * @param {number} [options.port] 0 picks a free one
 * @param {string} [options.fhirBase] the protected resource and audience, without a slash at the end
 * @param {string} [options.state] the directory of the signing key, or `memory`
 * @param {boolean} [options.tls] https, with a self-signed certificate kept in `state`
 * @param {number} [options.accessTokenSeconds] lifetime of access tokens
 * @param {boolean} [options.testing] adds the endpoints of testing.mjs
 * @returns {Promise<{url: string, port: number, authority: string, close: () => Promise<void>}>}
 */
export async function startIdentityProvider(options = {}) {
  const { port = 8400, state = 'memory', tls = false, testing = false } = options;
  const fhirBase = options.fhirBase ?? 'http://localhost:8787';
  const keys = new SigningKeys(state);
  let frontDoor;
  const handle = (request, response) => frontDoor.handle(request, response);
  const server = tls ? createTlsServer(certificate(state), handle) : createServer(handle);
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const actualPort = server.address().port;
  const url = `${tls ? 'https' : 'http'}://localhost:${actualPort}`;
  frontDoor = new FrontDoor({
    origin: url,
    fhirBase,
    keys,
    store: new Store(),
    cookieKey: randomBytes(32).toString('hex'),
    tls,
    testing,
    accessTokenSeconds: options.accessTokenSeconds ?? 3600,
  });
  return {
    url,
    port: actualPort,
    authority: `${url}/${TENANT}/v2.0`,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

/** Reads the options from the environment, as the commands and the README name them. */
export function optionsFromEnvironment(environment) {
  return {
    port: Number(environment.IDP_PORT ?? 8400),
    fhirBase: environment.FHIR_BASE ?? 'http://localhost:8787',
    state: environment.IDP_STATE ?? 'memory',
    tls: environment.IDP_TLS === '1',
    accessTokenSeconds: Number(environment.IDP_AT_TTL ?? 3600),
  };
}

if (import.meta.url === pathToFileURL(resolve(process.argv[1] ?? '')).href) {
  const provider = await startIdentityProvider(optionsFromEnvironment(process.env));
  console.log(`development identity provider: ${provider.authority}`);
  const stop = () => provider.close().then(() => process.exit(0));
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
}
