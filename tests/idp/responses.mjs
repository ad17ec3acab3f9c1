/**
 * Responses of oidc-provider dressed as Azure AD's: extra token fields, AADSTS error codes, no
 * `iss` on the redirect. https://learn.microsoft.com/en-us/entra/identity-platform/reference-error-codes
 */
import { randomUUID } from 'node:crypto';
import { TENANT } from './accounts.mjs';
import { scopeOut } from './scopes.mjs';

const ERROR_CODES = {
  invalid_client: 7000215,
  invalid_grant: 70008,
  invalid_request: 900144,
  invalid_scope: 70011,
  invalid_target: 500011,
  unauthorized_client: 700016,
  unsupported_grant_type: 70003,
};

const now = () => Math.floor(Date.now() / 1000);

function dressToken(body, { accountId, resource, version, wantsClientInfo }) {
  const dressed = { ...body, ext_expires_in: body.expires_in };
  if (body.scope) dressed.scope = scopeOut(body.scope);
  if (accountId && wantsClientInfo) {
    dressed.client_info = Buffer.from(JSON.stringify({ uid: accountId, utid: TENANT })).toString('base64url');
  }
  if (version === 2) return dressed;
  // v1 sends its numbers as strings.
  return {
    ...dressed,
    expires_in: String(body.expires_in),
    ext_expires_in: String(body.expires_in),
    expires_on: String(now() + body.expires_in),
    not_before: String(now()),
    resource,
  };
}

function dressError(body, correlationId) {
  const code = ERROR_CODES[body.error] ?? 90014;
  const trace = randomUUID();
  const timestamp = new Date().toISOString();
  const text = body.error_description ?? body.error;
  return {
    ...body,
    error_description: /^AADSTS/.test(text) ? text : `AADSTS${code}: ${text}. Trace ID: ${trace} Timestamp: ${timestamp}`,
    error_codes: [code],
    timestamp,
    trace_id: trace,
    correlation_id: correlationId || trace,
  };
}

/**
 * Azure sends no RFC 9207 `iss`; oidc-provider always does, and fhirclient.js would take it for
 * the FHIR base URL.
 */
function withoutIssuer(location) {
  return location.replace(/([?#&])iss=[^&#]*&?/, '$1').replace(/[?#&]$/, '');
}

/** The middleware that dresses what one provider answers. */
export function azureResponses({ version, fhirBase }) {
  return async (context, next) => {
    await next();
    const route = context.oidc?.route;
    const location = context.response.get('location');
    if (location && (route === 'authorization' || route === 'resume')) {
      context.set('location', withoutIssuer(location));
    }
    if (route === 'discovery') {
      context.body.scopes_supported = ['openid', 'profile', 'email', 'offline_access'];
      delete context.body.authorization_response_iss_parameter_supported;
    }
    if (route !== 'token' || !context.body) return;
    context.body = context.body.error
      ? dressError(context.body, context.get('client-request-id'))
      : dressToken(context.body, {
          accountId: context.oidc.account?.accountId,
          resource: context.oidc.params.resource ?? fhirBase,
          version,
          wantsClientInfo: context.req.wantsClientInfo,
        });
  };
}
