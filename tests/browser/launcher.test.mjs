/** The app launcher: pickers, the launch context and the address that follow what is entered. */
import assert from 'node:assert/strict';
import { violations } from './axe.mjs';
import { stage } from './fixture.mjs';

const { scene } = stage();

const launchLink = (page) => page.getByRole('link', { name: /^Launch \(/ });

const context = (page) => page.locator('#launch-context').textContent().then(JSON.parse);

/** The address to launch, taken apart; the context is read from its parameter, as an app's server does. */
async function launchAddress(page) {
  const url = new URL(await page.locator('#launch-address').textContent());
  const launch = JSON.parse(Buffer.from(url.searchParams.get('launch'), 'base64url').toString());
  return { app: url.origin + url.pathname, iss: url.searchParams.get('iss'), launch, text: url.href };
}

/** Types into a picker and takes the result that it marks. */
async function pick(page, label, text, name) {
  const box = page.getByRole('combobox', { name: label });
  await box.fill(text);
  await page.getByRole('option', { name }).waitFor();
  await page.getByText(/^\d+ found\.$/).waitFor();
  await box.press('ArrowDown');
  await page.locator('[role=option][aria-selected=true]').filter({ hasText: name }).waitFor();
  await box.press('Enter');
}

scene('what is picked becomes the context and the address as it is picked', { as: 'reader', at: '/app/launcher' }, async ({ page, base }) => {
  assert.deepEqual(await context(page), {});
  const empty = await launchAddress(page);
  assert.deepEqual(empty, { app: `${base}/app/sample-app/launch`, iss: base, launch: {}, text: empty.text });
  assert.match(empty.text, /launch=e30&/);

  await pick(page, 'Find a patient', 'hartley', /Hartley, Amelia Rose/);
  assert.deepEqual(await context(page), { patient: 'demo-amelia' });
  await page.locator('.chosen').filter({ hasText: 'Hartley, Amelia Rose' }).filter({ hasText: 'female' }).waitFor();

  const encounters = page.getByRole('combobox', { name: 'Find an encounter' });
  await encounters.click();
  await page.locator('[role=option]:visible').first().click();
  const { encounter } = await context(page);
  assert.match(encounter, /^[\w.-]+$/);
  assert.equal(await encounters.inputValue(), '');

  await pick(page, 'Find a practitioner', 'bennett', /Bennett, Laura/);
  await page.getByLabel('Patient banner').selectOption('false');
  await page.getByLabel('Style address').fill('https://ehr.example/style.json');
  const expected = {
    patient: 'demo-amelia',
    encounter,
    practitioner: 'demo-dr-bennett',
    need_patient_banner: false,
    smart_style_url: 'https://ehr.example/style.json',
  };
  assert.deepEqual(await context(page), expected);
  const { launch, text } = await launchAddress(page);
  assert.deepEqual(launch, expected);
  assert.equal(await launchLink(page).getAttribute('href'), text);
  assert.match(await launchLink(page).getAttribute('rel'), /noopener/);
  assert.equal(await launchLink(page).getAttribute('target'), '_blank');
});

scene('the page’s address holds ids and settings, no names, and can be shared', { as: 'reader', at: '/app/launcher' }, async ({ page, open }) => {
  await pick(page, 'Find a patient', 'hartley', /Hartley, Amelia Rose/);
  await page.getByLabel('Patient banner').selectOption('true');
  await page.waitForURL(/patient=demo-amelia&banner=true$/);
  assert.doesNotMatch(page.url(), /hartley|amelia-|Rose/i);
  const shared = new URL(page.url());
  await open('/app/patients');
  await open(shared.pathname + shared.search);
  await page.locator('.chosen').filter({ hasText: 'Hartley, Amelia Rose' }).waitFor();
  assert.deepEqual(await context(page), { patient: 'demo-amelia', need_patient_banner: true });
  await page.getByRole('link', { name: 'App launcher' }).click();
  await page.waitForFunction(() => document.querySelector('#launch-context').textContent === '{}');
});

scene('ids may be entered by hand, for records that one cannot see', { as: 'reader', at: '/app/launcher' }, async ({ page }) => {
  await page.getByLabel('Patient id').fill('someone-else');
  await page.getByText('You can see no Patient with this id').waitFor();
  assert.deepEqual(await context(page), { patient: 'someone-else' });
  await page.getByLabel('Encounter id').fill('Encounter/1');
  await page.getByText('no type before it').waitFor();
  // Another patient's encounter would contradict the context.
  await page.getByLabel('Patient id').fill('another');
  assert.deepEqual(await context(page), { patient: 'another' });
});

scene('the app’s address keeps its query; one that cannot be launched is explained', { as: 'reader', at: '/app/launcher?patient=p1' }, async ({ page, base }) => {
  const app = page.getByLabel('App launch address');
  await app.fill('https://app.example/launch.html?mode=dark');
  assert.equal(
    (await launchAddress(page)).text,
    `https://app.example/launch.html?mode=dark&launch=eyJwYXRpZW50IjoicDEifQ&iss=${encodeURIComponent(base)}`,
  );
  for (const [address, words] of [
    ['javascript:alert(1)', 'must begin with https://'],
    ['http://app.example/', 'in the clear'],
    ['https://app.example/#/launch', 'Leave out the #'],
    ['https://app.example/?iss=x', 'Leave out launch and iss'],
    ['', 'Enter an address'],
  ]) {
    await app.fill(address);
    await page.locator('#app-address-problems').filter({ hasText: words }).waitFor();
    assert.equal(await launchLink(page).count(), 0, address);
    assert.equal(await app.getAttribute('aria-invalid'), 'true');
  }
});

scene('the copy buttons copy the context and the address', { as: 'reader', at: '/app/launcher?patient=p1' }, async ({ page }) => {
  const pasted = () => page.evaluate(() => navigator.clipboard.readText());
  await page.getByRole('button', { name: 'Copy the context' }).click();
  await page.getByText('Copied').waitFor();
  assert.deepEqual(JSON.parse(await pasted()), { patient: 'p1' });
  await page.getByRole('button', { name: 'Copy the address' }).click();
  await page.getByText('Copied').nth(1).waitFor();
  assert.equal(await pasted(), await page.locator('#launch-address').textContent());
});

scene('the picker is worked by the keyboard alone, as the pattern says', { as: 'reader', at: '/app/launcher' }, async ({ page }) => {
  const box = page.getByRole('combobox', { name: 'Find a patient' });
  await box.focus();
  assert.equal(await box.getAttribute('aria-expanded'), 'false');
  await page.keyboard.press('ArrowDown');
  await page.locator('[role=option]:visible').first().waitFor();
  assert.equal(await box.getAttribute('aria-expanded'), 'true');
  const marked = async () => {
    const id = await box.getAttribute('aria-activedescendant');
    return page.locator(`#${id}[aria-selected=true]`).textContent();
  };
  await page.keyboard.press('ArrowDown');
  const first = await marked();
  await page.keyboard.press('ArrowUp');
  assert.notEqual(await marked(), first, 'the list goes round');
  await page.keyboard.press('ArrowDown');
  assert.equal(await marked(), first);
  assert.deepEqual(await violations(page), []);
  await page.keyboard.press('Escape');
  assert.equal(await box.getAttribute('aria-expanded'), 'false');
  await page.keyboard.type('zzyzx');
  await page.getByText('No patients found.').waitFor();
  await page.keyboard.press('Enter');
  assert.deepEqual(await context(page), {});
});

scene('a handle of the server names nobody in the address, and launches the app', { as: 'writer', at: '/app/launcher?patient=demo-amelia' }, async ({ page, base }) => {
  await page.getByRole('button', { name: 'Get a launch handle' }).click();
  const link = page.getByRole('link', { name: /^Launch with the handle/ });
  await link.waitFor();
  const address = new URL(await link.getAttribute('href'));
  assert.equal(address.searchParams.get('iss'), base);
  const handle = address.searchParams.get('launch');
  assert.match(handle, /^[\w-]{100,}$/);
  assert.doesNotMatch(Buffer.from(handle, 'base64url').toString('latin1'), /demo-amelia/);
  assert.match(await link.getAttribute('rel'), /noopener/);
  assert.deepEqual(await violations(page), []);

  const [app] = await Promise.all([page.context().waitForEvent('page'), link.click()]);
  await app.waitForURL(/\/app\/sample-app/);
  await app.getByText('Hartley').first().waitFor();
  // It opened: the next launch needs another.
  await page.getByRole('button', { name: 'Get a launch handle' }).waitFor();
});

scene('a missing permission to launch apps is explained', { as: 'reader', at: '/app/launcher?patient=demo-amelia', complaint: /status of 403/ }, async ({ page }) => {
  await page.getByRole('button', { name: 'Get a launch handle' }).click();
  await page.getByText('a role with `launch` is needed').waitFor();
});
