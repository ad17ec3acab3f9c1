/** What the provider shows browsers: headers, CORS, redirect URIs, pages; and the test endpoints. */
import assert from 'node:assert/strict';
import { createPublicKey, verify } from 'node:crypto';
import { test } from 'node:test';
import { discover, signInService } from '../../tools/run/sign-in.mjs';
import { FHIR_BASE, headerOf, provider } from './fixture.mjs';
import { startIdentityProvider } from './server.mjs';

const idp = await provider();
const { authorization_endpoint: authorizeEndpoint, token_endpoint: tokenEndpoint, jwks_uri: jwksUri } = await discover(idp.v2);

const authorizeUrl = (parameters) =>
  `${authorizeEndpoint}?${new URLSearchParams({
    client_id: 'fhir-spa',
    response_type: 'code',
    scope: 'openid',
    code_challenge: 'c'.repeat(43),
    code_challenge_method: 'S256',
    ...parameters,
  })}`;

async function verifies(token) {
  const { keys } = await (await fetch(jwksUri)).json();
  const key = keys.find(({ kid }) => kid === headerOf(token).kid);
  if (!key) return false;
  const [header, payload, signature] = token.split('.');
  const publicKey = createPublicKey({ key, format: 'jwk' });
  return verify('sha256', Buffer.from(`${header}.${payload}`), publicKey, Buffer.from(signature, 'base64url'));
}

const serviceToken = async () =>
  (await signInService({ authority: idp.v2, clientId: 'svc-client', clientSecret: 'dev-secret-2', scope: '.default' })).access_token;

const post = async (path, body) =>
  (await fetch(idp.url + path, { method: 'POST', body: JSON.stringify(body) })).json();

test('redirect URIs: registered, proxy callbacks, this machine; nothing else', async () => {
  const allowed = [`${FHIR_BASE}/app/redirect.html`, `${FHIR_BASE}/AadSmartOnFhirProxy/callback/aHR0cA`, 'http://127.0.0.1:9999/x'];
  const refused = [
    'https://evil.example/',
    'http://localhost@evil.example/',
    'http://localhost.evil.example/',
    'javascript:alert(1)',
    'https://localhost:1/',
  ];
  for (const uri of allowed) {
    const { status, headers } = await fetch(authorizeUrl({ redirect_uri: uri }), { redirect: 'manual' });
    assert.equal(status, 303, uri);
    assert.match(headers.get('location'), /\/login\/v2\//, uri);
  }
  for (const uri of refused) {
    const response = await fetch(authorizeUrl({ redirect_uri: uri }), { redirect: 'manual', headers: { accept: 'text/html' } });
    assert.equal(response.status, 400, uri);
    assert.equal(response.headers.get('location'), null, uri);
  }
});

test('the sign-in page cannot be framed, cached or scripted, and needs no script', async () => {
  const first = await fetch(authorizeUrl({ redirect_uri: 'http://localhost:1/' }), { redirect: 'manual' });
  const cookie = first.headers.getSetCookie().map((line) => line.split(';')[0]).join('; ');
  const page = await fetch(new URL(first.headers.get('location'), idp.url), { headers: { cookie } });
  assert.equal(page.headers.get('x-frame-options'), 'DENY');
  assert.equal(page.headers.get('cache-control'), 'no-store');
  assert.match(page.headers.get('content-security-policy'), /default-src 'none'.*frame-ancestors 'none'/);
  const html = await page.text();
  assert.match(html, /<title>[^<]*development/);
  assert.match(html, /<label for="login">/);
  assert.doesNotMatch(html, /<script/);
  assert.equal(html.match(/<h1>/g).length, 1);
});

test('a sign-in that was never begun is explained', async () => {
  const html = await (await fetch(`${idp.v1}/login/v2/unknown`)).text();
  assert.match(html, /This sign-in has ended/);
});

test('the token endpoint answers scripts of public clients only', async () => {
  const redeem = (client, origin) =>
    fetch(tokenEndpoint, {
      method: 'POST',
      headers: { origin },
      body: new URLSearchParams({ grant_type: 'refresh_token', refresh_token: 'x', ...client }),
    });
  const publicClient = { client_id: 'fhir-spa' };
  const confidential = { client_id: 'smart-confidential', client_secret: 'dev-secret-1' };
  const allowed = await redeem(publicClient, 'http://localhost:8787');
  assert.equal(allowed.headers.get('access-control-allow-origin'), 'http://localhost:8787');
  assert.equal((await allowed.json()).error, 'invalid_grant');
  const foreign = await redeem(publicClient, 'https://evil.example');
  assert.equal(foreign.headers.get('access-control-allow-origin'), null);
  const secret = await redeem(confidential, 'http://localhost:8787');
  assert.equal((await secret.json()).error, 'invalid_request');
  const preflight = await fetch(tokenEndpoint, {
    method: 'OPTIONS',
    headers: { origin: 'http://localhost:1', 'access-control-request-method': 'POST', 'access-control-request-headers': 'x-client-sku' },
  });
  assert.equal(preflight.headers.get('access-control-allow-headers'), 'x-client-sku');
});

test('tokens verify against the published keys; a rotated key is replaced', async () => {
  const before = await serviceToken();
  assert.ok(await verifies(before));
  const { kid } = await post('/test/rotate-keys', { keepPrevious: true });
  const between = await serviceToken();
  assert.equal(headerOf(between).kid, kid);
  assert.ok((await verifies(before)) && (await verifies(between)));
  await post('/test/rotate-keys', {});
  assert.ok(!(await verifies(between)));
  assert.ok(await verifies(await serviceToken()));
});

test('any token can be signed for a test', async () => {
  const { token } = await post('/test/sign', { payload: { sub: 'x', aud: [] }, header: { typ: 'odd' } });
  assert.equal(headerOf(token).typ, 'odd');
  assert.ok(await verifies(token));
  const forged = await post('/test/sign', { payload: {}, key: 'foreign' });
  assert.ok(!(await verifies(forged.token)));
});

test('without `testing` there are no test endpoints', async (context) => {
  const plain = await startIdentityProvider({ port: 0 });
  context.after(() => plain.close());
  const response = await fetch(`${plain.url}/test/sign`, { method: 'POST', body: '{}' });
  assert.equal(response.status, 404);
});

test('a body beyond all measure is refused', async () => {
  const response = await fetch(tokenEndpoint, { method: 'POST', body: new URLSearchParams({ code: 'x'.repeat(100_000) }) });
  assert.equal(response.status, 413);
});
