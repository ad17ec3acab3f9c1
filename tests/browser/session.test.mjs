/** Expiring tokens: renewed silently where possible, by an interactive sign-in otherwise. */
import assert from 'node:assert/strict';
import { bendSession, enter, patientNames, popupOf, session, signInButton, stage } from './fixture.mjs';

const { scene } = stage();
const EXPIRED = { expires_at: 0 };
const DEAD = { ...EXPIRED, refresh_token: 'dead' };
const tokenRequests = (seen) => seen.requests.filter(({ url }) => url.endsWith('/token')).length;
const openFirstPatient = (page) => page.locator('tbody .cell-main a').first().click();

scene('an expired token is renewed once for many requests', { as: 'reader', at: '/app/patients' }, async ({ page, seen }) => {
  await patientNames(page);
  const old = await session(page);
  await bendSession(page, EXPIRED);
  const before = tokenRequests(seen);
  await openFirstPatient(page);
  await page.locator('.tile').first().waitFor();
  const renewed = await session(page);
  assert.notEqual(renewed.access_token, old.access_token);
  assert.ok(renewed.expires_at > Date.now() / 1000);
  assert.equal(tokenRequests(seen) - before, 1);
});

scene('parallel requests with an expired token share one renewal', { as: 'reader', at: '/app/patients/demo-amelia' }, async ({ page, seen, open }) => {
  await page.locator('.tile').first().waitFor();
  // The chart's sections are asked for all at once, as soon as the record is there.
  await page.route('**/Patient/demo-amelia', async (route) => {
    const response = await route.fetch();
    await bendSession(page, EXPIRED);
    await route.fulfill({ response });
  });
  const before = tokenRequests(seen);
  await open('/app/patients/demo-amelia');
  await page.locator('.tile').first().waitFor();
  await page.locator('.tabs .count').nth(8).waitFor();
  assert.equal(tokenRequests(seen) - before, 1);
});

scene('a fresh token is used as it is', { as: 'reader', at: '/app/patients' }, async ({ page, seen }) => {
  await patientNames(page);
  const before = tokenRequests(seen);
  await openFirstPatient(page);
  await page.locator('.tile').first().waitFor();
  assert.equal(tokenRequests(seen), before);
});

scene('an invalid refresh token falls back to the hidden frame', { as: 'reader', at: '/app/patients' }, async ({ page, seen }) => {
  await patientNames(page);
  await bendSession(page, DEAD);
  await openFirstPatient(page);
  await page.locator('.tile').first().waitFor();
  const silent = seen.requests.filter(({ url }) => url.includes('prompt=none'));
  assert.equal(silent.length, 1);
  assert.notEqual((await session(page)).refresh_token, 'dead');
  assert.equal(await page.locator('iframe').count(), 0);
});

scene('a token that the server no longer accepts is renewed and the request repeated', { as: 'reader', at: '/app/patients' }, async ({ page }) => {
  await patientNames(page);
  await bendSession(page, { access_token: 'revoked' });
  await openFirstPatient(page);
  await page.locator('.tile').first().waitFor();
  assert.notEqual((await session(page)).access_token, 'revoked');
});

scene('a link opened in a new tab finds the sign-in at the provider', { as: 'reader' }, async ({ context, base }) => {
  const tab = await context.newPage();
  await tab.goto(`${base}/app/patients?q=Amelia`);
  assert.ok((await patientNames(tab)).length > 0);
  assert.match(await tab.locator('.person').textContent(), /globalReader/);
});

scene('when nothing else helps the page asks for a sign-in, and continues where it was', { as: 'reader', at: '/app/patients' }, async ({ page, context }) => {
  await patientNames(page);
  await context.clearCookies();
  await bendSession(page, DEAD);
  await openFirstPatient(page);
  const banner = page.locator('.banner-warning');
  await banner.waitFor();
  assert.match(await banner.textContent(), /Your sign-in has expired/);
  const popup = await popupOf(page, signInButton(banner));
  await enter(popup, 'reader');
  await page.locator('.tile').first().waitFor();
  assert.equal(await banner.count(), 0);
});

scene('a typed form survives the end of a sign-in', { as: 'writer', at: '/app/patients/new' }, async ({ page, context }) => {
  await page.getByLabel('Family name').fill('Unsaved');
  await context.clearCookies();
  await bendSession(page, DEAD);
  await page.getByRole('button', { name: 'Create patient' }).click();
  const banner = page.locator('.banner-warning');
  await banner.waitFor();
  await enter(await popupOf(page, signInButton(banner)), 'writer');
  await banner.waitFor({ state: 'detached' });
  assert.equal(await page.getByLabel('Family name').inputValue(), 'Unsaved');
  await page.getByRole('button', { name: 'Create patient' }).click();
  await page.locator('.row-new').waitFor();
});

scene('another person does not see what the one before had loaded', { as: 'reader', at: '/app/patients' }, async ({ page, context }) => {
  await patientNames(page);
  await context.clearCookies();
  await bendSession(page, DEAD);
  await openFirstPatient(page);
  const banner = page.locator('.banner-warning');
  await enter(await popupOf(page, signInButton(banner)), 'nobody');
  await page.locator('.notice-error').waitFor();
  assert.match(await page.locator('.notice-error').textContent(), /You may not do this/);
  assert.equal(await page.locator('.tile').count(), 0);
});

const SILENT = /prompt=none/;
const silentRequests = (seen) => seen.requests.filter(({ url }) => SILENT.test(url)).length;

scene(
  'a browser that keeps the provider’s cookies from the frame is not tried twice',
  {
    as: 'reader',
    at: '/app/patients',
    blocked: true,
    prepare: ({ context }) =>
      // What such a browser gets: the provider does not know the person and shows its sign-in page, which refuses to be framed.
      context.route(SILENT, (route) => route.fulfill({ status: 200, contentType: 'text/html', headers: { 'x-frame-options': 'DENY' }, body: '<h1>Sign in</h1>' })),
  },
  async ({ page, seen }) => {
    await patientNames(page);
    await bendSession(page, DEAD);
    const begun = Date.now();
    await openFirstPatient(page);
    const banner = page.locator('.banner-warning');
    await banner.waitFor();
    assert.ok(Date.now() - begun < 6_000, `after ${Date.now() - begun} ms`);
    assert.match(await banner.textContent(), /blocks the identity provider's cookies/);
    assert.equal(await page.locator('iframe').count(), 0);
    await popupOf(page, signInButton(banner));
    await page.locator('.tile').first().waitFor();
    await bendSession(page, DEAD);
    const again = Date.now();
    await page.reload();
    await banner.waitFor();
    assert.ok(Date.now() - again < 3_000, `after ${Date.now() - again} ms`);
    assert.equal(silentRequests(seen), 1);
  },
);

scene('a provider that is down does not stop someone whose token still works', { as: 'reader', at: '/app/patients' }, async ({ page, context }) => {
  await patientNames(page);
  await bendSession(page, { expires_at: Math.floor(Date.now() / 1000) + 120 });
  await context.route('**/oauth2/v2.0/*', (route) => route.abort());
  await openFirstPatient(page);
  await page.locator('.tile').first().waitFor();
});

scene('an unreachable provider is reported, and sign-in works again once it is back', { as: 'reader', at: '/app/patients' }, async ({ page, context }) => {
  await patientNames(page);
  await bendSession(page, { expires_at: 0 });
  await context.route('**/oauth2/v2.0/*', (route) => route.abort());
  await openFirstPatient(page);
  const notice = page.locator('.notice-error');
  await notice.waitFor();
  assert.match(await notice.textContent(), /identity provider at .* cannot be reached/);
  await context.unroute('**/oauth2/v2.0/*');
  await notice.getByRole('button', { name: 'Try again' }).click();
  await page.locator('.tile').first().waitFor();
});

scene('a claims challenge is reported, and the next sign-in requests its claims', { as: 'reader', at: '/app/patients' }, async ({ page, context, seen }) => {
  const claims = '{"access_token":{"acrs":{"essential":true,"value":"c1"}}}';
  await patientNames(page);
  await bendSession(page, { expires_at: 0 });
  await context.route('**/oauth2/v2.0/token', (route) =>
    route.fulfill({
      status: 400,
      headers: { 'access-control-allow-origin': '*' },
      json: { error: 'invalid_grant', suberror: 'basic_action', error_codes: [50076], error_description: 'AADSTS50076: You must use multi-factor authentication', claims },
    }),
  );
  await openFirstPatient(page);
  const banner = page.locator('.banner-warning');
  await banner.waitFor();
  assert.match(await banner.textContent(), /multi-factor authentication.*AADSTS50076/);
  assert.equal(silentRequests(seen), 0, 'no frame can complete multi-factor authentication');
  await context.unroute('**/oauth2/v2.0/token');
  await popupOf(page, signInButton(banner));
  await page.locator('.tile').first().waitFor();
  const request = seen.requests.findLast(({ url }) => url.includes('/authorize?'));
  const asked = new URL(request.url).searchParams;
  assert.equal(asked.get('claims'), claims);
  assert.equal(asked.get('login_hint'), 'reader@dev.example');
});

scene('a permanent refusal is reported and does not end the sign-in', { as: 'reader', at: '/app/patients' }, async ({ page, context }) => {
  await patientNames(page);
  await bendSession(page, { expires_at: 0 });
  await context.route('**/oauth2/v2.0/token', (route) =>
    route.fulfill({
      status: 400,
      headers: { 'access-control-allow-origin': '*' },
      json: { error: 'invalid_grant', error_codes: [53003], error_description: 'AADSTS53003: Access has been blocked by Conditional Access policies' },
    }),
  );
  await openFirstPatient(page);
  const notice = page.locator('.notice-error');
  await notice.waitFor();
  assert.match(await notice.textContent(), /Conditional Access.*AADSTS53003/);
  assert.equal(await page.locator('.banner-warning').count(), 0);
});
