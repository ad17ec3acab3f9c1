/** Several accounts in one tab: each request carries the right one's token. */
import assert from 'node:assert/strict';
import { violations } from './axe.mjs';
import { accounts, bendSession, enter, patientNames, popupOf, session, signInButton, signOutButton, stage } from './fixture.mjs';

const { scene } = stage();
const DEAD = { expires_at: 0, refresh_token: 'dead' };
const READER = { as: 'reader', at: '/app/patients' };

const menu = (page) => page.getByRole('group', { name: 'Accounts' });
const openMenu = (page) => page.getByRole('button', { name: /^Accounts: / }).click();
const entry = (page, name) => menu(page).getByRole('button', { name });
const shown = (page, name) => page.locator('.person-name', { hasText: name }).waitFor();
const toProvider = (seen) => seen.requests.filter(({ url }) => /\/(authorize\?|token$)/.test(url)).length;

/** Records whose token each search for patients carries. */
function callers(page) {
  const seen = [];
  page.on('request', (request) => {
    const [, payload] = request.headers().authorization?.split('.') ?? [];
    if (payload && request.url().includes('/Patient')) seen.push(JSON.parse(Buffer.from(payload, 'base64url')).name);
  });
  return seen;
}

/** Another tab of the same person. */
async function secondTab(context, base) {
  const tab = await context.newPage();
  await tab.goto(`${base}/app/`);
  await enter(await popupOf(tab, tab.getByRole('button', { name: /^reader/ })), 'reader');
  await shown(tab, 'Rea Reader');
  return tab;
}

/** Signs in a second account beside the first; it is the active one from then on. */
async function add(page, user, name) {
  await openMenu(page);
  const popup = await popupOf(page, menu(page).getByRole('button', { name: 'Use another account' }));
  await enter(popup, user);
  await shown(page, name);
}

scene('a second account signs in, and every request uses its token', READER, async ({ page, seen }) => {
  await patientNames(page);
  const asked = callers(page);
  await add(page, 'writer', 'Wim Writer');
  assert.equal(await menu(page).isVisible(), false);
  const request = seen.requests.findLast(({ url }) => url.includes('/authorize?'));
  assert.equal(new URL(request.url).searchParams.get('prompt'), 'select_account');
  await patientNames(page);
  assert.deepEqual([...new Set(asked)], ['Wim Writer']);
  assert.match(await page.locator('.person-roles').textContent(), /globalWriter/);
  assert.deepEqual((await accounts(page)).map(({ claims, active }) => [claims.name, active]), [['Rea Reader', false], ['Wim Writer', true]]);
});

scene('switching needs no provider while the tokens are good, and pages start anew', READER, async ({ page, seen }) => {
  await patientNames(page);
  await add(page, 'nobody', 'Noa Nobody');
  await page.locator('.notice-error').waitFor();
  assert.equal(await page.locator('tbody tr').count(), 0, 'what the first person had loaded');
  const before = toProvider(seen);
  const asked = callers(page);
  await openMenu(page);
  await entry(page, /Rea Reader/).click();
  await shown(page, 'Rea Reader');
  assert.ok((await patientNames(page)).length > 0);
  assert.deepEqual([...new Set(asked)], ['Rea Reader']);
  assert.equal(toProvider(seen), before);
});

scene('switching to an account whose token ran out renews it', READER, async ({ page }) => {
  await patientNames(page);
  await add(page, 'nobody', 'Noa Nobody');
  await bendSession(page, { expires_at: 0 }, 'reader');
  await openMenu(page);
  await entry(page, /Rea Reader/).click();
  await shown(page, 'Rea Reader');
  assert.ok((await patientNames(page)).length > 0);
  assert.ok((await session(page)).expires_at > Date.now() / 1000);
});

scene('an account that must sign in again says so, and the other continues', READER, async ({ page, seen }) => {
  await patientNames(page);
  await add(page, 'writer', 'Wim Writer');
  await bendSession(page, DEAD, 'reader');
  await openMenu(page);
  await entry(page, /Rea Reader/).click();
  await menu(page).locator('.notice-error').waitFor();
  assert.match(await menu(page).locator('.notice-error').textContent(), /Sign in again/);
  const silent = seen.requests.findLast(({ url }) => url.includes('prompt=none'));
  assert.equal(new URL(silent.url).searchParams.get('login_hint'), 'reader@dev.example');
  await shown(page, 'Wim Writer');
  assert.match(await entry(page, /Rea Reader/).textContent(), /sign-in needed/);
  const popup = await popupOf(page, signInButton(menu(page)));
  assert.equal(await popup.getByLabel('User name').inputValue(), 'reader');
  await enter(popup, 'reader');
  await shown(page, 'Rea Reader');
});

/** The provider forgets whom a hidden frame asks for, and answers for whoever signed in last. */
const FORGETFUL = {
  ...READER,
  prepare: ({ context }) =>
    context.route(/prompt=none/, (route) => {
      const url = new URL(route.request().url());
      url.searchParams.delete('login_hint');
      return route.continue({ url: url.href });
    }),
};
const of = async (page, name) => (await accounts(page)).find(({ claims }) => claims.name === name);

scene(
  'tokens for another account are not accepted for the requested one',
  FORGETFUL,
  async ({ page }) => {
    await patientNames(page);
    await add(page, 'writer', 'Wim Writer');
    await openMenu(page);
    await entry(page, /Rea Reader/).click();
    await shown(page, 'Rea Reader');
    await patientNames(page);
    const asked = callers(page);
    await bendSession(page, DEAD);
    const other = await of(page, 'Wim Writer');
    await page.locator('tbody .cell-main a').first().click();
    const banner = page.locator('.banner-warning');
    await banner.waitFor();
    assert.match(await banner.textContent(), /different account/);
    await shown(page, 'Rea Reader');
    assert.deepEqual(asked, []);
    assert.equal((await of(page, 'Rea Reader')).tokens, null);
    assert.deepEqual(await of(page, 'Wim Writer'), other, 'the other account’s tokens, for which nobody asked');
  },
);

scene('a silent sign-in adds no account to a tab', FORGETFUL, async ({ page, context, base }) => {
  await patientNames(page);
  const tab = await context.newPage();
  await tab.goto(`${base}/app/`);
  await enter(await popupOf(tab, tab.getByRole('button', { name: /^writer/ })), 'writer');
  await shown(tab, 'Wim Writer');
  await bendSession(page, DEAD);
  await page.locator('tbody .cell-main a').first().click();
  const banner = page.locator('.banner-warning');
  await banner.waitFor();
  assert.match(await banner.textContent(), /different account/);
  assert.deepEqual((await accounts(page)).map(({ claims, tokens }) => [claims.name, tokens]), [['Rea Reader', null]]);
});

scene('a request that one person started is not repeated with the token of the next', READER, async ({ page }) => {
  await patientNames(page);
  await add(page, 'writer', 'Wim Writer');
  await openMenu(page);
  await entry(page, /Rea Reader/).click();
  await shown(page, 'Rea Reader');
  await patientNames(page);
  const refused = Promise.withResolvers();
  const asked = callers(page);
  await page.route('**/Patient/*', async (route) => {
    if (asked.length > 1) return route.continue();
    await refused.promise;
    return route.fulfill({ status: 401, body: '{}' });
  });
  await page.locator('tbody .cell-main a').first().click();
  await page.waitForURL(/patients\/./);
  await openMenu(page);
  await entry(page, /Wim Writer/).click();
  await shown(page, 'Wim Writer');
  await page.locator('h1').waitFor();
  asked.length = 1;
  const repeated = page.waitForRequest((request) => request.url().includes('/Patient/'));
  refused.resolve();
  await repeated;
  await page.locator('.tile').first().waitFor();
  const own = asked.filter((name) => name === 'Rea Reader').length;
  assert.ok(own >= 2, `the repeated request is the reader's own: ${asked.join()}`);
});

scene('signing out of one account says that another remains, and leaves it', READER, async ({ page, base, seen }) => {
  await patientNames(page);
  await add(page, 'writer', 'Wim Writer');
  await openMenu(page);
  await menu(page).getByText('After “Sign out”, 1 other account stays signed in in this tab.').waitFor();
  await page.keyboard.press('Escape');
  await signOutButton(page).click();
  await page.waitForURL(`${base}/app/`);
  const known = page.getByRole('region', { name: 'Accounts of this tab' });
  await known.getByRole('button', { name: /Rea Reader/ }).waitFor();
  assert.equal(await known.getByText('Wim Writer').count(), 0);
  assert.deepEqual((await accounts(page)).map(({ claims }) => claims.name), ['Rea Reader']);
  const logout = seen.requests.find(({ url }) => url.includes('/logout?'));
  assert.equal(new URL(logout.url).searchParams.get('logout_hint'), 'writer@dev.example');
  await page.goto(`${base}/app/patients`);
  await page.getByRole('heading', { name: 'Sign in to see this page' }).waitFor();
  const before = toProvider(seen);
  await known.getByRole('button', { name: /Rea Reader/ }).click();
  assert.ok((await patientNames(page)).length > 0);
  assert.equal(toProvider(seen), before);
});

scene('signing out of all accounts leaves nothing', READER, async ({ page, base }) => {
  await patientNames(page);
  await add(page, 'writer', 'Wim Writer');
  await openMenu(page);
  await menu(page).getByRole('button', { name: 'Sign out of all accounts' }).click();
  await page.waitForURL(`${base}/app/`);
  await signInButton(page).waitFor();
  assert.deepEqual(await page.evaluate(() => Object.keys(sessionStorage)), []);
  assert.equal(await page.getByRole('region', { name: 'Accounts of this tab' }).count(), 0);
});

scene('a sign-out reaches the other tabs, without any token', READER, async ({ page, context, base }) => {
  await patientNames(page);
  const other = await secondTab(context, base);
  await other.getByRole('link', { name: 'Patients', exact: true }).click();
  await patientNames(other);
  const listener = await context.newPage();
  await listener.goto(`${base}/app/icons/mark.svg`);
  const told = listener.evaluate(
    () =>
      new Promise((resolve) => {
        new BroadcastChannel('fhir-edge.sign-out').onmessage = ({ data }) => resolve(data);
      }),
  );
  await signOutButton(page).click();
  await page.waitForURL(`${base}/app/`);
  await signInButton(page).waitFor();
  const warning = other.locator('.notice-warning');
  await warning.waitFor();
  assert.match(await warning.textContent(), /signed out in another tab/);
  assert.equal(await other.locator('tbody tr').count(), 0);
  assert.deepEqual(await accounts(other), []);
  const message = JSON.parse(await told);
  assert.deepEqual(Object.keys(message).sort(), ['accounts', 'connection']);
  assert.doesNotMatch(JSON.stringify(message), /eyJ/);
});

scene('someone else’s sign-out in another tab changes nothing here', READER, async ({ page, context, base }) => {
  await patientNames(page);
  const other = await secondTab(context, base);
  await add(other, 'writer', 'Wim Writer');
  await signOutButton(other).click();
  await other.waitForURL(`${base}/app/`);
  await page.locator('tbody .cell-main a').first().click();
  await page.locator('.tile').first().waitFor();
  await shown(page, 'Rea Reader');
});

for (const stored of ['{', 'null', '[{"connection":1}]']) {
  scene(`an unreadable stored value (${stored}) counts as none`, { as: 'reader', at: '/app/' }, async ({ page, context, open }) => {
    await context.clearCookies();
    await page.evaluate((text) => sessionStorage.setItem('fhir-edge.accounts', text), stored);
    await open('/app/patients');
    await page.getByRole('heading', { name: 'Sign in to see this page' }).waitFor();
    await enter(await popupOf(page, signInButton(page)), 'reader');
    assert.ok((await patientNames(page)).length > 0);
  });
}

async function look({ page }) {
  await patientNames(page);
  await add(page, 'writer', 'Wim Writer');
  await patientNames(page);
  await openMenu(page);
  await menu(page).waitFor();
  assert.deepEqual(await violations(page), []);
  const box = await menu(page).boundingBox();
  const width = await page.evaluate(() => innerWidth);
  assert.ok(box.x >= 0 && box.x + box.width <= width, `from ${box.x}, ${box.width} wide, on ${width}`);
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth), false);
}

scene('the account menu is accessible on a desk, in light colours', READER, look);
scene('the account menu is accessible and fits on a phone, in dark colours', { ...READER, phone: true, colorScheme: 'dark' }, look);

scene('the keyboard alone switches between accounts', READER, async ({ page }) => {
  await patientNames(page);
  await add(page, 'writer', 'Wim Writer');
  await page.getByRole('button', { name: /^Accounts: / }).focus();
  await page.keyboard.press('Enter');
  await menu(page).waitFor();
  await page.keyboard.press('Escape');
  await menu(page).waitFor({ state: 'hidden' });
  await page.keyboard.press('Space');
  await menu(page).waitFor();
  await page.keyboard.press('Tab');
  assert.match(await page.evaluate(() => document.activeElement.textContent), /^Rea Reader/);
  await page.keyboard.press('Enter');
  await shown(page, 'Rea Reader');
});
