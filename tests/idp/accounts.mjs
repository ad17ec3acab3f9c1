/**
 * The fixed world of the development identity provider: one tenant, its users, its client
 * applications. Everything here is public knowledge and for development only.
 */
import { createHash } from 'node:crypto';

export const TENANT = '11111111-2222-3333-4444-555555555555';

/** Names that Azure accepts in place of the tenant id. */
export const TENANT_ALIASES = ['common', 'organizations', 'dev.example'];

/** The same directory object id for the same name on every start. */
function objectId(name) {
  const hex = createHash('sha256').update(name).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

function user(name, displayName, roles, extra = {}) {
  return {
    name,
    password: name,
    displayName,
    email: `${name}@dev.example`,
    oid: objectId(`user:${name}`),
    roles,
    ...extra,
  };
}

/** Every password is the user's name. */
export const USERS = [
  user('admin', 'Ada Admin', ['globalAdmin']),
  user('writer', 'Wim Writer', ['globalWriter']),
  user('reader', 'Rea Reader', ['globalReader']),
  user('exporter', 'Elin Exporter', ['globalExporter']),
  user('patient', 'Amelia Patient', ['smartUser'], { fhirUser: 'Patient/demo-amelia' }),
  user('nobody', 'Noa Nobody', []),
];

/** @returns the user with this name or e-mail address, or undefined */
export function userByLogin(login) {
  const name = String(login ?? '').trim().toLowerCase();
  return USERS.find((one) => one.name === name || one.email === name);
}

export const userByOid = (oid) => USERS.find((one) => one.oid === oid);

/** A client's service principal: who the caller is when no user is there. */
export const servicePrincipal = (clientId) => objectId(`sp:${clientId}`);

/** App roles assigned to clients for the client_credentials grant. */
export const APP_ROLES = {
  'svc-client': ['globalAdmin'],
  'svc-reader': ['globalReader'],
};

/** The client that MSAL means when it signs out without naming one. */
export const SIGN_OUT_CLIENT = 'fhir-spa';

/**
 * The registered applications, as OpenID client metadata:
 * https://openid.net/specs/openid-connect-registration-1_0.html#ClientMetadata
 */
export function clients(fhirBase) {
  const interactive = {
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    redirect_uris: ['/app/redirect.html', '/app/', '/app/smart/app.html'].map((path) => fhirBase + path),
    post_logout_redirect_uris: [`${fhirBase}/app/`],
  };
  const publicClient = { ...interactive, token_endpoint_auth_method: 'none' };
  const service = {
    grant_types: ['client_credentials'],
    response_types: [],
    redirect_uris: [],
    token_endpoint_auth_method: 'client_secret_post',
  };
  return [
    { client_id: 'fhir-spa', client_name: 'Patient browser', ...publicClient },
    { client_id: 'smart-app', client_name: 'SMART app', ...publicClient },
    {
      client_id: 'smart-confidential',
      client_name: 'SMART app with a secret',
      client_secret: 'dev-secret-1',
      ...interactive,
      token_endpoint_auth_method: 'client_secret_post',
    },
    { client_id: 'svc-client', client_secret: 'dev-secret-2', ...service },
    { client_id: 'svc-reader', client_secret: 'dev-secret-3', ...service },
  ];
}

const LOOPBACK_HOSTS = new Set(['localhost', '127.0.0.1', '[::1]']);

const isLoopback = (url) => url.protocol === 'http:' && LOOPBACK_HOSTS.has(url.hostname);

/**
 * Which redirect URIs are taken beyond the registered ones: the SMART proxy's callbacks, and any
 * page of a server on this machine, since development clients pick their ports at will.
 */
export function isRedirectAllowed(uri, fhirBase) {
  const url = URL.canParse(uri) ? new URL(uri) : undefined;
  if (!url || url.username || url.password || url.hash) return false;
  return isLoopback(url) || url.href.startsWith(`${fhirBase}/AadSmartOnFhirProxy/callback/`);
}

/** Whether scripts of this origin may call the token endpoint: as in Azure, public clients only. */
export function isOriginAllowed(origin, isPublicClient, fhirBase) {
  if (!isPublicClient || !URL.canParse(origin)) return false;
  return isLoopback(new URL(origin)) || origin === new URL(fhirBase).origin;
}
