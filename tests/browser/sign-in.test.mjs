/** Signing in and out, by every way and in every way that it may fail. */
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

scene('a closed sign-in window is told', { at: '/app/' }, async ({ page }) => {
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
  await signInHere(page, 'reader');
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
    assert.match(await banner.textContent(), /belongs to no sign-in of this page/);
    assert.equal(await session(page), null);
    assert.equal(seen.requests.some(({ url }) => url.endsWith('/token')), false);
  },
);

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
