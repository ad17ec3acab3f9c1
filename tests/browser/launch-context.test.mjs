/** Standalone launch: the sample app asks for a patient, whom the person chooses on the client's page. */
import assert from 'node:assert/strict';
import { overflow, violations } from './axe.mjs';
import { ACCOUNTS_KEY, enter, stage } from './fixture.mjs';

const { scene } = stage();
const APP = '/app/sample-app';
const PAGE = '/app/launch-context';

/** Opens the app by itself and lets it ask. */
async function ask({ page, base, open }, scopes) {
  await open(APP);
  if (scopes) await page.getByLabel('Scopes').fill(scopes);
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.waitForURL((url) => url.href.startsWith(`${base}${PAGE}?request=`));
  await page.getByText('asks which patient to open').waitFor();
}

/** Signs in on the page, which has no menu of the person. */
async function signInToChoose(page, user) {
  await page.getByRole('button', { name: 'Sign in on this page' }).click();
  await enter(page, user);
  await page.getByText('You are signed in as').waitFor();
}

const picker = (page, name) => page.getByRole('combobox', { name });
const shared = (page) => page.locator('.chosen strong');
const proceed = (page) => page.getByRole('button', { name: 'Continue' });
const decline = (page) => page.getByRole('button', { name: 'Do not share' });
const banner = (page) => page.locator('.patient-head');
const context = (page) => page.getByRole('region', { name: 'Launch context' }).locator('dd').allInnerTexts();

scene('a clinician chooses patient and encounter for the app', {}, async (props) => {
  const { page, base } = props;
  await ask(props, 'launch/patient launch/encounter openid fhirUser offline_access patient/*.rs');
  await page.getByText('smart-app', { exact: true }).waitFor();
  await page.getByText(new URL(base).host, { exact: true }).waitFor();
  await page.getByText('What it asks for').click();
  await page.getByText('patient/*.rs').waitFor();
  await signInToChoose(page, 'reader');

  await proceed(page).click();
  await page.getByRole('alert').filter({ hasText: 'Choose a patient first.' }).waitFor();
  await picker(page, 'Find a patient').fill('hartley');
  await page.getByText('1 found.').waitFor();
  await page.keyboard.press('Enter');
  await shared(page).filter({ hasText: 'Hartley, Amelia Rose' }).waitFor();
  await picker(page, /Find an encounter/).click();
  await page.locator('[role=option]:visible').first().click();
  await shared(page).nth(1).waitFor();
  assert.deepEqual(await violations(page), []);
  await proceed(page).click();

  await banner(page).getByRole('heading', { name: 'Amelia Rose Hartley' }).waitFor();
  assert.equal(page.url(), `${base}${APP}`);
  const [patient, encounter] = await context(page);
  assert.equal(patient, 'demo-amelia');
  assert.match(encounter, /^demo-amelia-/);
});

/** The proxy tells the name that its operator gave the app. */
const named = (name) => ({ page }) =>
  page.route('**/AadSmartOnFhirProxy/context?**', async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, json: { ...(await response.json()), name } });
  });
const asking = (page) => page.getByText('asks which patient to open');

scene('an app that has a name is called by it, and its client id stands beside', { prepare: named('Growth <b>Chart</b>') }, async (props) => {
  const { page } = props;
  await ask(props);
  assert.match(await asking(page).innerText(), /^The app Growth <b>Chart<\/b> \(smart-app\) asks which patient to open\./);
  assert.equal(await page.locator('main b').count(), 0);
});

scene('a name that turns letters round or hides them cannot pass for another’s', { prepare: named(`\u202eevil\u202c\u0007${'m'.repeat(500)}`) }, async (props) => {
  const { page } = props;
  await ask(props);
  const words = await asking(page).innerText();
  assert.match(words, /^The app evilm+… \(smart-app\) asks/);
  assert.ok(words.length < 250, words);
});

scene('an app without a name is called by its client id', { prepare: named(' ') }, async (props) => {
  const { page } = props;
  await ask(props);
  assert.match(await asking(page).innerText(), /^The app smart-app asks which patient to open\./);
});

scene('a patient finds the own record chosen', {}, async (props) => {
  const { page } = props;
  await ask(props);
  await signInToChoose(page, 'patient');
  await shared(page).filter({ hasText: 'Hartley, Amelia Rose' }).waitFor();
  await picker(page, 'Find a patient').click();
  await page.getByText('1 found.').waitFor();
  await page.keyboard.press('Escape');
  assert.equal(await picker(page, /Find an encounter/).count(), 0, 'an encounter that nobody asked for');
  await proceed(page).click();
  await banner(page).waitFor();
  assert.deepEqual(await context(page), ['demo-amelia']);
});

scene('someone who is signed in chooses at once, and what was not granted is shown', { as: 'patient' }, async (props) => {
  const { page } = props;
  await ask(props, 'launch/patient openid patient/Patient.rs');
  await shared(page).waitFor();
  await proceed(page).click();
  await banner(page).waitFor();
  await page.getByRole('alert').filter({ hasText: 'You may not do this' }).filter({ hasText: 'Compare the scopes below' }).waitFor();
});

scene('who does not share goes back to the app without signing in', {}, async (props) => {
  const { page, base, idp, seen } = props;
  await ask(props);
  await decline(page).click();
  await page.getByRole('alert').filter({ hasText: 'Access was denied' }).filter({ hasText: 'access_denied' }).waitFor();
  assert.equal(page.url(), `${base}${APP}`);
  assert.equal(await page.evaluate((key) => sessionStorage.getItem(key), ACCOUNTS_KEY), null);
  const signIns = seen.requests.filter(({ url }) => url.startsWith(idp) && url.includes('response_type=code') && !url.includes('prompt=none'));
  assert.deepEqual(signIns, []);
  await page.getByLabel('Scopes').waitFor();
});

scene('a request is answered once', { as: 'patient' }, async (props) => {
  const { page, open } = props;
  await ask(props);
  const { pathname, search } = new URL(page.url());
  await shared(page).waitFor();
  await proceed(page).click();
  await banner(page).waitFor();
  await open(pathname + search);
  await shared(page).waitFor();
  await proceed(page).click();
  await page.getByRole('alert').filter({ hasText: 'answered before' }).waitFor();
});

scene('a request of nobody is refused in words', { at: `${PAGE}?request=made-up` }, async ({ page }) => {
  await page.getByRole('alert').filter({ hasText: 'not made by this server' }).filter({ hasText: 'Nothing was shared' }).waitFor();
  assert.equal(await proceed(page).count(), 0);
});

scene('someone without a role learns why nothing is found', {}, async (props) => {
  const { page } = props;
  await ask(props);
  await signInToChoose(page, 'nobody');
  await picker(page, 'Find a patient').click();
  await page.getByText('You may not do this').waitFor();
});

scene('nothing leads away from the choice', {}, async (props) => {
  const { page } = props;
  await ask(props);
  assert.deepEqual(await page.locator('a:not(.skip-link):visible').allInnerTexts(), []);
  assert.deepEqual(await violations(page), []);
});

scene('on a phone, in dark colours, the choice fits', { phone: true, colorScheme: 'dark' }, async (props) => {
  const { page } = props;
  await ask(props, 'launch/patient launch/encounter patient/*.rs');
  assert.deepEqual(await violations(page), []);
  await signInToChoose(page, 'reader');
  await picker(page, 'Find a patient').click();
  await page.locator('[role=option]:visible').first().waitFor();
  await page.getByText(/The first 10 patients/).waitFor();
  assert.deepEqual(await violations(page), []);
  assert.ok((await overflow(page)) <= 0);
});

scene('the keyboard alone chooses and continues', { as: 'reader' }, async (props) => {
  const { page } = props;
  await ask(props);
  await picker(page, 'Find a patient').waitFor();
  const focused = () => page.evaluate(() => document.activeElement.id || document.activeElement.textContent.trim());
  const tabTo = async (name) => {
    for (let steps = 0; steps < 20; steps += 1) {
      await page.keyboard.press('Tab');
      if ((await focused()) === name) return;
    }
    assert.fail(`the focus never reached ${name}`);
  };
  await tabTo('find-patient');
  await page.keyboard.type('amelia');
  await page.getByText('1 found.').waitFor();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await shared(page).waitFor();
  await tabTo('Continue');
  await page.keyboard.press('Enter');
  await banner(page).waitFor();
});
