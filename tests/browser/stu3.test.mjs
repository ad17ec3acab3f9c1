/** The same client over an STU3 server: other element names, the same words. */
import assert from 'node:assert/strict';
import { patientNames, stage } from './fixture.mjs';

const { scene } = stage({ fhirVersion: 'STU3' });
const CHART = '/app/patients/demo-amelia';

scene('STU3 patients are listed and their charts are filled', { as: 'reader', at: '/app/patients' }, async ({ page, open }) => {
  assert.ok((await patientNames(page)).includes('Hartley, Amelia Rose'));
  assert.match(await page.locator('.app-footer').textContent(), /STU3/);
  await open(CHART);
  await page.locator('.tile').first().waitFor();
  for (const [slug, column] of [['conditions', 3], ['allergies', 2], ['immunizations', 1], ['medications', 4], ['documents', 1]]) {
    await open(`${CHART}?tab=${slug}`);
    const cells = page.locator(`tbody tr td:nth-child(${column})`);
    await cells.first().waitFor();
    for (const words of await cells.allTextContents()) assert.notEqual(words.trim(), '–', `${slug}, column ${column}`);
  }
});

scene('an STU3 server takes a new patient', { as: 'writer', at: '/app/patients/new' }, async ({ page }) => {
  await page.getByRole('button', { name: 'Fill in the example' }).click();
  await page.getByRole('button', { name: 'Create patient' }).click();
  await page.locator('.banner-success', { hasText: 'James T. Kirk was added.' }).waitFor();
});
