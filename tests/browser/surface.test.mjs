/** Every page for every person: axe, a phone's width, dark colours, the keyboard alone. */
import assert from 'node:assert/strict';
import { overflow, violations } from './axe.mjs';
import { patientNames, stage } from './fixture.mjs';

const { scene } = stage();
const CHART = '/app/patients/demo-amelia';

/** Every page and what shows that it is there. */
const PAGES = [
  ['/app/', '.shortcuts'],
  ['/app/patients', 'table[aria-busy=false]'],
  ['/app/patients?q=Zzyzx', '.empty'],
  [CHART, '.tile'],
  [`${CHART}?tab=encounters`, 'tbody tr'],
  [`${CHART}?tab=vitals`, '.trend'],
  [`${CHART}?tab=labs`, 'tbody tr'],
  [`${CHART}?tab=medications`, 'tbody tr'],
  [`${CHART}?tab=others`, '.tabs'],
  [`${CHART}?tab=record`, '.readable'],
  [`${CHART}?tab=labs&open=Patient/demo-amelia`, '.drawer .readable'],
  ['/app/resource/Encounter/nowhere', '.notice-error'],
  ['/app/patients/new', 'form.form'],
  ['/app/launcher?patient=demo-amelia&encounter=nowhere&app=x', '.chosen strong'],
  ['/app/sample-app', 'form.form'],
  ['/app/sample-app/launch', '.notice-error'],
  ['/app/launch-context?request=x', '.notice-error'],
  ['/app/settings', 'form.form'],
  ['/app/nowhere', 'h1'],
];

async function walk({ page, open }) {
  const findings = [];
  for (const [path, sign] of PAGES) {
    await open(path);
    await page.locator(sign).first().waitFor();
    // Half-faded text has half the contrast.
    await page.evaluate(() => Promise.all(document.getAnimations().filter(({ effect }) => effect.getTiming().iterations === 1).map(({ finished }) => finished)));
    for (const found of await violations(page)) findings.push(`${path}: ${found}`);
    const wider = await overflow(page);
    if (wider > 0) findings.push(`${path}: ${wider} px too wide`);
    assert.match(await page.title(), /^.+ – FHIR Edge$/, path);
    assert.equal(await page.locator('h1').count(), 1, path);
  }
  assert.deepEqual(findings, []);
}

scene('every page is accessible on a desk, in light colours', { as: 'admin' }, walk);
scene('every page is accessible and fits on a phone, in dark colours', { as: 'admin', phone: true, colorScheme: 'dark' }, walk);

scene('the signed-out pages are accessible', { at: '/app/' }, async ({ page, open }) => {
  await page.locator('.account-list').waitFor();
  assert.deepEqual(await violations(page), []);
  await open('/app/patients');
  await page.getByRole('heading', { name: 'Sign in to see this page' }).waitFor();
  assert.deepEqual(await violations(page), []);
});

scene('a chosen theme is kept and set before the first paint', { at: '/app/' }, async ({ page }) => {
  const ground = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  const light = await ground();
  await page.getByLabel('Theme').selectOption('dark');
  assert.notEqual(await ground(), light);
  await page.reload({ waitUntil: 'commit' });
  await page.waitForFunction(() => document.documentElement.dataset.theme === 'dark');
  await page.getByLabel('Theme').waitFor();
  assert.equal(await page.getByLabel('Theme').inputValue(), 'dark');
  await page.getByLabel('Theme').selectOption('system');
  assert.equal(await ground(), light);
});

scene('entering a page moves the focus to its heading', { as: 'reader', at: '/app/patients' }, async ({ page }) => {
  await patientNames(page);
  await page.getByRole('link', { name: 'Settings' }).click();
  await page.waitForFunction(() => document.activeElement.matches('h1') && document.activeElement.textContent === 'Settings');
  assert.equal(await page.title(), 'Settings – FHIR Edge');
});

scene('an unknown address leads on', { at: '/app/no/such/page' }, async ({ page, base }) => {
  await page.getByRole('heading', { name: 'No such page' }).waitFor();
  assert.equal(page.url(), `${base}/app/no/such/page`);
  await page.getByRole('link', { name: 'Start page' }).click();
  await page.waitForURL(`${base}/app/`);
});

scene('the keyboard alone goes from the list to a result and back', { as: 'reader', at: '/app/patients' }, async ({ page }) => {
  const focused = () => page.evaluate(() => document.activeElement.textContent.trim());
  const tabTo = async (matches, key = 'Tab') => {
    for (let steps = 0; steps < 60; steps += 1) {
      await page.keyboard.press(key);
      if (matches.test(await focused())) return;
    }
    assert.fail(`the focus never reached ${matches}`);
  };
  await patientNames(page);
  await page.reload();
  await patientNames(page);
  await page.keyboard.press('Tab');
  assert.equal(await focused(), 'Skip to content');
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => location.hash === '#main');
  await tabTo(/^Hartley, Amelia Rose/);
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => document.activeElement.matches('h1'));
  await page.locator('.tabs .count').nth(3).waitFor();
  await tabTo(/^Labs/);
  await page.keyboard.press('Enter');
  await page.locator('tbody tr').first().waitFor();
  await tabTo(/cholesterol/i);
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').locator('.readable').first().waitFor();
  await tabTo(/^JSON$/);
  await page.keyboard.press('Space');
  await page.getByRole('dialog').locator('.json-text').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  assert.match(await focused(), /cholesterol/i);
});

scene('no movement for those who ask for none', { at: '/app/' }, async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  const moving = await page.evaluate(() => {
    const line = document.body.appendChild(document.createElement('span'));
    line.className = 'skeleton-line';
    return getComputedStyle(line).animationName;
  });
  assert.equal(moving, 'none');
});
