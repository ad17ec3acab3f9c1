/**
 * An app of fhirclient.js, the reference library for SMART apps, launched from an EHR through the
 * SMART on FHIR proxy, on both versions of the provider's endpoints.
 * https://docs.smarthealthit.org/client-js/
 */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { describe } from 'node:test';
import { signInService } from '../../tools/run/sign-in.mjs';
import { stage } from './apps/stage.mjs';
import { enter } from './fixture.mjs';

const OWN = 'demo-amelia';
const LIBRARY = createRequire(import.meta.url).resolve('fhirclient/build/fhir-client.pure.min.js');
const PROXY = '/AadSmartOnFhirProxy';
const CONTEXT = {
  patient: OWN,
  need_patient_banner: true,
  smart_style_url: 'https://ehr.example/style.json',
};

async function files() {
  const read = (name) => readFile(new URL(`apps/smart/${name}`, import.meta.url));
  const names = ['launch.html', 'launch.js', 'app.html', 'app.js'];
  const own = await Promise.all(names.map(async (name) => [`/${name}`, await read(name)]));
  return { ...Object.fromEntries(own), '/callback': await read('app.html'), '/fhir-client.js': await readFile(LIBRARY) };
}

const launchParameter = (context) => Buffer.from(JSON.stringify(context)).toString('base64url');

/** Opens the app as an EHR does. */
const launch = ({ page, base, app }, { context = CONTEXT, ...asked } = {}) =>
  page.goto(`${app}/launch.html?${new URLSearchParams({ iss: base, launch: launchParameter(context), ...asked })}`);

/** @returns what the app has to say once it is done */
async function status(page) {
  await page.waitForFunction(() => /observations|failed/.test(document.querySelector('[role=status]')?.textContent));
  return page.getByRole('status').textContent();
}

async function launched(props, options) {
  await launch(props, options);
  await enter(props.page, 'patient');
  await props.page.waitForURL(/\/(app\.html|callback)/);
  return status(props.page);
}

const tokenResponse = (page) => page.evaluate(() => client.getState('tokenResponse'));

/** What the server holds, by somebody who may see it all. */
async function everything({ base, idp, tenant }, path) {
  const authority = `${idp}/${tenant}/v2.0`;
  const service = { authority, clientId: 'svc-reader', clientSecret: 'dev-secret-3', scope: `${base}/.default` };
  const { access_token: token } = await signInService(service);
  return get(base, path, token).then((response) => response.json());
}

const get = (base, path, token) => fetch(`${base}/${path}`, { headers: { authorization: `Bearer ${token}` } });

/** The scenes that must go the same way with both versions. */
function scenes(version, authority) {
  const scene = stage({
    files,
    configure: async ({ app }) => ({
      vars: { AUTHORITY: authority, TRUSTED_AUTHORITIES: '{idp}/{tenant}/v2.0', CORS_ORIGINS: app },
    }),
  });

  scene('an EHR launches an app, which sees its patient and nobody else', {}, async (props) => {
    const { page, base, app } = props;
    const said = await launched(props);
    assert.equal(page.url(), `${app}/app.html`, 'the code stays in the address');
    assert.equal(await page.evaluate(() => client.patient.id), OWN);

    const { total: own } = await everything(props, `Observation?patient=${OWN}&_total=accurate&_count=1`);
    const { total: all } = await everything(props, 'Observation?_total=accurate&_count=1');
    assert.ok(own > 0 && all > own, `${own} of ${all}`);
    assert.match(said, new RegExp(`^\\S+: ${own} observations$`));
    const subjects = await page.evaluate(() => [...new Set(observations.map(({ subject }) => subject.reference))]);
    assert.deepEqual(subjects, [`Patient/${OWN}`]);

    const { entry } = await everything(props, 'Patient?_count=100');
    const other = entry.map(({ resource }) => resource.id).find((id) => id !== OWN);
    const found = await page.evaluate((id) => client.request(`Observation?patient=${id}`), other);
    assert.deepEqual(found.entry ?? [], []);
    const { access_token: token } = await tokenResponse(page);
    assert.equal((await get(base, `Patient/${OWN}`, token)).status, 200);
    assert.equal((await get(base, `Patient/${other}`, token)).status, 404);
  });

  scene('the token response holds the launch context, and numbers are numbers', {}, async (props) => {
    const { page, seen, base } = props;
    const { entry } = await everything(props, `Encounter?patient=${OWN}&_count=1`);
    const context = { ...CONTEXT, encounter: entry[0].resource.id };
    await launched(props, { context });
    const answer = await tokenResponse(page);
    for (const [name, value] of Object.entries(context)) assert.equal(answer[name], value, name);
    assert.equal(answer.token_type, 'Bearer');
    assert.equal(typeof answer.expires_in, 'number');
    assert.match(answer.scope, /\boffline_access\b/);
    assert.equal(await page.evaluate(() => client.user.fhirUser), `Patient/${OWN}`);
    assert.equal(await page.evaluate(() => client.encounter.read().then(({ id }) => id)), context.encounter);
    const self = await page.evaluate(() => client.user.read());
    assert.equal(self.id, OWN);

    const asked = new URL(seen.requests.find(({ url }) => url.startsWith(`${base}${PROXY}/authorize?`)).url).searchParams;
    assert.equal(asked.get('aud'), base);
    assert.equal(asked.get('code_challenge_method'), 'S256');
    const redeemed = seen.requests.find(({ method, url }) => method === 'POST' && url === `${base}${PROXY}/token`);
    assert.match(redeemed.form.get('code_verifier'), /^[\w-]{43,}$/);
    const atProvider = new URL(seen.requests.find(({ url }) => /\/oauth2\/(v2\.0\/)?authorize\?/.test(url)).url);
    assert.equal(atProvider.pathname.includes('/v2.0/'), version === 2);
    assert.equal(atProvider.searchParams.has('launch'), false);
  });

  scene('a refresh brings another token for the same patient, as does a reload of the page', {}, async (props) => {
    const said = await launched(props);
    const { page, seen, base } = props;
    const first = await tokenResponse(page);
    await page.evaluate(() => client.refresh());
    const second = await tokenResponse(page);
    assert.notEqual(second.access_token, first.access_token);
    for (const [name, value] of Object.entries(CONTEXT)) assert.equal(second[name], value, name);
    const { form } = seen.requests.findLast(({ method, url }) => method === 'POST' && url === `${base}${PROXY}/token`);
    assert.deepEqual([...form.keys()].sort(), ['grant_type', 'refresh_token']);
    assert.equal((await get(base, `Patient/${OWN}`, second.access_token)).status, 200);

    await page.evaluate(() => client.refresh());
    await page.reload();
    assert.equal(await status(page), said);
    assert.equal(await page.evaluate(() => client.patient.id), OWN);
  });

  scene('a standalone launch gets the patient that the person chooses', { complaint: /sandbox attribute/ }, async (props) => {
    const { page, base, app, seen } = props;
    const scope = 'launch/patient openid fhirUser profile offline_access patient/*.read';
    await page.goto(`${app}/launch.html?${new URLSearchParams({ iss: base, scope })}`);
    await page.getByRole('button', { name: 'Sign in on this page' }).click();
    await enter(page, 'patient');
    await page.getByText('You are signed in as').waitFor();
    await page.locator('.chosen strong').waitFor();
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.waitForURL(/app\.html/);
    assert.match(await status(page), /observations$/);
    assert.equal(await page.evaluate(() => client.patient.id), OWN);
    const signIns = seen.requests.filter(({ method, url }) => method === 'POST' && /\/login\//.test(url));
    assert.equal(signIns.length, 1, 'one sign-in serves page and app');

    await page.evaluate(() => client.refresh());
    const answer = await tokenResponse(page);
    assert.equal(answer.patient, OWN);
    assert.equal((await get(base, `Patient/${OWN}`, answer.access_token)).status, 200);
  });

  scene('an app that is not registered is refused in words, and nobody is sent to it', { complaint: /status of 400/ }, async (props) => {
    const { page, base, app, idp, seen } = props;
    for (const asked of [{ redirect: `${app}/other.html` }, { redirect: 'https://evil.example/app.html' }, { client: 'unknown-app' }]) {
      await launch(props, asked);
      await page.getByText('is not registered for this client_id').waitFor();
      assert.ok(page.url().startsWith(`${base}${PROXY}/authorize?`), page.url());
    }
    const strangers = seen.requests.filter(({ url }) => ![base, app].includes(new URL(url).origin) || url.includes('other.html?'));
    assert.deepEqual(strangers, [], `nothing but ${base} and ${app}, not even ${idp}`);
  });

  scene('a launch for somebody else’s patient gives the app no token', { complaint: /status of 400/ }, async (props) => {
    const { entry } = await everything(props, 'Patient?_count=100');
    const patient = entry.map(({ resource }) => resource.id).find((id) => id !== OWN);
    assert.match(await launched(props, { context: { patient } }), /^The app failed: .*The launch cannot be used/s);
  });

  scene('an origin that is not listed cannot read the token', { complaint: /CORS policy|net::ERR_FAILED/ }, async (props) => {
    const elsewhere = `http://127.0.0.1:${props.appPort}`;
    const said = await launched({ ...props, app: elsewhere }, { redirect: `${elsewhere}/callback` });
    assert.match(said, /^The app failed: /);
    assert.equal(await props.page.evaluate(() => window.client), undefined);
  });
  return scene;
}

describe('a SMART app by way of the v2 endpoints', () => {
  const scene = scenes(2, '{idp}/{tenant}/v2.0');

  scene('an app sees no more than it asked for', { complaint: /status of 403/ }, async (props) => {
    const scope = 'launch openid fhirUser offline_access patient/Patient.rs';
    assert.match(await launched(props, { scope }), /^The app failed: /);
    const { page, base } = props;
    const { access_token: token, scope: granted } = await tokenResponse(page);
    assert.match(granted, /patient\/Patient\.rs/);
    assert.equal((await get(base, `Patient/${OWN}`, token)).status, 200);
    assert.equal((await get(base, 'Observation', token)).status, 403);
  });
});

describe('a SMART app by way of the v1 endpoints', () => {
  scenes(1, '{idp}/{tenant}');
});
