/**
 * Endpoints for tests only, there when the provider is started with `testing`: they rotate the
 * signing key and sign any token at all, so that a test can forge what Azure never would.
 */
import { createHmac, createPublicKey, sign } from 'node:crypto';
import { readText } from './requests.mjs';

/** An object as JSON; a text as it is, so that it can be JSON that no object makes. */
const encode = (value) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

/** What a verifier that lets the token choose the algorithm would take for the secret of an HMAC. */
const CONFUSED = {
  'public-pem': (key) => key.export({ type: 'spki', format: 'pem' }),
  'public-der': (key) => key.export({ type: 'spki', format: 'der' }),
  'public-jwk': (key) => JSON.stringify(key.export({ format: 'jwk' })),
};

/**
 * Signs as RSA with SHA-2, padding as the header's `alg` says; an unknown alg is signed as RS256.
 * A key of CONFUSED signs as an HMAC, the key `app` as ES256.
 */
function signToken({ header = {}, payload = {}, key = 'current' }, keys) {
  const fullHeader = typeof header === 'string' ? header : { alg: 'RS256', typ: 'JWT', kid: keys.kid, ...header };
  const input = `${encode(fullHeader)}.${encode(payload)}`;
  if (key in CONFUSED) {
    const secret = CONFUSED[key](createPublicKey(keys.privateKey));
    return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
  }
  if (key === 'app') {
    return `${input}.${sign('sha256', Buffer.from(input), { key: keys.appKey, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
  }
  const known = /^(RS|PS)(256|384|512)$/.exec(fullHeader.alg);
  const padding = known?.[1] === 'PS' ? { padding: 6, saltLength: Number(known[2]) / 8 } : {};
  const privateKey = key === 'foreign' ? keys.foreignKey : keys.privateKey;
  const signature = sign(`sha${known?.[2] ?? '256'}`, Buffer.from(input), { key: privateKey, ...padding });
  return `${input}.${signature.toString('base64url')}`;
}

/**
 * `POST /test/sign` {header, payload, key: "current" | "foreign" | "public-pem" | "public-der" |
 * "public-jwk" | "app"} -> {token};
 * `POST /test/rotate-keys` {keepPrevious} -> {kid};
 * `GET /test/app-key` -> the public key of an app that proves its tokens;
 * `GET /test/foreign-keys` -> the foreign key as a JWK set, as a client would publish its own.
 * @returns the answer, or undefined when the path is another
 */
export async function answerTest(request, path, { keys, rebuild }) {
  if (request.method === 'GET' && path === '/test/app-key') return keys.appJwk;
  if (request.method === 'GET' && path === '/test/foreign-keys') return keys.foreignKeySet;
  if (request.method !== 'POST') return undefined;
  if (path === '/test/sign') return { token: signToken(JSON.parse(await readText(request)), keys) };
  if (path === '/test/rotate-keys') {
    const kid = keys.rotate(JSON.parse((await readText(request)) || '{}'));
    rebuild();
    return { kid };
  }
  return undefined;
}
