/** A patient's chart and any resource's page. */
import assert from 'node:assert/strict';
import { patientNames, stage } from './fixture.mjs';

const { scene } = stage();
const CHART = '/app/patients/demo-amelia';
const reader = (at = CHART) => ({ as: 'reader', at });
const tab = (page, name) => page.locator('.tabs').getByRole('link', { name: new RegExp(`^${name}`) });
const TABS = ['Encounters', 'Conditions', 'Labs', 'Medications', 'Allergies', 'Immunisations', 'Procedures', 'Documents'];

scene('the head of the chart tells who this is', reader(), async ({ page }) => {
  await page.getByRole('heading', { level: 1, name: 'Amelia Rose Hartley' }).waitFor();
  const head = await page.locator('.patient-head').textContent();
  for (const fact of ['female', 'born 14 Mar 1968', 'years', 'MRN', 'HH-100001', 'Address', 'Phone']) {
    assert.ok(head.includes(fact), fact);
  }
  assert.equal(await page.title(), 'Amelia Rose Hartley – FHIR Edge');
});

scene('the overview shows the latest vital signs and what is current', reader(), async ({ page }) => {
  await page.locator('.tile').first().waitFor();
  assert.match(await page.locator('.tiles').textContent(), /Blood pressure\d+ \/ \d+ mmHg/);
  for (const title of ['Current problems', 'Allergies', 'Current medications', 'Last encounters']) {
    const card = page.locator('section', { has: page.getByRole('heading', { name: title }) });
    assert.ok((await card.locator('.lines li').count()) > 0, title);
  }
});

scene('every tab lists as many resources as it counts', reader(), async ({ page }) => {
  await page.locator('.tile').first().waitFor();
  for (const name of TABS) {
    const count = Number(await tab(page, name).locator('.count').textContent());
    await tab(page, name).click();
    await page.getByRole('heading', { level: 2, name }).waitFor();
    while (await page.getByRole('button', { name: 'Show more' }).count()) {
      const shown = await page.locator('tbody tr').count();
      await page.getByRole('button', { name: 'Show more' }).click();
      await page.waitForFunction((before) => document.querySelectorAll('tbody tr').length > before, shown);
    }
    assert.equal(await page.locator('tbody tr').count(), count, name);
  }
});

scene('vital signs are charted, with their numbers in a table', reader(`${CHART}?tab=vitals`), async ({ page }) => {
  const pressure = page.getByRole('figure', { name: 'Blood pressure' });
  await pressure.waitFor();
  assert.equal(await pressure.locator('polyline').count(), 2);
  assert.match(await pressure.textContent(), /SystolicDiastolic/);
  await pressure.getByText('Numbers').click();
  assert.ok((await pressure.locator('tbody tr').count()) > 4);
  assert.ok((await page.getByRole('figure').count()) >= 4);
});

scene('results outside their range are marked by a word', reader(`${CHART}?tab=labs`), async ({ page }) => {
  await page.locator('tbody tr').first().waitFor();
  const high = page.locator('tbody tr', { has: page.locator('.flag', { hasText: 'High' }) });
  assert.ok((await high.count()) > 0);
  assert.match(await high.first().textContent(), /(≤|–) /);
});

scene('a row opens over the chart: words, JSON with links, copy, history', reader(`${CHART}?tab=labs`), async ({ page }) => {
  const row = page.locator('tbody .cell-main a').first();
  await row.click();
  const drawer = page.getByRole('dialog');
  await drawer.locator('.readable').first().waitFor();
  assert.match(await drawer.textContent(), /LOINC/);
  assert.match(page.url(), /open=Observation/);

  await drawer.getByRole('button', { name: 'JSON', exact: true }).click();
  await drawer.getByRole('button', { name: 'Copy JSON' }).click();
  await drawer.getByText('Copied').waitFor();
  const copied = JSON.parse(await page.evaluate(() => navigator.clipboard.readText()));
  assert.equal(copied.resourceType, 'Observation');
  assert.equal(await drawer.locator('.json-text').textContent().then((text) => JSON.parse(text).id), copied.id);

  await drawer.getByRole('button', { name: 'History' }).click();
  await drawer.getByRole('link', { name: 'Version 1' }).waitFor();

  await page.keyboard.press('Escape');
  await drawer.waitFor({ state: 'detached' });
  assert.doesNotMatch(page.url(), /open=/);
  assert.equal(await row.evaluate((link) => link === document.activeElement), true);

  await row.click();
  await drawer.getByRole('button', { name: 'JSON', exact: true }).click();
  await drawer.locator('.json-text').getByRole('link', { name: 'Patient/demo-amelia' }).click();
  await page.waitForURL(/\/app\/patients\/demo-amelia$/);
});

scene('the other tab finds what has no tab of its own', reader(`${CHART}?tab=others`), async ({ page }) => {
  await page.getByRole('heading', { level: 2 }).first().waitFor();
  await page.locator('.skeleton').waitFor({ state: 'detached' });
  assert.ok((await page.locator('tbody tr').count()) > 0);
});

scene('a patient without a record of anything is not an empty page', { as: 'writer', at: '/app/patients/new' }, async ({ page }) => {
  await page.getByLabel('Family name').fill('Blank');
  await page.getByRole('button', { name: 'Create patient' }).click();
  await page.getByRole('link', { name: 'Open the chart' }).click();
  await page.getByText('No vital signs recorded.').waitFor();
  await tab(page, 'Labs').click();
  await page.getByText('None recorded: labs.').waitFor();
});

scene('a resource has a page, its versions and the way to the patient', reader('/app/patients/demo-amelia?tab=conditions'), async ({ page }) => {
  await page.locator('tbody .cell-main a').first().click();
  await page.getByRole('link', { name: 'Open as a page' }).click();
  await page.waitForURL(/\/app\/resource\/Condition\//);
  await page.getByRole('button', { name: 'History' }).click();
  await page.getByRole('link', { name: 'Version 1' }).click();
  await page.waitForURL(/version=1/);
  await page.getByText('version 1', { exact: true }).waitFor();
  await page.getByRole('link', { name: 'To the patient' }).click();
  await page.getByRole('heading', { level: 1, name: 'Amelia Rose Hartley' }).waitFor();
});

scene('a missing resource is explained, with a way back', reader('/app/resource/Encounter/nowhere'), async ({ page }) => {
  await page.locator('.notice-error', { hasText: 'Not found' }).waitFor();
  await page.getByRole('link', { name: 'Go to the patients' }).click();
  await patientNames(page);
});

scene('a section that fails holds up no other', reader('/app/'), async ({ page, open }) => {
  await page.route('**/Condition?*', (route) => route.fulfill({ status: 500, json: {} }));
  await open(CHART);
  await page.locator('.tile').first().waitFor();
  assert.equal(await tab(page, 'Conditions').locator('.count').textContent(), '!');
  await page.unroute('**/Condition?*');
  await tab(page, 'Conditions').click();
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.locator('tbody tr').first().waitFor();
});

scene('a hostile narrative is text and nothing more', reader('/app/'), async ({ page, open }) => {
  const div = `<div xmlns="http://www.w3.org/1999/xhtml"><p onclick="document.title='owned'">Kind <b>words</b></p>
    <script>document.title='owned'</script><img src=x onerror="document.title='owned'"/>
    <a href="javascript:document.title='owned'">here</a></div>`;
  await page.route('**/Patient/demo-amelia', async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, json: { ...(await response.json()), text: { status: 'generated', div } } });
  });
  await open(`${CHART}?tab=record`);
  await page.getByText('Narrative', { exact: true }).click();
  const narrative = page.getByRole('region', { name: 'Narrative' });
  await narrative.waitFor();
  assert.match(await narrative.textContent(), /Kind words\s+here/);
  assert.equal(await narrative.locator('script, img, a, [onclick], [style]').count(), 0);
  await narrative.getByText('here').click();
  assert.equal(await page.title(), 'Amelia Rose Hartley – FHIR Edge');
});

scene('a patient sees the own record from the start page', { as: 'patient' }, async ({ page }) => {
  await page.getByRole('link', { name: /My record/ }).click();
  await page.getByRole('heading', { level: 1, name: 'Amelia Rose Hartley' }).waitFor();
  await page.locator('.tile').first().waitFor();
});
