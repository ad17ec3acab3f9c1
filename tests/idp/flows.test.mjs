/** The flows of both endpoint versions, driven over HTTP as clients drive them. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { CookieJar, authorize, discover, requestToken, signInService, signInUser } from '../../tools/run/sign-in.mjs';
import { USERS } from './accounts.mjs';
import { FHIR_BASE, claimsOf, headerOf, provider } from './fixture.mjs';

const idp = await provider();
const VERSIONS = { v1: idp.v1, v2: idp.v2 };
const REDIRECT = 'http://localhost:5173/callback';
const VERIFIER = 'a'.repeat(50);
const CHALLENGE = createHash('sha256').update(VERIFIER).digest('base64url');

const scopeFor = (version) => (version === 'v1' ? {} : { scope: `openid profile offline_access ${FHIR_BASE}/.default` });
const resourceFor = (version) => (version === 'v1' ? { resource: FHIR_BASE } : {});

function authorizeAs(user, authority, jar = new CookieJar(), parameters = {}) {
  return discover(authority).then(({ authorization_endpoint: endpoint }) =>
    authorize({
      endpoint,
      jar,
      user,
      password: user,
      redirectUri: REDIRECT,
      parameters: { client_id: 'fhir-spa', code_challenge: CHALLENGE, code_challenge_method: 'S256', ...parameters },
    }),
  );
}

async function redeem(authority, form, headers) {
  const { token_endpoint: endpoint } = await discover(authority);
  const fixed = { grant_type: 'authorization_code', client_id: 'fhir-spa', redirect_uri: REDIRECT };
  return requestToken(endpoint, { ...fixed, ...form }, headers);
}

for (const [version, authority] of Object.entries(VERSIONS)) {
  test(`${version}: code, PKCE, tokens, refresh`, async () => {
    const answer = await authorizeAs('writer', authority, new CookieJar(), {
      state: 'a state/with+signs=',
      nonce: 'n-1',
      ...scopeFor(version),
      ...resourceFor(version),
    });
    assert.equal(answer.get('state'), 'a state/with+signs=');
    assert.equal(answer.get('iss'), null, 'Azure sends no iss');

    const tokens = await redeem(authority, { code: answer.get('code'), code_verifier: VERIFIER, client_info: '1' });
    assert.equal(tokens.status, 200, JSON.stringify(tokens));
    assert.equal(typeof tokens.expires_in, version === 'v1' ? 'string' : 'number');
    assert.equal(JSON.parse(Buffer.from(tokens.client_info, 'base64url')).uid, claimsOf(tokens.access_token).oid);
    assert.equal(claimsOf(tokens.id_token).nonce, 'n-1');
    assert.equal(claimsOf(tokens.id_token).aud, 'fhir-spa');

    const claims = claimsOf(tokens.access_token);
    const { issuer } = await discover(authority);
    assert.equal(claims.iss, issuer);
    assert.equal(claims.aud, FHIR_BASE);
    assert.deepEqual(claims.roles, ['globalWriter']);
    assert.equal(claims.scp, 'user_impersonation');
    assert.equal(claims.ver, version === 'v1' ? '1.0' : '2.0');
    assert.equal(version === 'v1' ? claims.appid : claims.azp, 'fhir-spa');
    assert.equal(version === 'v1' ? claims.azp : claims.appid, undefined);
    assert.equal(version === 'v1' ? claims.upn : claims.preferred_username, 'writer@dev.example');
    assert.equal(headerOf(tokens.access_token).typ, 'JWT');

    const { token_endpoint: endpoint } = await discover(authority);
    const refreshed = await requestToken(endpoint, {
      grant_type: 'refresh_token',
      refresh_token: tokens.refresh_token,
      client_id: 'fhir-spa',
    });
    assert.equal(refreshed.status, 200, JSON.stringify(refreshed));
    assert.equal(claimsOf(refreshed.access_token).scp, 'user_impersonation');
    assert.notEqual(refreshed.access_token, tokens.access_token);
  });

  test(`${version}: a wrong, missing or reused verifier gets no token`, async () => {
    const jar = new CookieJar();
    const parameters = { ...scopeFor(version), ...resourceFor(version) };
    for (const verifier of [{ code_verifier: 'b'.repeat(50) }, {}]) {
      const answer = await authorizeAs('writer', authority, jar, parameters);
      const refused = await redeem(authority, { code: answer.get('code'), ...verifier });
      assert.equal(refused.status, 400);
      assert.match(refused.error_description, /^AADSTS\d+: /);
      assert.equal(refused.access_token, undefined);
    }
    const answer = await authorizeAs('writer', authority, jar, parameters);
    const form = { code: answer.get('code'), code_verifier: VERIFIER };
    assert.equal((await redeem(authority, form)).status, 200);
    assert.equal((await redeem(authority, form)).error, 'invalid_grant');
  });

  test(`${version}: a public client without PKCE is refused`, async () => {
    const answer = await authorizeAs('writer', authority, new CookieJar(), {
      code_challenge: '',
      code_challenge_method: '',
      ...scopeFor(version),
    });
    assert.equal(answer.get('error'), 'invalid_request');
    assert.equal(answer.get('code'), null);
  });
}

test('one sign-in serves both versions and silent renewal', async () => {
  const jar = new CookieJar();
  const silent = { prompt: 'none', ...scopeFor('v2') };
  const before = await authorizeAs(undefined, idp.v2, jar, silent);
  assert.equal(before.get('error'), 'login_required');
  await authorizeAs('reader', idp.v1, jar, { resource: FHIR_BASE });
  const renewed = await authorizeAs(undefined, idp.v2, jar, silent);
  const tokens = await redeem(idp.v2, { code: renewed.get('code'), code_verifier: VERIFIER });
  assert.equal(claimsOf(tokens.access_token).name, 'Rea Reader');
});

test('every user has the roles and the fhirUser of the contract', async () => {
  const expected = {
    admin: [['globalAdmin'], undefined],
    writer: [['globalWriter'], undefined],
    reader: [['globalReader'], undefined],
    exporter: [['globalExporter'], undefined],
    patient: [['smartUser'], 'Patient/demo-amelia'],
    nobody: [undefined, undefined],
  };
  assert.deepEqual(USERS.map(({ name }) => name).sort(), Object.keys(expected).sort());
  for (const [user, [roles, fhirUser]] of Object.entries(expected)) {
    const tokens = await signInUser({ authority: idp.v2, clientId: 'fhir-spa', user, password: user, scope: 'openid .default' });
    const claims = claimsOf(tokens.access_token);
    assert.deepEqual(claims.roles, roles, user);
    assert.equal(claims.fhirUser, fhirUser, user);
    assert.equal(claimsOf(tokens.id_token).fhirUser, fhirUser, user);
    assert.match(claims.oid, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
  }
});

test('a wrong password leads nowhere', async () => {
  const wrong = signInUser({ authority: idp.v2, clientId: 'fhir-spa', user: 'admin', password: 'writer', scope: 'openid' });
  await assert.rejects(wrong, /AADSTS50126/);
});

test('client credentials: app roles, no scp; Azure wants .default', async () => {
  const service = { authority: idp.v2, clientId: 'svc-client', clientSecret: 'dev-secret-2' };
  const claims = claimsOf((await signInService({ ...service, scope: `${FHIR_BASE}/.default` })).access_token);
  assert.deepEqual(claims.roles, ['globalAdmin']);
  assert.equal(claims.scp, undefined);
  assert.equal(claims.sub, claims.oid);
  assert.equal(claims.aud, FHIR_BASE);
  assert.equal((await signInService({ ...service, scope: 'user_impersonation' })).error, 'invalid_scope');
  assert.equal((await signInService({ ...service, clientSecret: 'x', scope: '.default' })).status, 401);

  const { token_endpoint: endpoint } = await discover(idp.v1);
  const v1 = await requestToken(
    endpoint,
    { grant_type: 'client_credentials', resource: `${FHIR_BASE}/` },
    { authorization: `Basic ${Buffer.from('svc-reader:dev-secret-3').toString('base64')}` },
  );
  assert.deepEqual(claimsOf(v1.access_token).roles, ['globalReader']);
  assert.equal(claimsOf(v1.access_token).appid, 'svc-reader');
});

test('sign-out ends the session without naming a client', async () => {
  const jar = new CookieJar();
  await authorizeAs('reader', idp.v2, jar, scopeFor('v2'));
  const { end_session_endpoint: endpoint } = await discover(idp.v2);
  const query = new URLSearchParams({ post_logout_redirect_uri: `${FHIR_BASE}/app/`, state: 's' });
  const page = await (await jar.fetch(`${endpoint}?${query}`)).text();
  const [, action] = /action="([^"]+)"/.exec(page);
  const [, xsrf] = /name="xsrf" value="([^"]+)"/.exec(page);
  const done = await jar.fetch(action, { method: 'POST', body: new URLSearchParams({ xsrf, logout: 'yes' }) });
  assert.equal(done.headers.get('location'), `${FHIR_BASE}/app/?state=s`);
  const after = await authorizeAs(undefined, idp.v2, jar, { prompt: 'none', ...scopeFor('v2') });
  assert.equal(after.get('error'), 'login_required');
});
