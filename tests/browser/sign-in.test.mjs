/** Signing in and out, in every way, with every failure. */
import assert from 'node:assert/strict';
import { enter, patientNames, popupOf, session, signInButton, signInHere, signOutButton, stage } from './fixture.mjs';

const { scene } = stage();
const AUTHORIZE = '**/oauth2/v2.0/authorize?*';
const problem = (page) => page.locator('.notice-error');

/** Answers authorization requests in the provider's place. */
const answerWith = (parametersOf) => async ({ context, base }) =>
  context.route(AUTHORIZE, (route) => {
    const asked = new URL(route.request().url()).searchParams;
    const answer = new URLSearchParams(parametersOf(asked));
    return route.fulfill({ status: 302, headers: { location: `${base}/app/redirect.html#${answer}` } });
  });

scene('a popup signs in, and the welcome names the person', { at: '/app/' }, async ({ page }) => {
  const popup = await popupOf(page, signInButton(page));
  await enter(popup, 'admin');
  await page.getByRole('heading', { name: /^Welcome, / }).waitFor();
  assert.match(await page.locator('.person').textContent(), /globalAdmin/);
  if (!popup.isClosed()) await popup.waitForEvent('close');
  assert.equal(await page.title(), `${await page.locator('h1').textContent()} – FHIR Edge`);
});

scene('a redirect sign-in returns to where the person was', { at: '/app/patients?q=Am&sort=-birthdate' }, async ({ page, base }) => {
  await page.getByRole('heading', { name: 'Sign in to see this page' }).waitFor();
  await signInHere(page, 'reader');
  await patientNames(page);
  assert.equal(page.url(), `${base}/app/patients?q=Am&sort=-birthdate`);
  assert.equal(await page.inputValue('#patient-search'), 'Am');
});

scene('the request is a code flow with PKCE, state and nonce, answered in the fragment', { at: '/app/' }, async ({ page, seen, base }) => {
  await signInHere(page, 'reader');
  const request = seen.requests.find(({ url }) => url.includes('/authorize?'));
  const asked = new URL(request.url).searchParams;
  assert.equal(asked.get('response_type'), 'code');
  assert.equal(asked.get('response_mode'), 'fragment');
  assert.equal(asked.get('code_challenge_method'), 'S256');
  assert.equal(asked.get('redirect_uri'), `${base}/app/redirect.html`);
  assert.match(asked.get('code_challenge'), /^[\w-]{43}$/);
  assert.match(asked.get('nonce'), /^[\w-]{43}$/);
  const state = JSON.parse(atob(asked.get('state')));
  assert.equal(state.meta.interactionType, 'redirect');
  assert.doesNotMatch(page.url(), /code=|state=/);
});

scene('a closed sign-in window is reported', { at: '/app/' }, async ({ page }) => {
  const popup = await popupOf(page, signInButton(page));
  await popup.getByLabel('User name').waitFor();
  await popup.close();
  await problem(page).waitFor();
  assert.match(await problem(page).textContent(), /closed before sign-in was finished/);
  assert.equal(await signInButton(page).isEnabled(), true);
});

scene('a blocked sign-in window leaves the way on this page', { at: '/app/' }, async ({ page }) => {
  await page.evaluate(() => {
    window.open = () => null;
  });
  await signInButton(page).click();
  assert.match(await problem(page).textContent(), /blocked the sign-in window/);
  const here = page.getByRole('button', { name: 'Sign in on this page' });
  await page.waitForFunction(() => document.activeElement.textContent === 'Sign in on this page');
  await here.press('Enter');
  await enter(page, 'reader');
  await signOutButton(page).waitFor();
});

scene('a second click focuses the open window instead of opening another', { at: '/app/' }, async ({ page, context, seen }) => {
  const popup = await popupOf(page, signInButton(page));
  await popup.getByLabel('User name').waitFor();
  await page.bringToFront();
  await signInButton(page).click();
  await page.getByText('Waiting for the sign-in').waitFor();
  assert.equal(context.pages().length, 2);
  assert.equal(seen.requests.filter(({ url }) => url.includes('/authorize?')).length, 1);
  await enter(popup, 'reader');
  await signOutButton(page).waitFor();
});

scene('signing in with another account replaces the open window', { at: '/app/' }, async ({ page, context }) => {
  const first = await popupOf(page, signInButton(page));
  await first.getByLabel('User name').waitFor();
  const second = await popupOf(page, page.getByRole('button', { name: /^writer/ }));
  if (!first.isClosed()) await first.waitForEvent('close');
  assert.equal(context.pages().length, 2);
  assert.equal(await problem(page).count(), 0);
  await enter(second, 'writer');
  await page.locator('.person-roles', { hasText: 'globalWriter' }).waitFor();
});

scene(
  'a window that the provider cuts off may still finish the sign-in',
  {
    at: '/app/',
    prepare: ({ context }) =>
      context.route(AUTHORIZE, (route) => {
        const url = route.request().url();
        return url.endsWith('&go-on')
          ? route.continue()
          : route.fulfill({ contentType: 'text/html', headers: { 'cross-origin-opener-policy': 'same-origin' }, body: `<a href="${url.replaceAll('&', '&amp;')}&amp;go-on">Continue</a>` });
      }),
  },
  async ({ page }) => {
    const popup = await popupOf(page, signInButton(page));
    await problem(page).waitFor();
    assert.match(await problem(page).textContent(), /if it is still open, continue there/);
    await popup.getByRole('link', { name: 'Continue' }).click();
    await enter(popup, 'reader');
    await page.getByRole('heading', { name: /^Welcome, / }).waitFor();
    if (!popup.isClosed()) await popup.getByText('The sign-in is done here').waitFor();
  },
);

scene('going back from the provider’s page leaves everything usable, and so does going forward', { at: '/app/' }, async ({ page, base }) => {
  const here = page.getByRole('button', { name: 'Sign in on this page' });
  await here.click();
  await page.getByLabel('User name').waitFor();
  await page.goBack();
  await signInButton(page).waitFor();
  assert.equal(page.url(), `${base}/app/`);
  assert.equal(await page.getByText('Waiting for the sign-in').count(), 0);
  assert.equal(await page.locator('.notice, .banner').count(), 0);
  await page.goForward();
  await enter(page, 'reader');
  await signOutButton(page).waitFor();
  assert.equal(await page.locator('.notice, .banner').count(), 0);
});

scene('a sign-in by popup after an interrupted redirect works', { at: '/app/' }, async ({ page }) => {
  await page.getByRole('button', { name: 'Sign in on this page' }).click();
  await page.getByLabel('User name').waitFor();
  await page.goBack();
  await enter(await popupOf(page, signInButton(page)), 'reader');
  await signOutButton(page).waitFor();
});

scene(
  'the provider’s refusal is shown in its words',
  {
    at: '/app/',
    prepare: answerWith((asked) => ({
      error: 'access_denied',
      error_description: 'You are not on the list',
      state: asked.get('state'),
    })),
  },
  async ({ page }) => {
    await signInButton(page).click();
    await problem(page).waitFor();
    assert.match(await problem(page).textContent(), /refused: You are not on the list/);
    assert.equal(await session(page), null);
  },
);

scene(
  'an answer to another request is not accepted',
  { at: '/app/', prepare: answerWith(() => ({ code: 'stolen', state: btoa(JSON.stringify({ id: 'other', meta: { interactionType: 'redirect' } })) })) },
  async ({ page, seen }) => {
    await page.getByRole('button', { name: 'Sign in on this page' }).click();
    const banner = page.locator('.banner-error');
    await banner.waitFor();
    assert.match(await banner.textContent(), /belongs to no sign-in that this page started/);
    assert.equal(await session(page), null);
    assert.equal(seen.requests.some(({ url }) => url.endsWith('/token')), false);
  },
);

scene('a forged answer does not end the sign-in that is under way', { at: '/app/patients' }, async ({ page, base, open }) => {
  await page.getByRole('button', { name: 'Sign in on this page' }).click();
  await page.getByLabel('User name').waitFor();
  const signIn = page.url();
  await open('/app/redirect.html#code=stolen&state=forged');
  const banner = page.locator('.banner-error');
  await banner.waitFor();
  assert.match(await banner.textContent(), /belongs to no sign-in that this page started/);
  await page.goto(signIn);
  await enter(page, 'reader');
  await signOutButton(page).waitFor();
  assert.equal(page.url(), `${base}/app/patients`);
  assert.equal(await banner.count(), 0);
});

scene('an answer that nobody asked for is not accepted', { at: '/app/redirect.html#code=stolen' }, async ({ page, base }) => {
  await page.locator('.banner-error').waitFor();
  assert.equal(page.url(), `${base}/app/`);
  assert.equal(await session(page), null);
});

scene(
  'a token with another nonce is not accepted',
  {
    at: '/app/',
    prepare: async ({ context }) =>
      context.route(AUTHORIZE, (route) => {
        const url = new URL(route.request().url());
        url.searchParams.set('nonce', 'replayed');
        return route.continue({ url: url.href });
      }),
  },
  async ({ page }) => {
    const popup = await popupOf(page, signInButton(page));
    await enter(popup, 'reader');
    await problem(page).waitFor();
    assert.match(await problem(page).textContent(), /answers another request/);
    assert.equal(await session(page), null);
  },
);

scene('a development account is filled in, even when another is signed in', { as: 'reader' }, async ({ page, context, base }) => {
  const other = await context.newPage();
  await other.goto(`${base}/app/`);
  const popup = await popupOf(other, other.getByRole('button', { name: /^writer/ }));
  await popup.getByLabel('User name').waitFor();
  assert.equal(await popup.getByLabel('User name').inputValue(), 'writer');
  await enter(popup, 'writer');
  await other.locator('.person-roles', { hasText: 'globalWriter' }).waitFor();
  assert.match(await page.locator('.person-roles').textContent(), /globalReader/);
});

scene('signing out drops the tokens and ends the session at the provider', { as: 'reader', at: '/app/patients' }, async ({ page, base, seen }) => {
  await patientNames(page);
  await signOutButton(page).click();
  await page.waitForURL(`${base}/app/`);
  await signInButton(page).waitFor();
  assert.deepEqual(await page.evaluate(() => Object.keys(sessionStorage)), []);
  const logout = seen.requests.find(({ url }) => url.includes('/logout?'));
  assert.equal(new URL(logout.url).searchParams.get('id_token_hint'), null);
  await page.goto(`${base}/app/patients`);
  await page.getByRole('heading', { name: 'Sign in to see this page' }).waitFor();
});

scene('a provider that is away is named', { at: '/app/', prepare: ({ context }) => context.route('**/openid-configuration', (route) => route.abort()) }, async ({ page, authority }) => {
  await signInButton(page).click();
  await problem(page).waitFor();
  assert.match(await problem(page).textContent(), /cannot be reached/);
  assert.ok((await problem(page).textContent()).includes(authority));
});

for (const [endpoint, address] of [
  ['authorization_endpoint', 'http://evil.example/authorize'],
  ['authorization_endpoint', 'javascript:opener.document.title="run"'],
  ['token_endpoint', 'http://evil.example/token'],
  ['end_session_endpoint', 'javascript:document.title="run"'],
]) {
  const named = endpoint.replaceAll('_', ' ');
  const prepare = ({ context }) =>
    context.route('**/openid-configuration', async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, json: { ...(await response.json()), [endpoint]: address } });
    });
  scene(`a provider whose ${named} is ${address.split(/[/:]/)[0]} is not used`, { at: '/app/', prepare }, async ({ page, seen }) => {
    await signInButton(page).click();
    await problem(page).waitFor();
    assert.ok((await problem(page).textContent()).includes(named), await problem(page).textContent());
    assert.deepEqual(seen.requests.filter(({ url }) => /evil|authorize\?/.test(url)), []);
    assert.doesNotMatch(await page.title(), /run/);
  });
}

scene(
  'signing out drops the tokens, and opens no insecure address',
  {
    as: 'reader',
    at: '/app/patients',
    prepare: ({ context }) =>
      context.route('**/openid-configuration', async (route) => {
        const response = await route.fetch();
        await route.fulfill({ response, json: { ...(await response.json()), end_session_endpoint: 'http://evil.example/logout' } });
      }),
  },
  async ({ page, seen, base }) => {
    await patientNames(page);
    await signOutButton(page).click();
    await page.getByRole('alert').filter({ hasText: 'its end session endpoint' }).waitFor();
    assert.equal(await session(page), null);
    assert.ok(page.url().startsWith(base));
    assert.deepEqual(seen.requests.filter(({ url }) => url.includes('evil.example')), []);
  },
);

const TOKEN = '**/oauth2/v2.0/token';
const SHARED = { 'access-control-allow-origin': '*', 'access-control-expose-headers': 'retry-after' };

scene(
  'a provider that is busy is asked again',
  {
    at: '/app/',
    prepare: async ({ context }) => {
      let busy = 2;
      await context.route(TOKEN, (route) => {
        busy -= 1;
        return busy < 0 ? route.continue() : route.fulfill({ status: 503, headers: { ...SHARED, 'retry-after': '1' } });
      });
    },
  },
  async ({ page, seen }) => {
    await enter(await popupOf(page, signInButton(page)), 'reader');
    await signOutButton(page).waitFor();
    assert.equal(seen.requests.filter(({ url }) => url.endsWith('/token')).length, 3);
  },
);

scene(
  'a provider that is busy for long says when to come back',
  { at: '/app/', prepare: ({ context }) => context.route(TOKEN, (route) => route.fulfill({ status: 429, headers: { ...SHARED, 'retry-after': '120' } })) },
  async ({ page, seen }) => {
    await enter(await popupOf(page, signInButton(page)), 'reader');
    await problem(page).waitFor();
    assert.match(await problem(page).textContent(), /busy\. Try again in 2 minutes/);
    assert.equal(seen.requests.filter(({ url }) => url.endsWith('/token')).length, 1);
  },
);

for (const [body, words] of [
  [{ error: 'invalid_request', error_codes: [9002326], error_description: 'AADSTS9002326: Cross-origin token redemption. Trace ID: 1' }, /single-page application\. \(AADSTS9002326\)/],
  [{ error: 'unauthorized_client', error_codes: [700016], error_description: 'AADSTS700016: Not found' }, /client id and the tenant\. \(AADSTS700016\)/],
  [{ error: 'server_error' }, /Try again in a few minutes/],
]) {
  scene(
    `the token endpoint’s ${body.error} is reported with its remedy`,
    { at: '/app/', prepare: ({ context }) => context.route(TOKEN, (route) => route.fulfill({ status: 400, headers: SHARED, json: body })) },
    async ({ page }) => {
      await enter(await popupOf(page, signInButton(page)), 'reader');
      await problem(page).waitFor();
      assert.match(await problem(page).textContent(), words);
      assert.equal(await session(page), null);
    },
  );
}
