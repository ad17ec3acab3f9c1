/** The identity provider and the worker, started together and pointed at each other. */
import { join } from 'node:path';
import { startIdentityProvider } from '../../tests/idp/server.mjs';
import { TENANT } from '../../tests/idp/accounts.mjs';
import { Failure } from './report.mjs';
import { developmentVariables, filledIn } from './variables.mjs';
import { startWorker } from './worker.mjs';

const READY_TRIES = 600;
const READY_PAUSE = 50;

async function waitUntilReady(base) {
  let last = 'no answer';
  for (let tries = 0; tries < READY_TRIES; tries += 1) {
    try {
      const response = await fetch(`${base}/health/check`);
      const text = await response.text();
      if (response.ok) return;
      last = `status ${response.status}: ${text.slice(0, 500)}`;
    } catch (error) {
      last = error.cause?.message ?? error.message;
    }
    await new Promise((resolve) => setTimeout(resolve, READY_PAUSE));
  }
  throw new Failure(`The worker started but ${base}/health/check did not become ready: ${last}`);
}

const stateOf = (state, part) => (state === 'memory' ? state : join(state, part));

/**
 * @param {object} options
 * @param {number} options.port the worker's; not 0, because its address is part of its configuration
 * @param {number} options.idpPort 0 picks a free one
 * @param {string} options.state a directory, or `memory`
 * @param {string} options.fhirVersion `R4` or `STU3`
 * @param {Record<string, string>} [options.vars] variables of the worker to set or replace
 * @param {Record<string, number>} [options.rates] as worker.mjs takes them
 * @param {boolean} [options.testing] adds the provider's test-only endpoints
 * @returns {Promise<{base: string, idp: string, authority: string, tenant: string, close: () => Promise<void>}>}
 */
export async function startServers({ port, idpPort, state, fhirVersion, vars = {}, rates, testing = false }) {
  const base = `http://localhost:${port}`;
  const provider = await startIdentityProvider({
    port: idpPort,
    fhirBase: base,
    state: stateOf(state, 'idp'),
    accessTokenSeconds: Number(process.env.IDP_AT_TTL ?? 3600),
    testing,
  });
  const { url: idp, authority } = provider;
  let worker;
  const close = async () => {
    await Promise.all([provider.close(), worker?.close()]);
  };
  try {
    const places = { base, idp, tenant: TENANT };
    worker = await startWorker({
      port,
      rates,
      // A store holds resources of one FHIR version.
      state: stateOf(state, `worker-${fhirVersion.toLowerCase()}`),
      vars: { ...developmentVariables({ base, authority, fhirVersion }), ...filledIn(vars, places) },
    });
    await waitUntilReady(base);
  } catch (error) {
    await close();
    throw error;
  }
  return { base, idp, authority, tenant: TENANT, close };
}
