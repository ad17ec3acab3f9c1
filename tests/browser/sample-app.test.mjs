/** The sample SMART app, launched by the launcher and by others, through the proxy and the provider. */
import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { loadDemo } from '../../tools/run/demo.mjs';
import { freePort } from '../../tools/run/ports.mjs';
import { startServers } from '../../tools/run/servers.mjs';
import { overflow, violations } from './axe.mjs';
import { ACCOUNTS_KEY, enter, stage } from './fixture.mjs';

const { scene } = stage();
const APP = '/app/sample-app';
const APP_SESSION = 'fhir-edge.sample-app.session';
const TOKEN_ENDPOINT = '**/AadSmartOnFhirProxy/token';
const JWT = /eyJ[\w-]{10,}\.[\w-]{10,}\./;

const launchPath = (iss, context = { patient: 'demo-amelia' }) => {
  const launch = Buffer.from(JSON.stringify(context)).toString('base64url');
  return `${APP}/launch?${new URLSearchParams({ iss, launch })}`;
};

/** Launches as an EHR does and signs in as the patient. */
async function launch({ page, base, open }, context) {
  await open(launchPath(base, context));
  await enter(page, 'patient');
  await page.waitForURL(`${base}${APP}`);
}

const banner = (page) => page.locator('.patient-head');
const chart = (page) => page.locator('.trend');
const kept = (page) => page.evaluate((key) => JSON.parse(sessionStorage.getItem(key)), APP_SESSION);

/** The result of each scope. */
async function scopes(page) {
  await page.getByRole('table', { name: 'Scopes' }).waitFor();
  const rows = await page.getByRole('table', { name: 'Scopes' }).locator('tbody tr').allInnerTexts();
  return Object.fromEntries(rows.map((row) => row.split('\t').map((cell) => cell.trim())));
}

/** The members of a card. */
async function members(page, name) {
  const card = page.getByRole('region', { name });
  const [names, values] = await Promise.all([card.locator('dt').allInnerTexts(), card.locator('dd').allInnerTexts()]);
  return Object.fromEntries(names.map((each, at) => [each, values[at]]));
}

scene('the launcher opens the app in a tab of its own, which shows its patient', { as: 'patient', at: '/app/launcher' }, async (props) => {
  const { page, context, base } = props;
  await page.getByRole('combobox', { name: 'Find a patient' }).fill('amelia');
  await page.getByText('1 found.').waitFor();
  await page.keyboard.press('Enter');
  await page.getByLabel('Style address').fill('https://ehr.example/none.json');
  await context.route('https://ehr.example/**', (route) => route.fulfill({ status: 404 }));
  const [app] = await Promise.all([context.waitForEvent('page'), page.getByRole('link', { name: /^Launch \(/ }).click()]);
  // The provider knows the person already: no form comes between.
  await banner(app).getByRole('heading', { name: 'Amelia Rose Hartley' }).waitFor();
  assert.equal(app.url(), `${base}${APP}`, 'code and state stay in the address');
  await chart(app).getByRole('heading', { name: 'Blood pressure' }).waitFor();

  assert.deepEqual(await scopes(app), {
    launch: 'granted',
    openid: 'granted, as the response shows',
    fhirUser: 'granted',
    profile: 'granted, as the response shows',
    offline_access: 'granted',
    'patient/*.rs': 'granted',
  });
  assert.deepEqual(await members(app, 'Launch context'), { patient: 'demo-amelia', smart_style_url: 'https://ehr.example/none.json' });
  assert.equal((await members(app, 'ID token')).fhirUser, 'Patient/demo-amelia');
  await app.getByText('this page keeps its own').waitFor();

  const keys = (tab) => tab.evaluate(() => Object.keys(sessionStorage).sort());
  assert.deepEqual(await keys(app), ['fhir-edge.sample-app.entry', APP_SESSION], 'the app knows nothing of the client’s sign-in');
  assert.deepEqual((await keys(page)).filter((key) => key.includes('sample-app')), [], 'the client knows nothing of the app’s');
  assert.equal(await app.evaluate(() => window.opener), null);
});

scene('a measurement is chosen and its numbers are those of the server', {}, async (props) => {
  const { page } = props;
  await launch(props);
  await page.getByLabel('Measurement', { exact: true }).selectOption('Body weight');
  await chart(page).getByRole('heading', { name: 'Body weight' }).waitFor();
  assert.match(await chart(page).locator('.trend-latest').innerText(), /kg/);
  await page.getByText(/^\d+ observations were read\.$/).waitFor();
});

scene('tokens are shortened until they are asked for, and a refresh brings others', {}, async (props) => {
  const { page, seen, base } = props;
  await launch(props);
  await banner(page).waitFor();
  const first = await kept(page);
  assert.doesNotMatch(await page.locator('main').innerText(), JWT);
  const button = page.getByRole('button', { name: /Show whole.*access_token/ });
  await button.click();
  await page.getByText(first.answer.access_token).waitFor();
  await button.click();
  assert.doesNotMatch(await page.locator('main').innerText(), JWT);

  await page.getByRole('button', { name: 'Refresh now' }).click();
  await page.getByText('The token was renewed.').waitFor();
  const second = await kept(page);
  assert.notEqual(second.answer.access_token, first.answer.access_token);
  assert.equal(second.answer.patient, 'demo-amelia');
  await page.reload();
  await banner(page).waitFor();
  const posts = seen.requests.filter(({ method, url }) => method === 'POST' && url === `${base}/AadSmartOnFhirProxy/token`);
  assert.equal(posts.length, 2, 'a reload needs no token');
});

scene('an expired token is renewed before use, once for all requests', {}, async (props) => {
  const { page } = props;
  const grants = [];
  await page.route(TOKEN_ENDPOINT, async (route) => {
    const grant = new URLSearchParams(route.request().postData()).get('grant_type');
    grants.push(grant);
    const response = await route.fetch();
    const json = await response.json();
    await route.fulfill({ response, json: grant === 'refresh_token' ? json : { ...json, expires_in: 1 } });
  });
  await launch(props);
  await banner(page).waitFor();
  await chart(page).waitFor();
  assert.deepEqual(grants, ['authorization_code', 'refresh_token']);
});

scene('a refused refresh is reported, with the remedy', {}, async (props) => {
  const { page } = props;
  await launch(props);
  await banner(page).waitFor();
  await page.route(TOKEN_ENDPOINT, (route) =>
    route.fulfill({ status: 400, json: { error: 'invalid_grant', error_description: 'Revoked.' } }),
  );
  await page.getByRole('button', { name: 'Refresh now' }).click();
  const notice = page.getByRole('alert');
  await notice.filter({ hasText: 'The server gave no token' }).filter({ hasText: 'Revoked. (invalid_grant)' }).filter({ hasText: 'Start again' }).waitFor();
});

scene('a scope that was not granted is marked, and a refused request points to it', {}, async (props) => {
  const { page } = props;
  await page.route(TOKEN_ENDPOINT, async (route) => {
    const response = await route.fetch();
    const { refresh_token: _, ...json } = await response.json();
    await route.fulfill({ response, json: { ...json, scope: 'patient/Patient.rs online_access user_impersonation' } });
  });
  await page.route('**/Observation?**', (route) => route.fulfill({ status: 403, json: {} }));
  await launch(props);
  const fates = await scopes(page);
  assert.equal(fates['patient/*.rs'], 'granted in part');
  assert.equal(fates.offline_access, 'not granted');
  assert.equal(fates.online_access, 'added by the server');
  assert.equal(fates.launch, 'granted, as the response shows');
  await page.getByText('lets the app do whatever the person may').waitFor();
  await page.getByText('Requested scopes that were not granted in full: 2.').waitFor();
  await page.getByRole('alert').filter({ hasText: 'Compare the scopes below' }).waitFor();
  assert.ok(await page.getByRole('button', { name: 'Refresh now' }).isDisabled());
});

scene('a refused token is reported when no other can be obtained', {}, async (props) => {
  const { page } = props;
  await page.route(TOKEN_ENDPOINT, async (route) => {
    const response = await route.fetch();
    const { refresh_token: _, ...json } = await response.json();
    await route.fulfill({ response, json: { ...json, access_token: 'not-a-token' } });
  });
  await launch(props);
  await page.getByRole('alert').filter({ hasText: 'does not accept the access token' }).first().waitFor();
});

scene('the banner is left to the EHR, and the app wears its colours', {}, async (props) => {
  const { page, context } = props;
  await context.route('https://ehr.example/style.json', (route) =>
    route.fulfill({
      headers: { 'access-control-allow-origin': '*' },
      json: { color_background: '#edeae3', color_text: '#303030', color_highlight: '#006699', color_error: 'url(https://evil.example)' },
    }),
  );
  await launch(props, { patient: 'demo-amelia', need_patient_banner: false, smart_style_url: 'https://ehr.example/style.json' });
  await page.getByText('need_patient_banner is false').waitFor();
  assert.equal(await banner(page).count(), 0);
  await page.getByText('uses the EHR’s colours').waitFor();
  const colour = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  assert.equal(await colour(), 'rgb(237, 234, 227)');
  assert.deepEqual(await violations(page), []);
  await page.getByRole('button', { name: 'Start over' }).click();
  await page.getByLabel('Client id').waitFor();
  assert.notEqual(await colour(), 'rgb(237, 234, 227)');
});

scene('an answer that this tab did not ask for is thrown away', { at: `${APP}?code=stolen&state=forged` }, async ({ page, seen, base }) => {
  await page.getByRole('alert').filter({ hasText: 'belongs to no launch of this tab' }).waitFor();
  assert.equal(page.url(), `${base}${APP}`);
  assert.deepEqual(seen.requests.filter(({ method }) => method === 'POST'), []);
  assert.equal(await kept(page), null);
});

scene('a forged answer does not end the launch that is under way', {}, async (props) => {
  const { page, base, open } = props;
  await open(launchPath(base));
  await page.getByLabel('User name').waitFor();
  const signIn = page.url();
  await open(`${APP}?code=stolen&state=forged`);
  await page.getByRole('alert').filter({ hasText: 'belongs to no launch' }).waitFor();
  await page.goto(signIn);
  await enter(page, 'patient');
  await banner(page).waitFor();
});

scene('a code that was redeemed before brings nothing', {}, async (props) => {
  const { page, context } = props;
  await context.route(TOKEN_ENDPOINT, async (route) => {
    await route.fetch();
    await route.continue();
  });
  await launch(props);
  await page.getByRole('alert').filter({ hasText: 'The server gave no token' }).filter({ hasText: 'invalid_grant' }).waitFor();
  assert.equal(await kept(page), null);
});

scene('unknown scopes are reported in the server’s words', { at: APP }, async ({ page }) => {
  await page.getByLabel('Scopes').fill('openid patient/Unicorns.everything');
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('alert').filter({ hasText: 'invalid_scope' }).filter({ hasText: 'fewer scopes' }).waitFor();
});

scene('a server without a smart-configuration is found by its CapabilityStatement', {}, async (props) => {
  const { page, seen } = props;
  await page.route('**/.well-known/smart-configuration', (route) => route.fulfill({ status: 404 }));
  await launch(props);
  await banner(page).waitFor();
  assert.ok(seen.requests.some(({ url }) => url.endsWith('/metadata')));
});

scene('servers that cannot be used are explained beside the form', { at: APP }, async ({ page, base }) => {
  const server = page.getByRole('textbox', { name: 'Server' });
  const go = page.getByRole('button', { name: 'Continue' });
  for (const [address, words] of [
    ['javascript:alert(1)', 'must begin with https://'],
    ['http://fhir.example', 'in the clear'],
    ['', 'Enter an address'],
  ]) {
    await server.fill(address);
    await go.click();
    await page.locator('#server-problems').filter({ hasText: words }).waitFor();
  }
  await page.route(`${base}/closed/**`, (route) => route.fulfill({ status: 404 }));
  await server.fill(`${base}/closed`);
  await go.click();
  await page.getByRole('alert').filter({ hasText: 'cannot be reached' }).filter({ hasText: `${base}/closed/metadata` }).waitFor();
  await page.route(`${base}/plain/metadata`, (route) => route.fulfill({ json: { resourceType: 'CapabilityStatement' } }));
  await page.route(`${base}/plain/.well-known/**`, (route) => route.fulfill({ status: 404 }));
  await server.fill(`${base}/plain`);
  await go.click();
  await page.getByRole('alert').filter({ hasText: 'it names no authorization endpoint' }).waitFor();
});

scene('a launch without a server is explained', { at: `${APP}/launch?launch=x` }, async ({ page }) => {
  await page.getByRole('alert').filter({ hasText: 'names no server (iss)' }).filter({ hasText: 'from the EHR' }).waitFor();
  await page.getByRole('textbox', { name: 'Server' }).waitFor();
});

for (const options of [{}, { phone: true, colorScheme: 'dark' }]) {
  scene(`the running app is accessible and fits${options.phone ? ' on a phone, in dark colours' : ''}`, options, async (props) => {
    const { page } = props;
    await launch(props);
    await chart(page).waitFor();
    assert.deepEqual(await violations(page), []);
    assert.ok((await overflow(page)) <= 0);
    assert.equal(await page.title(), 'Sample SMART app – FHIR Edge');
  });
}

scene('the heading stands over the form', { at: APP }, async ({ page }) => {
  const form = await page.getByRole('form', { name: 'Sign-in' }).boundingBox();
  const heading = await page.getByRole('heading', { name: 'Sample SMART app' }).boundingBox();
  assert.ok(form.x > 100, `the form is a column in the middle, from ${form.x}`);
  assert.equal(heading.x, form.x);
});

scene('the chart is as wide as its card, and its letters are no larger for it', {}, async (props) => {
  const { page } = props;
  await launch(props);
  const drawn = await chart(page).locator('svg').boundingBox();
  const [left, right] = await page.getByRole('region', { name: 'Measurements' }).evaluate((card) => {
    const { left: from, right: to } = card.getBoundingClientRect();
    const style = getComputedStyle(card);
    return [from + parseFloat(style.paddingLeft) + parseFloat(style.borderLeftWidth), to - parseFloat(style.paddingRight) - parseFloat(style.borderRightWidth)];
  });
  assert.ok(Math.abs(drawn.x - left) < 1 && Math.abs(drawn.x + drawn.width - right) < 1, `${drawn.x} + ${drawn.width} in ${left} to ${right}`);
  const letters = await chart(page).locator('.trend-grid text').first().boundingBox();
  assert.ok(letters.height < 17, `${letters.height} px high`);
});

const elsewhere = {};
before(async () => {
  const port = await freePort();
  // Another deployment lets the app's origin in, as it must.
  Object.assign(elsewhere, await startServers({ port, idpPort: 0, state: 'memory', fhirVersion: 'R4', vars: { CORS_ORIGINS: '*' } }));
  await loadDemo(elsewhere, AbortSignal.timeout(120_000));
});
after(() => elsewhere.close?.());

scene('another server may launch it, once the person has named the client', {}, async ({ page, base, open, seen }) => {
  await open(launchPath(elsewhere.base));
  await page.getByText(elsewhere.base).waitFor();
  assert.equal(await page.locator('#redirect-uri').innerText(), `${base}${APP}`);
  assert.equal(await page.getByLabel('Client id').inputValue(), '', 'the own server’s client is no other server’s');
  assert.deepEqual(seen.requests.filter(({ url }) => url.startsWith(elsewhere.base)), [], 'a link sends nobody anywhere');
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByText('Enter the client id').waitFor();
  await page.getByLabel('Client id').fill('smart-app');
  await page.getByRole('button', { name: 'Continue' }).click();
  await enter(page, 'patient');
  await banner(page).getByRole('heading', { name: 'Amelia Rose Hartley' }).waitFor();
  await chart(page).waitFor();
  assert.equal((await kept(page)).server, elsewhere.base);
  const asked = seen.requests.filter(({ url }) => /\/(Patient|Observation)[/?]/.test(url)).map(({ url }) => new URL(url).origin);
  assert.deepEqual([...new Set(asked)], [elsewhere.base]);
  assert.equal(await page.evaluate((key) => sessionStorage.getItem(key), ACCOUNTS_KEY), null, 'the client’s own sign-in was started');
  await page.getByRole('button', { name: 'Refresh now' }).click();
  await page.getByText('The token was renewed.').waitFor();
});
