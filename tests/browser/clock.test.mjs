/** A computer whose clock is wrong, and one whose clock jumps while the page is open. */
import assert from 'node:assert/strict';
import { enter, patientNames, popupOf, session, signInButton, stage } from './fixture.mjs';

const { scene } = stage();
const HOUR = 3600;
const CONFIGURATION = '**/app/config.json';

/** Turns the computer's clock by so many hours, before any page is loaded. */
const turned = (hours) => ({ context }) =>
  context.addInitScript((by) => {
    const Real = Date;
    let shift = by * 1000;
    globalThis.Date = class extends Real {
      constructor(...given) {
        if (given.length > 0) super(...given);
        else super(Real.now() + shift);
      }
      static now() {
        return Real.now() + shift;
      }
    };
    globalThis.turnClock = (seconds) => {
      shift += seconds * 1000;
    };
  }, hours * HOUR);

/** Lets the server say another time, or none. */
const serverSays = (context, dateOf) =>
  context.route(CONFIGURATION, async (route) => {
    const response = await route.fetch();
    const { date: _, ...headers } = response.headers();
    const date = dateOf();
    await route.fulfill({ response, headers: date ? { ...headers, date } : headers });
  });

const asked = (seen, path) => seen.requests.filter(({ url }) => url.includes(path)).length;
const openFirstPatient = (page) => page.locator('tbody .cell-main a').first().click();

for (const hours of [3, -3, 24 * 400]) {
  scene(`a computer ${hours} hours wrong signs in and keeps its token`, { at: '/app/patients', prepare: turned(hours) }, async ({ page, seen }) => {
    await enter(await popupOf(page, signInButton(page)), 'reader');
    await patientNames(page);
    await openFirstPatient(page);
    await page.locator('.tile').first().waitFor();
    const { expires_at: end } = await session(page);
    assert.ok(Math.abs(end - Date.now() / 1000 - HOUR) < 30, 'by the server’s time');
    assert.equal(asked(seen, '/oauth2/v2.0/token'), 1);
    await page.reload();
    await page.locator('.tile').first().waitFor();
    assert.equal(asked(seen, '/oauth2/v2.0/token'), 1);
  });
}

for (const [hours, words] of [
  [3, /clock is 3 hours fast\. Correct its date, time and time zone/],
  [-3, /clock is 3 hours slow/],
]) {
  scene(
    `where no server says the time, a clock ${hours} hours wrong is reported and nothing is retried`,
    {
      at: '/app/patients',
      prepare: async (props) => {
        await turned(hours)(props);
        await serverSays(props.context, () => undefined);
      },
    },
    async ({ page, seen }) => {
      await enter(await popupOf(page, signInButton(page)), 'reader');
      await page.locator('.notice-error').waitFor();
      assert.match(await page.locator('.notice-error').textContent(), words);
      assert.equal(await session(page), null);
      const before = seen.requests.length;
      await page.waitForTimeout(1500);
      assert.deepEqual(seen.requests.slice(before), []);
    },
  );
}

scene('a wrong server clock is told apart from a wrong computer clock', { at: '/app/', prepare: ({ context }) => serverSays(context, () => new Date(Date.now() + 5 * HOUR * 1000).toUTCString()) }, async ({ page }) => {
  await enter(await popupOf(page, signInButton(page)), 'reader');
  await page.locator('.notice-error').waitFor();
  assert.match(await page.locator('.notice-error').textContent(), /5 hours apart\. Report this to the operator; this computer.s clock is not the cause/);
});

scene('a clock change while the page is open has no effect', { at: '/app/patients', prepare: turned(0) }, async ({ page, seen }) => {
  await enter(await popupOf(page, signInButton(page)), 'reader');
  await patientNames(page);
  for (const seconds of [5 * HOUR, -10 * HOUR]) {
    await page.evaluate((by) => turnClock(by), seconds);
    const before = asked(seen, 'config.json');
    await openFirstPatient(page);
    await page.locator('.tile').first().waitFor();
    assert.equal(asked(seen, 'config.json'), before + 1, 'the server is asked for the time');
    await page.goBack();
    await patientNames(page);
  }
  assert.equal(asked(seen, '/oauth2/v2.0/token'), 1);
});

scene('a token that ran out while the computer slept is renewed before it is used', { at: '/app/patients', prepare: turned(0) }, async ({ page, context, seen }) => {
  await enter(await popupOf(page, signInButton(page)), 'reader');
  await patientNames(page);
  await page.evaluate((by) => turnClock(by), 2 * HOUR);
  await serverSays(context, () => new Date(Date.now() + 2 * HOUR * 1000).toUTCString());
  // The provider slept as well: its tokens would be two hours old.
  await context.route('**/oauth2/v2.0/token', async (route) => {
    const response = await route.fetch();
    const { id_token: _, ...body } = await response.json();
    await route.fulfill({ response, json: body });
  });
  await openFirstPatient(page);
  await page.locator('.tile').first().waitFor();
  assert.equal(asked(seen, '/oauth2/v2.0/token'), 2);
});
