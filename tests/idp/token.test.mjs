/** The token command against a running provider. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { FHIR_BASE, claimsOf, provider } from './fixture.mjs';

const idp = await provider();
const COMMAND = fileURLToPath(new URL('../../tools/run/token.mjs', import.meta.url));

/** Runs the command to its end. @returns {Promise<{code: number, stdout: string, stderr: string}>} */
const token = (...commandArguments) =>
  new Promise((resolve) => {
    execFile(process.execPath, [COMMAND, '--idp', idp.url, ...commandArguments], (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, stdout, stderr }),
    );
  });

test('prints a token of the service by default, and nothing else', async () => {
  const { code, stdout } = await token();
  assert.equal(code, 0);
  assert.match(stdout, /^[\w-]+\.[\w-]+\.[\w-]+\n$/);
  const claims = claimsOf(stdout);
  assert.equal(claims.azp, 'svc-client');
  assert.equal(claims.aud, FHIR_BASE);
});

test('signs in a user with a client and scopes', async () => {
  const { stdout } = await token('--user', 'patient', '--client', 'smart-confidential', '--scope', 'openid patient/*.rs');
  const claims = claimsOf(stdout);
  assert.equal(claims.azp, 'smart-confidential');
  assert.equal(claims.scp, 'patient/*.rs');
  assert.equal(claims.fhirUser, 'Patient/demo-amelia');
});

test('says in words what is wrong', async () => {
  const wrong = {
    'There is no user mallory; there are admin,': ['--user', 'mallory'],
    'smart-app signs in users: add --user NAME.': ['--client', 'smart-app'],
    'svc-reader is a service': ['--client', 'svc-reader', '--user', 'admin'],
    'Start it with `npm start`': ['--idp', 'http://localhost:1'],
  };
  for (const [words, commandArguments] of Object.entries(wrong)) {
    const { code, stdout, stderr } = await token(...commandArguments);
    assert.equal(code, 1, words);
    assert.equal(stdout, '', words);
    assert.ok(stderr.includes(words), stderr);
  }
});
