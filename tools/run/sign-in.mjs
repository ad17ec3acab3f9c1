/**
 * Signs in at the identity provider the way a browser does, without one: authorization code flow
 * with PKCE over the login page, and the client credentials grant for services.
 * https://www.rfc-editor.org/rfc/rfc7636
 */
import { createHash, randomBytes } from 'node:crypto';
import { assertion } from '../../tests/idp/backend-service.mjs';
import { Failure } from './report.mjs';

const MOST_REDIRECTS = 10;

/** Any page of this machine may be a redirect URI in development; nothing needs to listen there. */
const REDIRECT_URI = 'http://localhost/signed-in';

/** Cookies of one sign-in; all of them belong to the provider. */
export class CookieJar {
  #cookies = new Map();

  get header() {
    return [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  take(response) {
    for (const line of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (!value) this.#cookies.delete(name);
      else this.#cookies.set(name, value);
    }
  }

  /** A request with the cookies; a redirect is returned, not followed. */
  async fetch(url, options = {}) {
    const headers = { ...options.headers, cookie: this.header };
    const response = await fetch(url, { ...options, headers, redirect: 'manual' });
    this.take(response);
    return response;
  }
}

/** Follows redirects at the provider until the one that leaves for `redirectUri`, or a page. */
async function follow(jar, response, from, redirectUri) {
  let [url, answer] = [from, response];
  for (let redirects = 0; redirects < MOST_REDIRECTS; redirects += 1) {
    const location = answer.headers.get('location');
    if (!location) return { url, page: answer };
    url = new URL(location, url).href;
    if (url.startsWith(redirectUri)) return { url };
    answer = await jar.fetch(url);
  }
  throw new Failure('The identity provider redirects without end.');
}

/** @returns the provider's discovery document */
export async function discover(authority) {
  try {
    const response = await fetch(`${authority}/.well-known/openid-configuration`);
    if (response.ok) return await response.json();
    throw new Error(`status ${response.status}`);
  } catch (error) {
    throw new Failure(
      `The identity provider does not answer at ${authority} (${error.cause?.code ?? error.message}).\n` +
        'Start it with `npm start`, or name the running one with --idp URL.',
    );
  }
}

/** Posts to the token endpoint. @returns the response's JSON, also when it is an error */
export async function requestToken(endpoint, form, headers = {}) {
  const response = await fetch(endpoint, { method: 'POST', body: new URLSearchParams(form), headers });
  return { status: response.status, ...(await response.json()) };
}

function newPkce() {
  const verifier = randomBytes(32).toString('base64url');
  return { verifier, challenge: createHash('sha256').update(verifier).digest('base64url') };
}

/**
 * The authorization request and the login page, up to the redirect back to the application.
 * @param {object} options
 * @param {Record<string, string>} options.parameters of the authorization request, beyond the usual
 * @returns {Promise<URLSearchParams>} what the redirect carries: `code`, or `error`
 */
export async function authorize({ endpoint, jar, user, password, redirectUri = REDIRECT_URI, parameters }) {
  const query = new URLSearchParams({ response_type: 'code', redirect_uri: redirectUri, ...parameters });
  const start = `${endpoint}?${query}`;
  let at = await follow(jar, await jar.fetch(start), start, redirectUri);
  if (at.page && user !== undefined) {
    const body = new URLSearchParams({ login: user, password });
    at = await follow(jar, await jar.fetch(at.url, { method: 'POST', body }), at.url, redirectUri);
  }
  if (at.page) {
    const text = (await at.page.text()).replace(/<style.*<\/style>/s, '').replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ');
    throw new Failure(`The identity provider did not sign in ${user ?? 'anyone'}; it says: ${text.trim().slice(0, 300)}`);
  }
  return new URL(at.url).searchParams;
}

/** @returns the token response of a user's sign-in with a fresh session */
export async function signInUser({ authority, clientId, clientSecret, user, password, scope, parameters = {} }) {
  const { authorization_endpoint: endpoint, token_endpoint: tokenEndpoint } = await discover(authority);
  const { verifier, challenge } = newPkce();
  const answer = await authorize({
    endpoint,
    jar: new CookieJar(),
    user,
    password,
    parameters: { client_id: clientId, scope, code_challenge: challenge, code_challenge_method: 'S256', ...parameters },
  });
  if (!answer.has('code')) return Object.fromEntries(answer);
  return requestToken(tokenEndpoint, {
    grant_type: 'authorization_code',
    code: answer.get('code'),
    redirect_uri: REDIRECT_URI,
    client_id: clientId,
    code_verifier: verifier,
    ...(clientSecret ? { client_secret: clientSecret } : {}),
  });
}

/** @returns the token response of a service */
export async function signInService({ authority, clientId, clientSecret, scope }) {
  const { token_endpoint: endpoint } = await discover(authority);
  return requestToken(endpoint, {
    grant_type: 'client_credentials',
    client_id: clientId,
    client_secret: clientSecret,
    scope,
  });
}

/** @returns the token response of a backend service, from the FHIR server itself */
export async function signInBackendService({ base, clientId, key, scope }) {
  let endpoint;
  try {
    const response = await fetch(`${base}/.well-known/smart-configuration`);
    ({ token_endpoint: endpoint } = await response.json());
  } catch (error) {
    throw new Failure(
      `The FHIR server does not answer at ${base} (${error.cause?.code ?? error.message}).\n` +
        'Start it with `npm start`, or name the running one with --base URL.',
    );
  }
  return requestToken(endpoint, {
    grant_type: 'client_credentials',
    scope,
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: assertion({ clientId, key, audience: endpoint }),
  });
}
