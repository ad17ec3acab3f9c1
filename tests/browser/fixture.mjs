/**
 * What the browser tests share: one running worker and provider with the demo patients, one
 * browser, and scenes. A scene is a test with a fresh browser context that must stay free of page
 * errors, policy violations and leaked tokens; when it fails, its picture is kept in test-results/.
 */
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { loadDemo } from '../../tools/run/demo.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const NODE = process.env.FHIR_EDGE_NODE ?? join(ROOT, 'node_modules/.bin/node');
const SERVE = process.env.FHIR_EDGE_SERVE ?? join(ROOT, 'tools/run/serve.mjs');
const PICTURES = join(ROOT, 'test-results');
const PATIENCE = 10_000;
const PHONE = { width: 390, height: 844 };
const DESK = { width: 1280, height: 900 };

const BROWSER_ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Where sign-in keeps the accounts; tests change it to simulate an expired or a revoked token. */
export const ACCOUNTS_KEY = 'fhir-edge.accounts';

const TOKEN = /eyJ[\w-]{10,}\.[\w-]{10,}\./;

function findBrowser() {
  if (process.env.CHROMIUM) return process.env.CHROMIUM;
  const known = ['/usr/bin/chromium', '/usr/bin/google-chrome'];
  return known.find((path) => existsSync(path)) ?? execFileSync('which', ['chromium'], { encoding: 'utf8' }).trim();
}

async function serve(fhirVersion) {
  const child = spawn(NODE, [SERVE, '--fhir-version', fhirVersion], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = new Promise((_, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`the servers ended with ${code} before they were ready`)));
  });
  ended.catch(() => {});
  const lines = createInterface({ input: child.stdout });
  const first = (async () => {
    for await (const line of lines) if (line.startsWith('{')) return JSON.parse(line);
    throw new Error('the servers said nothing');
  })();
  const places = await Promise.race([first, ended]);
  const close = () =>
    new Promise((resolve) => {
      child.once('exit', resolve);
      child.stdin.end();
    });
  return { ...places, close };
}

/**
 * Starts the servers and the browser for a test file.
 * @param {object} [options]
 * @param {string} [options.fhirVersion]
 * @param {string[]} [options.ignoreDefaultArgs] what Playwright would tell the browser and must not
 * @returns {{scene: (name: string, options: object, act: (props: object) => Promise<void>) => void}}
 */
export function stage({ fhirVersion = 'R4', ignoreDefaultArgs = [] } = {}) {
  const set = {};
  before(async () => {
    const [servers, browser] = await Promise.all([
      serve(fhirVersion),
      chromium.launch({ executablePath: findBrowser(), args: BROWSER_ARGUMENTS, ignoreDefaultArgs }),
    ]);
    Object.assign(set, servers, { browser, closeServers: servers.close });
    await loadDemo(servers, AbortSignal.timeout(120_000));
  });
  after(async () => {
    await set.browser?.close();
    await set.closeServers?.();
  });

  /**
   * Lets a page begin signed in: the sign-in itself is made once for each user. Signing in is what
   * sign-in.test.mjs tests.
   */
  const passports = new Map();
  const passport = (user) => {
    if (!passports.has(user)) passports.set(user, signInApart(set, user));
    return passports.get(user);
  };
  async function bringIn(page, user) {
    const { cookies, stored } = await passport(user);
    await page.context().addCookies(cookies);
    await page.goto(`${set.base}/app/icons/mark.svg`);
    await page.evaluate(([key, value]) => sessionStorage.setItem(key, value), [ACCOUNTS_KEY, stored]);
  }

  /**
   * @param {string} name
   * @param {object} options
   * @param {string} [options.as] who is signed in from the start, at `at`
   * @param {string} [options.at] the page the scene begins on
   * @param {boolean} [options.phone]
   * @param {'light'|'dark'} [options.colorScheme]
   * @param {boolean} [options.blocked] the scene expects the policy to block something
   * @param {(props: object) => Promise<void>} [options.prepare] runs before the first page
   * @param {(props: object) => Promise<void>} act
   */
  function scene(name, options, act) {
    test(name, { timeout: 60_000 }, async () => {
      const context = await set.browser.newContext({
        viewport: options.phone ? PHONE : DESK,
        colorScheme: options.colorScheme ?? 'light',
        permissions: ['clipboard-read', 'clipboard-write'],
      });
      context.setDefaultTimeout(PATIENCE);
      const seen = watch(context);
      const page = await context.newPage();
      const props = { page, context, seen, base: set.base, idp: set.idp, authority: set.authority };
      props.open = (path) => page.goto(`${set.base}${path}`);
      try {
        if (options.as) await bringIn(page, options.as);
        await options.prepare?.(props);
        if (options.at || options.as) await props.open(options.at ?? '/app/');
        await act(props);
        await calm(props, options.blocked);
      } catch (error) {
        mkdirSync(PICTURES, { recursive: true });
        const picture = join(PICTURES, `${name.replaceAll(/\W+/g, '-')}.png`);
        await page.screenshot({ path: picture, fullPage: true }).catch(() => {});
        throw error;
      } finally {
        await context.close();
      }
    });
  }
  return { scene };
}

async function signInApart({ browser, base }, user) {
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    await page.goto(`${base}/app/`);
    await signInHere(page, user);
    const stored = await page.evaluate((key) => sessionStorage.getItem(key), ACCOUNTS_KEY);
    return { cookies: await context.cookies(), stored };
  } finally {
    await context.close();
  }
}

/** Notes what the pages of a context do. */
function watch(context) {
  const seen = { errors: [], violations: [], requests: [] };
  context.on('weberror', (error) => seen.errors.push(String(error.error())));
  context.on('console', (message) => {
    if (/Content Security Policy|Refused to/.test(message.text())) seen.violations.push(message.text());
  });
  context.on('request', (request) => seen.requests.push({ method: request.method(), url: request.url() }));
  return seen;
}

/** Nothing broke, nothing was blocked, and no token is where others could read it. */
async function calm({ page, seen }, blocked) {
  assert.deepEqual(seen.errors, [], 'errors in the page');
  if (!blocked) assert.deepEqual(seen.violations, [], 'policy violations');
  const leaks = seen.requests.map(({ url }) => url).filter((url) => TOKEN.test(url));
  assert.deepEqual(leaks, [], 'tokens in addresses');
  if (page.isClosed()) return;
  const lasting = await page.evaluate(() => JSON.stringify(Object.entries(localStorage)));
  assert.doesNotMatch(lasting, TOKEN, 'tokens in localStorage');
  assert.equal(await page.evaluate(() => document.cookie), '', 'cookies of the page');
}

/** Fills in the provider's form; the password of a development account is its name. */
export async function enter(window, user) {
  await window.getByLabel('User name').fill(user);
  await window.getByLabel('Password').fill(user);
  await window.getByRole('button', { name: 'Sign in', exact: true }).click();
}

/** Signs in by redirect, which ends on the page where it began. */
export async function signInHere(page, user) {
  await page.getByRole('button', { name: 'Sign in on this page' }).click();
  await enter(page, user);
  await signOutButton(page).waitFor();
}

/** Clicks something that opens the sign-in window. */
export async function popupOf(page, button) {
  const [popup] = await Promise.all([page.waitForEvent('popup'), button.click()]);
  return popup;
}

export const signOutButton = (page) => page.getByRole('button', { name: 'Sign out', exact: true });

export const signInButton = (page) => page.getByRole('button', { name: 'Sign in', exact: true });

/** The stored accounts, in the order of their first sign-in. */
export const accounts = (page) => page.evaluate((key) => JSON.parse(sessionStorage.getItem(key)) ?? [], ACCOUNTS_KEY);

/** The tokens of the active account, or null. */
export const session = async (page) => (await accounts(page)).find(({ active }) => active)?.tokens ?? null;

/** Changes the stored tokens of the active account, or of the one with this user name. */
export const bendSession = (page, change, user) =>
  page.evaluate(
    ([key, changed, name]) => {
      const stored = JSON.parse(sessionStorage.getItem(key));
      const isMeant = ({ active, claims }) => (name ? claims.preferred_username.startsWith(`${name}@`) : active);
      Object.assign(stored.find(isMeant).tokens, changed);
      sessionStorage.setItem(key, JSON.stringify(stored));
    },
    [ACCOUNTS_KEY, change, user],
  );

/** Waits until the list of patients has come, and gives their names. */
export async function patientNames(page) {
  await page.locator('table[aria-busy=false]').waitFor();
  return page.locator('tbody .cell-main a').allTextContents();
}
