/**
 * The signing key: RSA as Azure has it, kept in a file so that tokens and caches outlive a
 * restart, and replaceable so that tests can rotate it. https://www.rfc-editor.org/rfc/rfc7517
 */
import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

function newKey() {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const jwk = privateKey.export({ format: 'jwk' });
  const kid = createHash('sha1').update(jwk.n).digest('base64url');
  return { ...jwk, kid, use: 'sig', alg: 'RS256' };
}

/** The keys of one provider; the first signs, all of them are published. */
export class SigningKeys {
  #file;
  #keys;
  #foreign;
  #app;

  /** @param {string} state a directory, or `memory` to keep nothing */
  constructor(state) {
    if (state === 'memory') {
      this.#keys = [newKey()];
      return;
    }
    mkdirSync(state, { recursive: true });
    this.#file = join(state, 'jwks.json');
    if (existsSync(this.#file)) {
      this.#keys = JSON.parse(readFileSync(this.#file, 'utf8')).keys;
    } else {
      this.#keys = [newKey()];
      this.#save();
    }
  }

  #save() {
    if (this.#file) writeFileSync(this.#file, JSON.stringify(this.jwks), { mode: 0o600 });
  }

  /** Private keys as a JWK set: what the provider is configured with. */
  get jwks() {
    return { keys: this.#keys };
  }

  get kid() {
    return this.#keys[0].kid;
  }

  /** Signs with a new key from now on; the old one is still published only if asked for. */
  rotate({ keepPrevious = false } = {}) {
    this.#keys = keepPrevious ? [newKey(), ...this.#keys] : [newKey()];
    this.#save();
    return this.kid;
  }

  get privateKey() {
    return createPrivateKey({ key: this.#keys[0], format: 'jwk' });
  }

  /** A key that is never published: what a forger would sign with. */
  get foreignKey() {
    this.#foreign ??= generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
    return this.#foreign;
  }

  /** An app's own key, P-256, by which it proves that a token is its own. */
  get appKey() {
    this.#app ??= generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
    return this.#app;
  }

  /** The public half of the app's key. */
  get appJwk() {
    return createPublicKey(this.appKey).export({ format: 'jwk' });
  }

  /** The public half of the foreign key, for any algorithm. */
  get foreignKeySet() {
    const { kty, n, e } = createPublicKey(this.foreignKey).export({ format: 'jwk' });
    return { keys: [{ kty, n, e, kid: 'foreign', use: 'sig' }] };
  }
}
