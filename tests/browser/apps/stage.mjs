/**
 * What the tests with other people's client libraries share: an app on an origin of its own, the
 * worker and the provider with the demo patients, and scenes. A scene is a test with a fresh
 * browser context in which nothing may be complained of in the console.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { chromium } from 'playwright-core';
import { findBrowser } from '../../../tools/run/browser.mjs';
import { loadDemo } from '../../../tools/run/demo.mjs';
import { freePort } from '../../../tools/run/ports.mjs';
import { serveApp } from './origin.mjs';

const PATIENCE = 10_000;
const BROWSER_ARGUMENTS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking'];
const TOKEN = /eyJ[\w-]{10,}\.[\w-]{10,}\./;

/**
 * Starts everything for the tests around it.
 * @param {object} options
 * @param {() => Promise<Record<string, Buffer>>} options.files the app, by path
 * @param {(places: {base: string, app: string}) => Promise<{vars: object, close?: Function}>} options.configure
 *   the worker's variables, and what else is to be closed in the end
 */
export function stage({ files, configure }) {
  const set = {};
  const closing = [];
  before(async () => {
    const [origin, executablePath, port] = await Promise.all([files().then(serveApp), findBrowser(), freePort()]);
    closing.push(origin.close);
    set.appPort = origin.port;
    set.app = `http://localhost:${origin.port}`;
    const configured = await configure({ base: `http://localhost:${port}`, app: set.app });
    if (configured.close) closing.push(configured.close);
    Object.assign(set, configured.places);
    set.browser = await chromium.launch({ executablePath, args: BROWSER_ARGUMENTS });
    closing.push(() => set.browser.close());
    // The runtime reads the certificates that it trusts when its module is loaded.
    const { startServers } = await import('../../../tools/run/servers.mjs');
    const servers = await startServers({ port, idpPort: 0, state: 'memory', fhirVersion: 'R4', vars: configured.vars });
    closing.push(servers.close);
    Object.assign(set, servers);
    await loadDemo(servers, AbortSignal.timeout(120_000));
  });
  after(async () => {
    for (const close of closing.reverse()) await close();
  });

  /**
   * @param {string} name
   * @param {object} options
   * @param {RegExp} [options.complaint] the only complaint that the console may hold, and must
   * @param {(props: object) => Promise<void>} act
   */
  return function scene(name, { complaint }, act) {
    test(name, { timeout: 60_000 }, async () => {
      const context = await set.browser.newContext({ ignoreHTTPSErrors: true });
      context.setDefaultTimeout(PATIENCE);
      const seen = watch(context);
      const page = await context.newPage();
      try {
        await act({ ...set, page, context, seen });
        const unexpected = seen.complaints.filter((text) => !complaint?.test(text));
        assert.deepEqual(unexpected, [], 'complaints in the console');
        if (complaint) assert.notEqual(seen.complaints.length, 0, `nothing like ${complaint} in the console`);
        assert.deepEqual(seen.requests.map(({ url }) => url).filter((url) => TOKEN.test(url)), [], 'tokens in addresses');
      } finally {
        await context.close();
      }
    });
  };
}

/** Notes what the pages of a context ask for and complain of. */
function watch(context) {
  const seen = { complaints: [], requests: [] };
  context.on('weberror', (error) => seen.complaints.push(String(error.error())));
  context.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) seen.complaints.push(`${message.text()} (${message.location().url})`);
  });
  context.on('request', (request) =>
    seen.requests.push({ method: request.method(), url: request.url(), form: new URLSearchParams(request.postData() ?? '') }),
  );
  return seen;
}
