/** Which scopes the FHIR server publishes, and what becomes of them in a token. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { signInUser } from '../../tools/run/sign-in.mjs';
import { FHIR_BASE, claimsOf, provider } from './fixture.mjs';
import { isResourceScope, scpClaim } from './scopes.mjs';

const idp = await provider();

const tokensFor = (scope, user = 'patient') =>
  signInUser({ authority: idp.v2, clientId: 'smart-app', user, password: user, scope });

test('SMART scopes of both versions are published, in every spelling', () => {
  const published = [
    'patient/*.read', 'patient/Observation.rs', 'user/*.cruds', 'user/*.write', 'system/*.*', 'launch', 'launch/patient',
    'fhirUser', 'user_impersonation', '.default', 'patient$Observation.read', 'launch$patient',
    'patient/Observation.rs?category=laboratory',
  ];
  for (const scope of published) {
    assert.ok(isResourceScope(scope, FHIR_BASE), scope);
    assert.ok(isResourceScope(`${FHIR_BASE}/${scope}`, FHIR_BASE), scope);
  }
  for (const scope of ['patient/*.', 'patient/*.sdurc', 'patient/observation.read', 'openid', 'group/*.read', '']) {
    assert.ok(!isResourceScope(scope, FHIR_BASE), scope);
  }
});

test('scp names each permission once, without the resource', () => {
  const granted = `${FHIR_BASE}/.default user_impersonation ${FHIR_BASE}/patient$Observation.read`;
  assert.equal(scpClaim(granted, FHIR_BASE), 'user_impersonation patient$Observation.read');
});

test('a token has what was asked for and no more, also after a wider one', async () => {
  await tokensFor('openid patient/*.rs user/*.cruds');
  const tokens = await tokensFor(`openid launch ${FHIR_BASE}/patient$Observation.read offline_access`);
  assert.equal(claimsOf(tokens.access_token).scp, 'launch patient$Observation.read');
  assert.equal(tokens.scope, `launch ${FHIR_BASE}/patient$Observation.read`);
});

test('a scope that the resource does not publish is refused', async () => {
  const refused = await tokensFor(`openid ${FHIR_BASE}/patient$observation.read`);
  assert.equal(refused.error, 'invalid_scope');
  assert.match(refused.error_description, /AADSTS65005/);
});

test('another resource is refused', async () => {
  const refused = await signInUser({
    authority: idp.v1,
    clientId: 'fhir-spa',
    user: 'reader',
    password: 'reader',
    scope: 'openid',
    parameters: { resource: 'https://elsewhere.example' },
  });
  assert.equal(refused.error, 'invalid_target');
});
