/**
 * Requests as Azure AD takes them, turned into requests as oidc-provider takes them.
 * https://learn.microsoft.com/en-us/entra/identity-platform/v2-oauth2-auth-code-flow
 */
import { IncomingMessage } from 'node:http';
import { SIGN_OUT_CLIENT } from './accounts.mjs';
import { OFFLINE, scopeIn, splitScope } from './scopes.mjs';

const MOST_BYTES = 64 * 1024;

/** A body beyond what any sign-in needs. */
export class BodyTooLarge extends Error {
  statusCode = 413;
}

/** @returns {Promise<URLSearchParams>} the posted form */
export async function readForm(request) {
  return new URLSearchParams(await readText(request));
}

export async function readText(request) {
  const chunks = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > MOST_BYTES) throw new BodyTooLarge('the request body is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

/**
 * Azure takes a client's credentials from the Authorization header or from the form, whichever
 * the client likes; oidc-provider only from where the client is registered to put them.
 * https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1
 */
function takeBasicCredentials(headers, form) {
  const [, encoded] = /^Basic (\S+)$/i.exec(headers.authorization ?? '') ?? [];
  if (encoded === undefined) return;
  delete headers.authorization;
  const [id, ...secret] = Buffer.from(encoded, 'base64').toString().split(':');
  const decoded = new URLSearchParams(`id=${id}&secret=${secret.join(':')}`);
  form.set('client_id', decoded.get('id'));
  form.set('client_secret', decoded.get('secret'));
}

/** A token or authorize request whose posted form has been read and rewritten, to be read again. */
export async function withRewrittenForm(request, version, fhirBase) {
  const form = await readForm(request);
  const replay = new IncomingMessage(request.socket);
  const { method, httpVersion, httpVersionMajor, httpVersionMinor } = request;
  const headers = { ...request.headers };
  replay.wantsClientInfo = form.has('client_info');
  rewriteParameters(form, version, fhirBase);
  takeBasicCredentials(headers, form);
  const body = Buffer.from(form.toString());
  headers['content-length'] = String(body.length);
  Object.assign(replay, { method, httpVersion, httpVersionMajor, httpVersionMinor, headers, form, complete: true });
  replay.push(body);
  replay.push(null);
  return replay;
}

/** v1 has no scopes of its own: the resource's static permission, and always a refresh token. */
function v1Scope(scope, isAuthorize) {
  if (!isAuthorize) return scope;
  const asked = splitScope(scope).length > 0 ? splitScope(scope) : ['profile', 'user_impersonation'];
  return [...new Set([...asked, 'openid', OFFLINE])].join(' ');
}

/** Rewrites the parameters of an authorize or token request in place. */
export function rewriteParameters(parameters, version, fhirBase) {
  const isAuthorize = parameters.has('response_type');
  const scope = scopeIn(parameters.get('scope'));
  const rewritten = version === 1 ? v1Scope(scope, isAuthorize) : scope;
  if (rewritten) parameters.set('scope', rewritten);
  // Azure takes the resource with or without a slash at the end.
  if (parameters.get('resource') === `${fhirBase}/`) parameters.set('resource', fhirBase);
  if (parameters.get('prompt') === 'select_account') parameters.set('prompt', 'login');
  // MSAL names no client when it signs out; Azure honours the redirect all the same.
  if (parameters.has('post_logout_redirect_uri') && !parameters.has('client_id') && !parameters.has('id_token_hint')) {
    parameters.set('client_id', SIGN_OUT_CLIENT);
  }
  return parameters;
}
