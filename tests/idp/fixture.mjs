/** What the tests of the identity provider share: a running provider and its endpoints. */
import { after } from 'node:test';
import { TENANT } from './accounts.mjs';
import { startIdentityProvider } from './server.mjs';

export const FHIR_BASE = 'http://localhost:8787';

/** Starts a provider for this test file. */
export async function provider(options = {}) {
  const started = await startIdentityProvider({ port: 0, fhirBase: FHIR_BASE, testing: true, ...options });
  after(() => started.close());
  return { ...started, v1: `${started.url}/${TENANT}`, v2: started.authority };
}

/** The claims of a JWT, unverified. */
export const claimsOf = (token) => JSON.parse(Buffer.from(token.split('.')[1], 'base64url').toString());

export const headerOf = (token) => JSON.parse(Buffer.from(token.split('.')[0], 'base64url').toString());
