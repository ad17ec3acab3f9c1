/**
 * An app of MSAL, Azure's own library, signs in at the provider and reads from the worker. MSAL
 * insists on https, so there is a second provider with a certificate of its own, which the
 * worker's runtime trusts by NODE_EXTRA_CA_CERTS.
 * https://learn.microsoft.com/en-us/entra/msal/javascript/browser/
 */
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { TENANT } from '../idp/accounts.mjs';
import { startIdentityProvider } from '../idp/server.mjs';
import { stage } from './apps/stage.mjs';
import { enter, popupOf } from './fixture.mjs';

const APP = fileURLToPath(new URL('apps/msal/', import.meta.url));

async function files() {
  const { outputFiles } = await build({
    entryPoints: ['app.mjs', 'redirect.mjs'].map((name) => join(APP, name)),
    outdir: '/',
    bundle: true,
    format: 'esm',
    platform: 'browser',
    write: false,
  });
  const scripts = outputFiles.map(({ path, contents }) => [path, Buffer.from(contents)]);
  const names = ['app.html', 'redirect.html'];
  const pages = await Promise.all(names.map(async (name) => [`/${name}`, await readFile(join(APP, name))]));
  return Object.fromEntries([...scripts, ...pages]);
}

async function configure({ base, app }) {
  const state = await mkdtemp(join(tmpdir(), 'msal-sign-in-'));
  const provider = await startIdentityProvider({ port: 0, fhirBase: base, state, tls: true });
  process.env.NODE_EXTRA_CA_CERTS = join(state, 'tls.crt');
  return {
    // The demo patients are loaded by a service of the provider without https.
    vars: {
      AUTHORITY: provider.authority,
      TRUSTED_AUTHORITIES: JSON.stringify([{ authority: '{idp}/{tenant}/v2.0', roles: ['globalAdmin'] }]),
      CORS_ORIGINS: app,
    },
    places: { provider: provider.url },
    close: async () => {
      await provider.close();
      await rm(state, { recursive: true });
    },
  };
}

const scene = stage({ files, configure });

/** What the app posted to the token endpoint, to which MSAL adds its version in the query. */
const redemptions = (seen) =>
  seen.requests.filter(({ method, url }) => method === 'POST' && new URL(url).pathname.endsWith('/token')).map(({ form }) => form);

const claims = (token) => JSON.parse(Buffer.from(token.split('.')[1], 'base64url').toString());

async function signIn({ page, app, base, provider }, user) {
  const authority = `${provider}/${TENANT}`;
  await page.goto(`${app}/app.html?${new URLSearchParams({ authority, base })}`);
  await page.getByText('Ready').waitFor();
  await enter(await popupOf(page, page.getByRole('button', { name: 'Sign in' })), user);
  await page.getByText(/Signed in as|failed/).waitFor();
  return page.getByRole('status').textContent();
}

scene('MSAL signs in by popup, and the server takes its token', {}, async (props) => {
  const { page, provider, base, seen } = props;
  assert.equal(await signIn(props, 'reader'), 'Signed in as reader@dev.example');
  const { accessToken, fromCache } = await page.evaluate(() => token());
  assert.equal(fromCache, true);
  const { iss, aud, scp, roles } = claims(accessToken);
  assert.equal(iss, `${provider}/${TENANT}/v2.0`);
  assert.deepEqual({ aud, scp, roles }, { aud: base, scp: 'user_impersonation', roles: ['globalReader'] });
  const ids = await page.evaluate((one) => patients(one), accessToken);
  assert.ok(ids.includes('demo-amelia') && ids.length > 1, ids.join());
  assert.deepEqual(redemptions(seen).map((form) => form.get('grant_type')), ['authorization_code']);
});

scene('MSAL renews a token without a window, also after a reload', {}, async (props) => {
  const { page, seen } = props;
  await signIn(props, 'reader');
  const { accessToken: first } = await page.evaluate(() => token());
  const renewed = await page.evaluate(() => token({ forceRefresh: true }));
  assert.equal(renewed.fromCache, false);
  assert.notEqual(renewed.accessToken, first);
  assert.deepEqual(redemptions(seen).map((form) => form.get('grant_type')), ['authorization_code', 'refresh_token']);
  assert.ok((await page.evaluate((one) => patients(one), renewed.accessToken)).length > 1);

  await page.reload();
  await page.getByText('Ready').waitFor();
  const kept = await page.evaluate(() => token());
  assert.deepEqual(kept, { accessToken: renewed.accessToken, fromCache: true });
});

scene('a person of another name sees what that person may see', {}, async (props) => {
  assert.equal(await signIn(props, 'patient'), 'Signed in as patient@dev.example');
  const { page } = props;
  const { accessToken } = await page.evaluate(() => token());
  assert.deepEqual(await page.evaluate((one) => patients(one), accessToken), ['demo-amelia']);
});
