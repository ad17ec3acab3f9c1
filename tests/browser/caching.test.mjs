/**
 * The browser's cache outlives the person: who comes next in the same profile finds nothing in it.
 * https://www.rfc-editor.org/rfc/rfc9111#section-3.5, https://fetch.spec.whatwg.org/#concept-request-cache-mode
 *
 * No scene may intercept requests: that would switch the browser's cache off.
 */
import assert from 'node:assert/strict';
import { signInService } from '../../tools/run/sign-in.mjs';
import { session, signInButton, signInHere, signOutButton, stage } from './fixture.mjs';

// Pages that are left stay in memory for the Back button, as in every browser but a tested one.
const { scene } = stage({ ignoreDefaultArgs: ['--disable-back-forward-cache'] });
const ADMIN = { as: 'admin', at: '/app/patients' };
const FHIR_JSON = 'application/fhir+json';
/** The record of `patient`; the charts opened here are those of others. */
const OWN = 'demo-amelia';
const BLOOD_PRESSURE = '85354-9';

/** Another client of the same server, beside the browser and its cache. */
async function otherClient({ base, authority }) {
  const answer = await signInService({ authority, clientId: 'svc-client', clientSecret: 'dev-secret-2', scope: '.default' });
  assert.ok(answer.access_token, JSON.stringify(answer));
  return async (method, path, resource) => {
    const response = await fetch(`${base}/${path}`, {
      method,
      headers: { authorization: `Bearer ${answer.access_token}`, accept: FHIR_JSON, 'content-type': FHIR_JSON },
      body: resource && JSON.stringify(resource),
    });
    assert.ok(response.ok, `${method} ${path}: ${response.status}`);
    return response.json();
  };
}

/** A patient with one blood pressure; whose they are can be told from every answer about them. */
async function admit(props, name) {
  const send = await otherClient(props);
  const patient = await send('PUT', `Patient/${name}`, {
    resourceType: 'Patient',
    id: name,
    name: [{ family: `Of-${name}`, given: ['Kept'] }],
    gender: 'female',
    birthDate: '1970-01-01',
  });
  const observation = await send('PUT', `Observation/${name}-pressure`, pressure(name, `Reading-of-${name}`));
  return { name, send, patient, observation };
}

const pressure = (name, text) => ({
  resourceType: 'Observation',
  id: `${name}-pressure`,
  status: 'final',
  category: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: 'vital-signs' }] }],
  code: { coding: [{ system: 'http://loinc.org', code: BLOOD_PRESSURE }], text },
  subject: { reference: `Patient/${name}` },
  effectiveDateTime: '2026-01-01T08:00:00Z',
  valueQuantity: { value: 120, unit: 'mmHg' },
});

/** The addresses that the client reads with a token, in the order of their first use. */
function readAddresses({ page, base }) {
  const addresses = new Set();
  page.on('request', (request) => {
    const isRead = request.method() === 'GET' && request.headers().authorization !== undefined;
    if (isRead && request.url().startsWith(`${base}/`)) addresses.add(request.url());
  });
  return addresses;
}

const chart = async ({ page, open }, name) => {
  await open(`/app/patients/${name}`);
  await page.getByRole('heading', { level: 1, name: new RegExp(`Of-${name}`) }).waitFor();
  await page.locator('.tile').first().waitFor();
};
const resourcePage = async ({ page, open }, name, text) => {
  await open(`/app/resource/Observation/${name}-pressure`);
  await page.getByRole('heading', { level: 1, name: text ?? `Reading-of-${name}` }).waitFor();
};

/** What a script of the page is given: status and text, or the name of the error. */
const fetched = (page, url, cache, token) =>
  page.evaluate(
    async ([address, mode, bearer, accept]) => {
      const headers = { accept, ...(bearer && { authorization: `Bearer ${bearer}` }) };
      try {
        const response = await fetch(address, { cache: mode, mode: 'same-origin', headers });
        return { status: response.status, text: await response.text() };
      } catch (error) {
        return { error: error.name };
      }
    },
    [url, cache, token, FHIR_JSON],
  );

/** The cache alone answers none of the addresses, and who asks the server gets one's own answer. */
async function expectNothingOf(page, name, addresses, { token, status }) {
  for (const url of addresses) {
    const kept = await fetched(page, url, 'only-if-cached', token);
    assert.deepEqual(kept, { error: 'TypeError' }, `only-if-cached ${url}`);
    for (const cache of ['force-cache', 'default']) {
      const { status: found, text } = await fetched(page, url, cache, token);
      assert.ok(status(url).includes(found), `${cache} ${url}: ${found}`);
      assert.doesNotMatch(text.replaceAll(url, ''), new RegExp(`Of-${name}|Reading-of-${name}`), `${cache} ${url}`);
    }
  }
}

/** No page of the client shows anything of the record. */
async function expectPagesWithout({ page, open }, name, sign) {
  for (const path of [`/app/patients/${name}`, `/app/resource/Observation/${name}-pressure`]) {
    await open(path);
    await sign(page).first().waitFor();
    assert.doesNotMatch(await page.content(), new RegExp(`Of-${name}|Reading-of-${name}`), path);
    assert.equal(await page.locator('.tile').count(), 0, path);
  }
}

async function signOut({ page, base }) {
  await signOutButton(page).click();
  await page.waitForURL(`${base}/app/`);
  await signInButton(page).waitFor();
}

const signInPage = (page) => page.getByRole('heading', { name: 'Sign in to see this page' });
const refusal = (page) => page.locator('.notice-error');

/** Who may come after the administrator, and what the server answers them. */
const NEXT = [
  // Searches are confined to the own record; a read of another's is as of one that is not there.
  { user: 'patient', status: (url) => (/\/(Patient|Observation)\/[^?]*$/.test(url) ? [404] : [200, 403]) },
  { user: 'nobody', status: () => [403] },
];

/** The administrator reads a chart and a resource; `leave` says what is to follow on the page. */
async function readAsAdmin(props, name) {
  await admit(props, name);
  const addresses = readAddresses(props);
  await chart(props, name);
  await resourcePage(props, name);
  assert.ok(addresses.size >= 5, [...addresses].join());
  for (const part of [`/Patient/${name}`, `/Observation/${name}-pressure`, '/Observation?']) {
    assert.ok([...addresses].some((url) => url.includes(part)), part);
  }
  return [...addresses];
}

for (const { user, status } of NEXT) {
  scene(`the user ${user} finds nothing of what the administrator read before`, ADMIN, async (props) => {
    const { page } = props;
    const name = `cached-before-${user}`;
    const addresses = await readAsAdmin(props, name);
    await signOut(props);
    await signInHere(page, user);
    const { access_token: token } = await session(page);
    // Scripts first: a page would put its own answers in the place of what was left.
    await expectNothingOf(page, name, addresses, { token, status });
    await expectNothingOf(page, name, addresses, { status: () => [401] });
    await expectPagesWithout(props, name, refusal);
    if (user === 'patient') {
      const own = await fetched(page, `${props.base}/Patient/${OWN}`, 'default', token);
      assert.equal(own.status, 200, 'the token is good for the own record');
    }
  });
}

scene('without a token nothing is shown of what was read with one', ADMIN, async (props) => {
  const { page } = props;
  const name = 'cached-before-all';
  const addresses = await readAsAdmin(props, name);
  // Without a token also while the administrator is still there.
  await expectNothingOf(page, name, addresses, { status: () => [401] });
  await signOut(props);
  await expectNothingOf(page, name, addresses, { status: () => [401] });
  await expectPagesWithout(props, name, signInPage);
});

scene('what another script left in the cache is its reader’s alone', ADMIN, async (props) => {
  const { page, base } = props;
  const name = 'cached-by-a-script';
  await admit(props, name);
  const url = `${base}/Patient/${name}`;
  const { access_token: token } = await session(page);
  const [first, kept] = [await fetched(page, url, 'default', token), await fetched(page, url, 'only-if-cached', token)];
  assert.equal(first.status, 200);
  assert.deepEqual(kept, first, 'the cache works: it answers the one who filled it');
  const list = `${base}/Patient?_id=${name}`;
  assert.equal((await fetched(page, list, 'default', token)).status, 200);
  assert.deepEqual(await fetched(page, list, 'only-if-cached', token), { error: 'TypeError' }, 'a search is not kept');
  await signOut(props);
  await expectNothingOf(page, name, [url, list], { status: () => [401] });
  await signInHere(page, 'patient');
  const { access_token: next } = await session(page);
  await expectNothingOf(page, name, [url, list], { token: next, status: (address) => (address === url ? [404] : [200]) });
});

scene('the Back button brings back no page of someone who signed out', ADMIN, async (props) => {
  const { page, base } = props;
  const name = 'cached-for-back';
  await admit(props, name);
  await chart(props, name);
  const address = page.url();
  // What the page shows in the moment in which it comes back, before anything can change it.
  await page.evaluate(() =>
    addEventListener('pageshow', ({ persisted }) => {
      globalThis.broughtBack = { persisted, shown: document.documentElement.outerHTML };
    }),
  );
  await signOut(props);
  assert.equal(page.url(), `${base}/app/`);
  await page.evaluate(() => history.back());
  await page.waitForURL(address, { waitUntil: 'commit' });
  await page.waitForFunction(() => globalThis.broughtBack);
  const { persisted, shown } = await page.evaluate(() => globalThis.broughtBack);
  assert.equal(persisted, true, 'the browser kept the page');
  assert.doesNotMatch(shown, new RegExp(`Of-${name}|Reading-of-${name}`));
  await signInPage(page).waitFor();
  assert.equal(await session(page), null);
});

/** A browser that is left to guess takes an answer for fresh for a tenth of its age. */
const AGE = 20_000;

scene('a change that another client made is seen at the next view', ADMIN, async (props) => {
  const { page, base } = props;
  const name = 'cached-then-changed';
  const { send, observation } = await admit(props, name);
  await page.waitForTimeout(Math.max(0, Date.parse(observation.meta.lastUpdated) + AGE - Date.now()));
  await resourcePage(props, name);
  const url = `${base}/Observation/${name}-pressure`;
  const { access_token: token } = await session(page);
  assert.equal((await fetched(page, url, 'default', token)).status, 200);
  const change = (text) => send('PUT', `Observation/${name}-pressure`, pressure(name, text));

  await change('Corrected once');
  const again = await fetched(page, url, 'default', token);
  assert.equal(JSON.parse(again.text).code.text, 'Corrected once', 'a script that leaves it to the browser');
  await resourcePage(props, name, 'Corrected once');

  // Back to the page within the client, which loads no document anew.
  await page.getByRole('link', { name: 'To the patient' }).click();
  await page.getByRole('heading', { level: 1, name: new RegExp(`Of-${name}`) }).waitFor();
  await change('Corrected twice');
  await page.goBack();
  await page.getByRole('heading', { level: 1, name: 'Corrected twice' }).waitFor();
});
