/**
 * The development backend service: a client that proves itself by a signed assertion. Its key grows
 * from a word, so it is the same everywhere and public knowledge: never for production.
 * https://hl7.org/fhir/smart-app-launch/client-confidential-asymmetric.html
 */
import { createECDH, createHash, createPrivateKey, randomUUID, sign } from 'node:crypto';

export const BACKEND_SERVICE = 'svc-backend';

/** The private key as a JWK. https://www.rfc-editor.org/rfc/rfc7518#section-6.2 */
export function developmentKey() {
  const pair = createECDH('secp384r1');
  pair.setPrivateKey(createHash('sha384').update(`development key of ${BACKEND_SERVICE}`).digest());
  const point = pair.getPublicKey().subarray(1);
  const half = (at) => point.subarray(48 * at, 48 * (at + 1)).toString('base64url');
  const d = pair.getPrivateKey().toString('base64url');
  return { kty: 'EC', crv: 'P-384', kid: 'development', x: half(0), y: half(1), d };
}

/** The service as SMART_CLIENTS registers it. */
export function registration() {
  const { d, ...published } = developmentKey();
  return {
    clientId: BACKEND_SERVICE,
    jwks: { keys: [{ ...published, use: 'sig', alg: 'ES384' }] },
    roles: ['globalReader'],
    scope: 'system/*.rs',
    introspect: true,
  };
}

/** An assertion for one token request; `key` is a private JWK with a `kid`. */
export function assertion({ clientId, key, audience }) {
  const algorithm = { EC: 'ES384', RSA: 'RS384' }[key.kty];
  const now = Math.floor(Date.now() / 1000);
  const encode = (part) => Buffer.from(JSON.stringify(part)).toString('base64url');
  const header = { alg: algorithm, typ: 'JWT', kid: key.kid };
  const claims = { iss: clientId, sub: clientId, aud: audience, iat: now, exp: now + 240, jti: randomUUID() };
  const signed = `${encode(header)}.${encode(claims)}`;
  const signer = { key: createPrivateKey({ key, format: 'jwk' }), dsaEncoding: 'ieee-p1363' };
  return `${signed}.${sign('sha384', Buffer.from(signed), signer).toString('base64url')}`;
}
