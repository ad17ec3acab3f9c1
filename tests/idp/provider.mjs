/**
 * oidc-provider configured as one version of Azure AD's endpoints.
 * https://github.com/panva/node-oidc-provider/blob/main/docs/README.md
 */
import Provider, { errors, interactionPolicy } from 'oidc-provider';
import { TENANT, clients, isOriginAllowed, isRedirectAllowed, userByLogin } from './accounts.mjs';
import { errorPage, signOutPage } from './pages.mjs';
import { azureResponses } from './responses.mjs';
import { OFFLINE, OIDC_SCOPES, isResourceScope, splitScope, unknownScopes } from './scopes.mjs';
import { CLAIMS_OF_SCOPES, accessTokenClaims, findAccount } from './tokens.mjs';

const ROUTES = {
  1: {
    authorization: '/oauth2/authorize',
    token: '/oauth2/token',
    jwks: '/discovery/keys',
    end_session: '/oauth2/logout',
  },
  2: {
    authorization: '/oauth2/v2.0/authorize',
    token: '/oauth2/v2.0/token',
    jwks: '/discovery/v2.0/keys',
    end_session: '/oauth2/v2.0/logout',
  },
};

const DAY = 24 * 60 * 60;

/** Azure ends the v1 issuer with a slash. */
export const issuerOf = (origin, version) => `${origin}/${TENANT}/${version === 2 ? 'v2.0' : ''}`;

const isPublic = (client) => client?.clientAuthMethod === 'none';

/** Every scope that this request, or the code or refresh token it redeems, speaks of. */
function scopesAsked(context) {
  const { params, entities } = context.oidc;
  return [
    ...splitScope(params.scope),
    ...splitScope(entities.AuthorizationCode?.scope),
    ...splitScope(entities.RefreshToken?.scope),
  ];
}

/** The FHIR server as the one protected resource. */
function resourceIndicators({ fhirBase, accessTokenSeconds, keys }) {
  return {
    enabled: true,
    defaultResource: async (context, client, oneOf) => oneOf?.[0] ?? fhirBase,
    useGrantedResource: async () => true,
    getResourceServerInfo: async (context, resource) => {
      if (resource !== fhirBase) {
        throw new errors.InvalidTarget(
          `AADSTS500011: The resource principal ${resource} was not found in the tenant`,
        );
      }
      const asked = scopesAsked(context);
      const [unknown] = unknownScopes(asked, resource);
      if (unknown) {
        throw new errors.InvalidScope(`AADSTS65005: The resource does not publish the scope ${unknown}`, unknown);
      }
      return {
        scope: [...new Set(asked.filter((scope) => isResourceScope(scope, resource)))].join(' '),
        audience: resource,
        accessTokenFormat: 'jwt',
        accessTokenTTL: accessTokenSeconds,
        jwt: { sign: { alg: 'RS256', kid: keys.kid } },
      };
    },
  };
}

/** Everything asked for is granted, as in a tenant whose administrator has consented for all. */
async function grantWhatIsAsked(context) {
  const { client, account, params, session, resourceServers, provider } = context.oidc;
  const grantId = session.grantIdFor(client.clientId);
  const known = grantId && (await provider.Grant.find(grantId));
  const grant = known || new provider.Grant({ clientId: client.clientId, accountId: account.accountId });
  if (grant.accountId !== account.accountId) return undefined;
  const scopes = splitScope(params.scope);
  grant.addOIDCScope(scopes.filter((scope) => OIDC_SCOPES.has(scope)).join(' '));
  for (const [resource, server] of Object.entries(resourceServers)) {
    const wanted = scopes.filter((scope) => server.scopes.has(scope));
    if (wanted.length > 0) grant.addResourceScope(resource, wanted.join(' '));
  }
  await grant.save();
  return grant;
}

/** As Azure: whoever is hinted at must be who is signed in, or is asked to sign in. */
function policy() {
  const policy = interactionPolicy.base();
  const another = ({ oidc }) => {
    const hinted = userByLogin(oidc.params.login_hint);
    return !oidc.result?.login && hinted !== undefined && hinted.oid !== oidc.session.accountId;
  };
  policy
    .get('login')
    .checks.add(new interactionPolicy.Check('hint_mismatch', 'AADSTS50058: The user is not signed in', 'login_required', another));
  return policy;
}

function configuration(version, options) {
  const { fhirBase, issuer, keys, store, tls, cookieKey, accessTokenSeconds } = options;
  // Azure's own choice; on plain http a browser takes SameSite=None only with Secure.
  const cookie = { httpOnly: true, ...(tls ? { sameSite: 'none', secure: true } : { sameSite: 'lax' }) };
  return {
    adapter: store.adapter,
    clients: clients(fhirBase),
    jwks: keys.jwks,
    cookies: {
      long: cookie,
      short: cookie,
      keys: [cookieKey],
      // One session for both versions, one interaction for each.
      names: { session: 'ESTSAUTH', interaction: `interaction.v${version}`, resume: `resume.v${version}` },
    },
    routes: ROUTES[version],
    scopes: [...OIDC_SCOPES],
    claims: CLAIMS_OF_SCOPES,
    conformIdTokenClaims: false,
    responseTypes: ['code'],
    subjectTypes: ['public'],
    pkce: { required: (context, client) => isPublic(client) },
    clientAuthMethods: ['none', 'client_secret_post', 'client_secret_basic'],
    clientBasedCORS: (context, origin, client) => isOriginAllowed(origin, isPublic(client), fhirBase),
    findAccount: async (context, oid) => findAccount(oid, version),
    interactions: {
      policy: policy(),
      url: (context, interaction) => `/${TENANT}/login/v${version}/${interaction.uid}`,
    },
    loadExistingGrant: grantWhatIsAsked,
    issueRefreshToken: async (context, client, source) =>
      client.grantTypeAllowed('refresh_token') && source.scopes.has(OFFLINE),
    expiresWithSession: async () => false,
    // Azure answers with a new refresh token and keeps the old one usable.
    rotateRefreshToken: false,
    ttl: {
      AccessToken: accessTokenSeconds,
      AuthorizationCode: 60,
      ClientCredentials: accessTokenSeconds,
      Grant: DAY,
      IdToken: 3600,
      Interaction: 3600,
      RefreshToken: DAY,
      Session: DAY,
    },
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      dPoP: { enabled: false },
      pushedAuthorizationRequests: { enabled: false },
      resourceIndicators: resourceIndicators(options),
      revocation: { enabled: false },
      rpInitiatedLogout: { enabled: true, logoutSource: signOutPage },
      userinfo: { enabled: false },
    },
    formats: {
      customizers: {
        jwt: async (context, token, jwt) => {
          const isPublicClient = isPublic(context?.oidc?.client);
          jwt.payload = accessTokenClaims(token, jwt.payload, { isPublicClient, issuer, version });
          jwt.header = { typ: 'JWT', x5t: keys.kid };
        },
      },
    },
    discovery: { tenant_region_scope: 'NA', cloud_instance_name: 'dev.example', http_logout_supported: true },
    renderError: async (context, error) => errorPage(context, error),
  };
}

/** A v2 client_credentials request must name `<resource>/.default`, and nothing else. */
function requireDefaultScope(version) {
  return async (context, next) => {
    const form = context.req.form;
    const isService = version === 2 && form?.get('grant_type') === 'client_credentials';
    if (isService && !/(^|\/)\.default$/.test(form.get('scope') ?? '')) {
      context.status = 400;
      context.set('cache-control', 'no-store');
      context.body = {
        error: 'invalid_scope',
        error_description: 'AADSTS1002012: The scope of a client credentials request must be <resource>/.default',
        error_codes: [1002012],
      };
      return;
    }
    await next();
  };
}

/** @returns {Provider} the endpoints of one version; `options` as server.mjs makes them */
export function createProvider(version, options) {
  const issuer = issuerOf(options.origin, version);
  const provider = new Provider(issuer, configuration(version, { ...options, issuer }));
  const registered = provider.Client.prototype.redirectUriAllowed;
  provider.Client.prototype.redirectUriAllowed = function allowed(uri) {
    return registered.call(this, uri) || isRedirectAllowed(uri, options.fhirBase);
  };
  provider.Client.prototype.postLogoutRedirectUriAllowed = provider.Client.prototype.redirectUriAllowed;
  provider.use(azureResponses({ version, fhirBase: options.fhirBase }));
  provider.use(requireDefaultScope(version));
  provider.on('server_error', (context, error) => console.error('identity provider:', error));
  return provider;
}
