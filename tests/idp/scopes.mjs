/**
 * Scopes and the one protected resource, the FHIR server. Azure v2 names a scope
 * `<resource>/<scope>`; SMART names it `patient/Observation.read`, and the SMART proxy sends that
 * as `<resource>/patient$Observation.read`.
 * https://hl7.org/fhir/smart-app-launch/scopes-and-launch-context.html
 */

/**
 * oidc-provider drops `offline_access` unless the client also sends prompt=consent; Azure does
 * not. Under this name the scope survives inside the provider.
 */
export const OFFLINE = 'azure_offline';

export const OIDC_SCOPES = new Set(['openid', 'profile', 'email', 'offline_access', OFFLINE]);

const LAUNCH_SCOPES = new Set([
  'user_impersonation',
  '.default',
  'fhirUser',
  'launch',
  'launch/patient',
  'launch/encounter',
  'online_access',
]);

const SMART_SCOPE = /^(patient|user|system)\/([A-Z][A-Za-z]*|\*)\.(read|write|\*|c?r?u?d?s?)(\?[^ ]+)?$/;

/** The scope without the resource in front of it. */
export function withoutResource(scope, resource) {
  return scope.startsWith(`${resource}/`) ? scope.slice(resource.length + 1) : scope;
}

/** Whether the FHIR server publishes this scope, with or without the resource in front. */
export function isResourceScope(scope, resource) {
  const name = withoutResource(scope, resource).replace('$', '/');
  if (LAUNCH_SCOPES.has(name)) return true;
  const match = SMART_SCOPE.exec(name);
  return match !== null && match[3] !== '';
}

/** Scopes that name the resource but that it does not publish. */
export function unknownScopes(scopes, resource) {
  return scopes.filter((scope) => scope.startsWith(`${resource}/`) && !isResourceScope(scope, resource));
}

export const splitScope = (scope) => (scope ?? '').split(' ').filter(Boolean);

/** A request's scope as the provider shall see it. */
export const scopeIn = (scope) =>
  splitScope(scope).map((one) => (one === 'offline_access' ? OFFLINE : one)).join(' ');

/** A response's scope as the client shall see it: Azure leaves `offline_access` out. */
export const scopeOut = (scope) => splitScope(scope).filter((one) => one !== OFFLINE).join(' ');

/** The `scp` claim of the scopes granted: without the resource, `.default` spelled out. */
export function scpClaim(scope, resource) {
  const names = splitScope(scope).map((one) => withoutResource(one, resource));
  return [...new Set(names.map((one) => (one === '.default' ? 'user_impersonation' : one)))].join(' ');
}
