/** Connecting the client to another server. */
import assert from 'node:assert/strict';
import { replyUrl } from '../../tools/run/reply-url.mjs';
import { patientNames, session, signInButton, signInHere, signOutButton, stage } from './fixture.mjs';

const { scene } = stage();
const SETTINGS = { at: '/app/settings' };
const base = (page) => page.getByLabel('Base address');
const press = (page, name) => page.getByRole('button', { name }).click();

scene('a server is asked what it is', SETTINGS, async ({ page }) => {
  await press(page, 'Test the address');
  await page.getByText(/answers: FHIR 4\.0\.1, \d+ resource types\./).waitFor();
});

scene('a server that the policy keeps away is explained', { ...SETTINGS, blocked: true }, async ({ page, seen }) => {
  await base(page).fill('http://localhost:9/fhir');
  await press(page, 'Test the address');
  const notice = page.locator('.notice-error');
  await notice.waitFor();
  assert.match(await notice.textContent(), /CLIENT_CONNECT_SRC.*CORS/);
  assert.ok(seen.violations.length > 0);
});

scene('an invalid address is reported at its field', SETTINGS, async ({ page }) => {
  await base(page).fill('fhir.example.org');
  await press(page, 'Save and use');
  assert.equal(await base(page).getAttribute('aria-invalid'), 'true');
  await page.getByLabel('Authority').fill('http://login.example.org');
  await base(page).fill('https://fhir.example.org');
  await press(page, 'Save and use');
  assert.equal(await page.getByLabel('Authority').getAttribute('aria-invalid'), 'true');
});

scene('a chosen connection is used from then on, until it is reset', { as: 'reader' }, async ({ page, open, base: server }) => {
  await open('/app/settings');
  await page.getByLabel('No sign-in: the server is open').check();
  await base(page).fill(`${server}/`);
  await press(page, 'Save and use');
  await page.getByText('is used without a sign-in').waitFor();
  await open('/app/patients');
  await page.locator('.notice-error', { hasText: 'Name its identity provider' }).waitFor();

  await open('/app/settings');
  await press(page, 'Use the deployed connection');
  await page.getByRole('heading', { name: /^Welcome, / }).waitFor();
  await open('/app/patients');
  assert.ok((await patientNames(page)).length > 0);
});

scene('a token for one server is never used for another', { as: 'reader' }, async ({ page, open, base: server }) => {
  await open('/app/settings');
  await base(page).fill(server.replace('localhost', '127.0.0.1'));
  await press(page, 'Save and use');
  await signInButton(page).waitFor();
  assert.notEqual(await session(page), null, 'kept for the way back');
  assert.equal(await signOutButton(page).count(), 0);
});

scene('the choice is kept without any secret', SETTINGS, async ({ page, base: server }) => {
  await base(page).fill(`${server}/`);
  await press(page, 'Save and use');
  await signInHere(page, 'reader');
  const kept = await page.evaluate(() => Object.entries(localStorage));
  assert.deepEqual(kept.map(([key]) => key), ['fhir-edge.connection']);
  assert.deepEqual(Object.keys(JSON.parse(kept[0][1])).sort(), ['authority', 'clientId', 'demoAccounts', 'fhirBase', 'fhirVersion', 'scopes']);
});

const redirectUri = (page) => page.getByLabel('Redirect URI of the app');

scene('the reply URL of an app is made, as the command makes it, and copied', SETTINGS, async ({ page, base: server }) => {
  for (const uri of ['https://app.example/cb', 'http://localhost:3000/callback?a=b']) {
    await redirectUri(page).fill(uri);
    assert.equal(await page.locator('.reply-url').textContent(), replyUrl(server, uri));
    await press(page, 'Copy the reply URL');
    await page.getByText('Copied').waitFor();
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), replyUrl(server, uri));
  }
});

scene('a redirect URI that the proxy would refuse is reported at its field', SETTINGS, async ({ page }) => {
  assert.equal(await redirectUri(page).getAttribute('aria-invalid'), null);
  for (const uri of ['app.example/cb', 'http://app.example/cb', 'https://app.example/#x', 'https://me@app.example/', 'javascript:alert(1)']) {
    await redirectUri(page).fill(uri);
    assert.equal(await redirectUri(page).getAttribute('aria-invalid'), 'true', uri);
    assert.equal(await page.locator('.reply-url').count(), 0, uri);
  }
});
