/**
 * Claims of ID and access tokens, as Azure AD writes them.
 * https://learn.microsoft.com/en-us/entra/identity-platform/access-token-claims-reference
 */
import { randomBytes } from 'node:crypto';
import { APP_ROLES, TENANT, servicePrincipal, userByOid } from './accounts.mjs';
import { scpClaim } from './scopes.mjs';

/** Which claims a scope puts into the ID token. */
export const CLAIMS_OF_SCOPES = {
  openid: ['sub', 'oid', 'tid', 'ver', 'roles', 'uti', 'fhirUser'],
  profile: ['name', 'preferred_username', 'unique_name', 'upn'],
  email: ['email'],
};

const tokenIdentifier = () => randomBytes(16).toString('base64url');

/** Azure leaves the claim out when there is no role. */
const rolesClaim = (roles) => (roles.length > 0 ? { roles } : {});

function userClaims(user, version) {
  return {
    oid: user.oid,
    sub: user.oid,
    tid: TENANT,
    ver: `${version}.0`,
    uti: tokenIdentifier(),
    name: user.displayName,
    ...(version === 1 ? { unique_name: user.email, upn: user.email } : { preferred_username: user.email }),
    ...rolesClaim(user.roles),
    ...(user.fhirUser ? { fhirUser: user.fhirUser } : {}),
  };
}

/** The account as oidc-provider wants it: an id, and the claims its ID token may carry. */
export function findAccount(oid, version) {
  const user = userByOid(oid);
  if (!user) return undefined;
  return { accountId: oid, claims: async () => ({ ...userClaims(user, version), email: user.email }) };
}

function appClaims(clientId, version) {
  const oid = servicePrincipal(clientId);
  return {
    oid,
    sub: oid,
    tid: TENANT,
    ver: `${version}.0`,
    uti: tokenIdentifier(),
    idtyp: 'app',
    ...rolesClaim(APP_ROLES[clientId] ?? []),
  };
}

function clientClaims(clientId, isPublicClient, version) {
  const strength = isPublicClient ? '0' : '1';
  return version === 1
    ? { appid: clientId, appidacr: strength }
    : { azp: clientId, azpacr: strength };
}

/** oidc-provider's access token payload replaced by Azure's. */
export function accessTokenClaims(token, payload, { isPublicClient, issuer, version }) {
  const resource = token.resourceServer.identifier();
  const clientId = payload.client_id;
  const user = token.kind === 'ClientCredentials' ? undefined : userByOid(token.accountId);
  return {
    aud: resource,
    iss: issuer,
    iat: payload.iat,
    nbf: payload.iat,
    exp: payload.exp,
    ...clientClaims(clientId, isPublicClient, version),
    ...(user
      ? { ...userClaims(user, version), scp: scpClaim(payload.scope, resource) }
      : appClaims(clientId, version)),
  };
}
