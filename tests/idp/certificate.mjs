/**
 * A self-signed certificate for `localhost`, for clients that insist on https (MSAL does), made
 * once by the openssl command.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** @returns {{key: Buffer, cert: Buffer}} what an https server is created with */
export function certificate(state) {
  const directory = state === 'memory' ? mkdtempSync(join(tmpdir(), 'identity-provider-')) : state;
  mkdirSync(directory, { recursive: true });
  const key = join(directory, 'tls.key');
  const cert = join(directory, 'tls.crt');
  if (!existsSync(key) || !existsSync(cert)) create(key, cert);
  return { key: readFileSync(key), cert: readFileSync(cert) };
}

function create(key, cert) {
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
  const kind = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '365'];
  try {
    execFileSync('openssl', [...kind, ...subject, '-keyout', key, '-out', cert], { stdio: 'ignore' });
  } catch (error) {
    throw new Error('https needs a certificate, and openssl could not make one: install openssl', { cause: error });
  }
}
