/** The list of patients: search, filters, order, pages, and the address that holds them all. */
import assert from 'node:assert/strict';
import { patientNames, stage } from './fixture.mjs';

const { scene } = stage();
const reader = (at) => ({ as: 'reader', at });
const result = (page) => page.locator('.result-line').textContent();
const request = (page) => page.locator('.request-line code').textContent();

async function searchFor(page, text) {
  await page.getByRole('searchbox').fill(text);
  await page.getByRole('button', { name: 'Search', exact: true }).click();
}

scene('everyone is listed by name with a total and the FHIR request', reader('/app/patients'), async ({ page, base }) => {
  const names = await patientNames(page);
  assert.ok(names.length >= 10);
  assert.deepEqual(names, names.toSorted((one, other) => one.localeCompare(other, 'en')));
  assert.equal(await result(page), `All patients${names.length} patients`);
  assert.equal(await request(page), `GET ${base}/Patient?_sort=family&_count=20&_total=accurate`);
});

scene('a name is searched as it is typed', reader('/app/patients'), async ({ page, base }) => {
  await patientNames(page);
  await page.getByRole('searchbox').pressSequentially('amel');
  await page.waitForURL(`${base}/app/patients?q=amel`);
  await page.locator('.result-line', { hasText: 'Name beginning with “amel”' }).waitFor();
  assert.deepEqual(await patientNames(page), ['Hartley, Amelia Rose']);
});

scene('a birth date and a number are distinguished from a name', reader('/app/patients'), async ({ page }) => {
  await searchFor(page, '1968-03-14');
  await page.locator('.result-line', { hasText: 'Born 1968-03-14' }).waitFor();
  assert.deepEqual(await patientNames(page), ['Hartley, Amelia Rose']);
  await searchFor(page, 'HH-100001');
  await page.locator('.result-line', { hasText: 'Identifier “HH-100001”' }).waitFor();
  assert.deepEqual(await patientNames(page), ['Hartley, Amelia Rose']);
  assert.match(await request(page), /identifier=HH-100001/);
});

scene('full names are found whatever their order and accents', reader('/app/patients?q=Ferreira,%20Tomas'), async ({ page }) => {
  assert.deepEqual(await patientNames(page), ['Ferreira da Silva, Tomás']);
});

scene('the gender narrows the list, and the address holds it', reader('/app/patients'), async ({ page, context, base }) => {
  const everyone = await patientNames(page);
  await page.getByLabel('Gender').selectOption('female');
  await page.waitForURL(`${base}/app/patients?gender=female`);
  await page.locator('.result-line', { hasText: 'female' }).waitFor();
  const women = await patientNames(page);
  assert.ok(women.length > 0 && women.length < everyone.length);
  const shared = await context.newPage();
  await shared.goto(page.url());
  assert.deepEqual(await patientNames(shared), women);
  assert.equal(await shared.getByLabel('Gender').inputValue(), 'female');
});

scene('headings order the list, and say so', reader('/app/patients'), async ({ page }) => {
  // A person with two family names stands by the first of them upwards, by the last downwards.
  const oneName = (names) => names.filter((name) => !name.includes('Müller'));
  const byName = oneName(await patientNames(page));
  const heading = (name) => page.getByRole('columnheader', { name });
  assert.equal(await heading('Name').getAttribute('aria-sort'), 'ascending');
  await heading('Name').getByRole('button').click();
  await page.waitForURL(/sort=-family/);
  assert.deepEqual(oneName(await patientNames(page)), byName.toReversed());
  assert.equal(await heading('Name').getAttribute('aria-sort'), 'descending');
  await heading('Birth date').getByRole('button').click();
  await page.waitForURL(/sort=birthdate/);
  assert.equal(await heading('Birth date').getAttribute('aria-sort'), 'ascending');
  assert.equal(await heading('Name').getAttribute('aria-sort'), 'none');
  const oldest = (await patientNames(page))[0];
  await heading('Birth date').getByRole('button').click();
  await page.waitForURL(/sort=-birthdate/);
  assert.equal((await patientNames(page)).at(-1), oldest);
});

scene('pages go on and back, and a page can be shared', reader('/app/patients?count=10'), async ({ page, context }) => {
  const first = await patientNames(page);
  assert.equal(first.length, 10);
  const range = page.locator('.pager-range');
  const total = Number(/of (\d+)/.exec(await range.textContent())[1]);
  assert.equal(await range.textContent(), `1–10 of ${total}`);
  assert.equal(await page.getByRole('button', { name: 'Previous' }).isDisabled(), true);
  await page.getByRole('button', { name: 'Next' }).click();
  await page.waitForURL(/page=/);
  await range.filter({ hasText: '11–' }).waitFor();
  const second = await patientNames(page);
  assert.equal(second.length, Math.min(total - 10, 10));
  assert.equal(second.some((name) => first.includes(name)), false);
  assert.match(await result(page), new RegExp(`${total} patients`));

  const shared = await context.newPage();
  await shared.goto(page.url());
  assert.deepEqual(await patientNames(shared), second);
  await shared.getByRole('button', { name: 'First page' }).click();
  await shared.waitForURL((url) => !url.searchParams.has('page'));
  assert.deepEqual(await patientNames(shared), first);

  await page.getByRole('button', { name: 'Previous' }).click();
  await page.waitForURL((url) => !url.searchParams.has('page'));
  assert.deepEqual(await patientNames(page), first);
  await page.goBack();
  await page.waitForURL(/page=/);
  await range.filter({ hasText: '11' }).waitFor();
  assert.deepEqual(await patientNames(page), second);
});

scene('a page that no longer exists leads back to the first', reader('/app/patients?page=Patient%3Fct%3Dbroken'), async ({ page }) => {
  await page.locator('.notice-error').waitFor();
  await page.getByRole('button', { name: 'Go to the first page' }).click();
  assert.ok((await patientNames(page)).length > 0);
});

scene('nobody found: the page says why and shows the way on', reader('/app/patients?q=Zzyzx'), async ({ page }) => {
  await page.getByText('No patient matches.').waitFor();
  await page.getByRole('link', { name: 'Show all patients' }).click();
  assert.ok((await patientNames(page)).length > 0);
  assert.equal(await page.getByRole('searchbox').inputValue(), '');
});

scene('the slash key goes to the search box', reader('/app/patients'), async ({ page }) => {
  await patientNames(page);
  await page.keyboard.press('/');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'patient-search');
  await page.keyboard.type('a/b');
  assert.equal(await page.getByRole('searchbox').inputValue(), 'a/b');
});

scene('a server error is explained, and the request can be retried', reader('/app/'), async ({ page, open }) => {
  await page.route('**/Patient?*', (route) =>
    route.fulfill({
      status: 503,
      headers: { 'content-type': 'application/fhir+json', 'x-request-id': 'r-42' },
      json: { resourceType: 'OperationOutcome', issue: [{ severity: 'error', code: 'transient', diagnostics: 'Moving house.' }] },
    }),
  );
  await open('/app/patients');
  const notice = page.locator('.notice-error');
  await notice.waitFor();
  assert.match(await notice.textContent(), /The server has a problem.*Moving house\..*r-42/);
  await page.unroute('**/Patient?*');
  await page.getByRole('button', { name: 'Try again' }).click();
  assert.ok((await patientNames(page)).length > 0);
});

scene('an unreachable server is explained', reader('/app/'), async ({ page, open }) => {
  await page.route('**/Patient?*', (route) => route.abort());
  await open('/app/patients');
  await page.locator('.notice-error', { hasText: 'cannot be reached' }).waitFor();
});

scene('the token is not sent to another server that a page links to', reader('/app/'), async ({ page, open, seen }) => {
  await page.route('**/Patient?*', async (route) => {
    const response = await route.fetch();
    const bundle = await response.json();
    bundle.link = [{ relation: 'next', url: 'https://elsewhere.example/Patient?page=2' }];
    await route.fulfill({ response, json: bundle });
  });
  await open('/app/patients');
  await patientNames(page);
  await page.locator('.notice-warning', { hasText: 'elsewhere.example' }).waitFor();
  assert.equal(await page.getByRole('button', { name: 'Next' }).isDisabled(), true);
  assert.equal(seen.requests.some(({ url }) => url.includes('elsewhere')), false);
});
