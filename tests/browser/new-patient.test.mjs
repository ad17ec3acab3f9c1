/** The form that adds a patient. */
import assert from 'node:assert/strict';
import { patientNames, stage } from './fixture.mjs';

const { scene } = stage();
const FORM = '/app/patients/new';
const create = (page) => page.getByRole('button', { name: 'Create patient' }).click();

scene('a writer adds James T. Kirk and sees him in the list', { as: 'writer', at: FORM }, async ({ page, base }) => {
  await page.getByRole('button', { name: 'Fill in the example' }).click();
  await create(page);
  await page.locator('.banner-success', { hasText: 'James T. Kirk was added.' }).waitFor();
  assert.equal((await patientNames(page))[0], 'Kirk, James T.');
  assert.match(await page.locator('.row-new').textContent(), /22 Mar 2233male.*SC937-0176-CEC.*Riverside/);

  await page.goto(`${base}/app/patients?q=SC937-0176-CEC`);
  assert.deepEqual(await patientNames(page), ['Kirk, James T.']);
  await page.locator('tbody .cell-main a').click();
  await page.getByRole('heading', { level: 1, name: 'James T. Kirk' }).waitFor();
});

scene('a reader is refused with the server’s reason and the own role', { as: 'reader', at: FORM }, async ({ page }) => {
  await page.getByRole('button', { name: 'Fill in the example' }).click();
  await create(page);
  const notice = page.locator('.notice-error');
  await notice.waitFor();
  const words = await notice.textContent();
  assert.match(words, /You may not do this/);
  assert.match(words, /Authorization failed/);
  assert.match(words, /signed in as .+ with globalReader/);
  assert.equal(await page.getByLabel('Family name').inputValue(), 'Kirk');
});

scene('missing and invalid values are reported at their fields before anything is sent', { as: 'writer', at: FORM }, async ({ page, seen }) => {
  await create(page);
  const family = page.getByLabel('Family name');
  assert.equal(await family.getAttribute('aria-invalid'), 'true');
  assert.equal(await family.evaluate((input) => input === document.activeElement), true);
  const describedBy = (await family.getAttribute('aria-describedby')).split(' ')[0];
  assert.match(await page.locator(`#${describedBy}`).textContent(), /Enter a family name/);

  await family.fill('Kirk');
  await page.getByLabel('Birth date').fill('2233-02-30');
  await page.getByLabel('E-mail').fill('jim');
  await create(page);
  assert.equal(await page.getByLabel('Birth date').getAttribute('aria-invalid'), 'true');
  assert.equal(await page.getByLabel('E-mail').getAttribute('aria-invalid'), 'true');
  assert.equal(await family.getAttribute('aria-invalid'), null);
  assert.equal(seen.requests.some(({ method, url }) => method === 'POST' && url.endsWith('/Patient')), false);
});

scene('a validation error of the server is shown at the element that it names', { as: 'writer', at: FORM }, async ({ page }) => {
  await page.route('**/Patient', (route) =>
    route.fulfill({
      status: 400,
      contentType: 'application/fhir+json',
      json: {
        resourceType: 'OperationOutcome',
        issue: [
          { severity: 'error', code: 'value', diagnostics: 'Nobody is born then.', expression: ['Patient.birthDate'] },
          { severity: 'error', code: 'value', diagnostics: 'That name is taken.', expression: ['Patient.name[0].family'] },
        ],
      },
    }),
  );
  await page.getByRole('button', { name: 'Fill in the example' }).click();
  await create(page);
  await page.locator('.notice-error').waitFor();
  assert.equal(await page.locator('#birth-date-problems').textContent(), 'Nobody is born then.');
  assert.equal(await page.locator('#family-problems').textContent(), 'That name is taken.');
});

scene('a double click creates one patient', { as: 'writer', at: FORM }, async ({ page, seen }) => {
  await page.getByLabel('Family name').fill('Once');
  await page.getByRole('button', { name: 'Create patient' }).dblclick();
  await page.locator('.row-new').waitFor();
  assert.equal(seen.requests.filter(({ method, url }) => method === 'POST' && url.endsWith('/Patient')).length, 1);
});
