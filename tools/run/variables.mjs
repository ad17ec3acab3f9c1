/** The worker's plain text variables in development; docs/configuration.md explains each. */
import { registration } from '../../tests/idp/backend-service.mjs';
import { Failure } from './report.mjs';

export function developmentVariables({ base, authority, fhirVersion }) {
  return {
    FHIR_VERSION: fhirVersion,
    BASE_URL: base,
    AUTHORITY: authority,
    AUDIENCE: base,
    CLIENT_ID: 'fhir-spa',
    DEMO_ACCOUNTS: 'on',
    SAMPLE_APP_CLIENT_ID: 'smart-app',
    SMART_PROXY: 'on',
    // The port of a loopback address does not count.
    SMART_CLIENTS: JSON.stringify([
      ...['smart-app', 'smart-confidential'].map((clientId) => ({
        clientId,
        redirectUris: [
          'http://localhost/app.html',
          'http://localhost/app/sample-app',
          'http://localhost/callback',
          'http://127.0.0.1/callback',
        ],
      })),
      { clientId: 'svc-client', introspect: true },
      registration(),
    ]),
  };
}

/** Command line assignments NAME=VALUE as an object. */
export function variables(assignments = []) {
  return Object.fromEntries(
    assignments.map((assignment) => {
      const [, name, value] = /^([A-Z0-9_]+)=(.*)$/s.exec(assignment) ?? [];
      if (name === undefined) throw new Failure(`--var takes NAME=VALUE, not ${assignment}.`);
      return [name, value];
    }),
  );
}

/** `{base}`, `{idp}` and `{tenant}` stand for what is known only when the ports are. */
export function filledIn(overrides, places) {
  return Object.fromEntries(
    Object.entries(overrides).map(([name, value]) => [
      name,
      value.replace(/\{(base|idp|tenant)\}/g, (_, place) => places[place]),
    ]),
  );
}
