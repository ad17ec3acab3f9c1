/**
 * The provider's own pages: sign-in, sign-out, error. Plain HTML that needs no script to work and
 * says on its face that it is for development.
 */
import { randomBytes } from 'node:crypto';
import { USERS } from './accounts.mjs';

const STYLE = `
:root { color-scheme: light dark; --page: #f5f5f5; --card: #fff; --text: #242424; --quiet: #575757;
  --line: #8a8a8a; --brand: #0f6cbd; --on-brand: #fff; --error: #b10e1c; }
@media (prefers-color-scheme: dark) { :root { --page: #1f1f1f; --card: #292929; --text: #fff;
  --quiet: #c7c7c7; --line: #8a8a8a; --brand: #115ea3; --error: #f1a1a8; } }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: var(--page);
  color: var(--text); font: 16px/1.4 "Segoe UI", system-ui, sans-serif; }
main { width: min(26rem, 100vw); padding: 2rem; background: var(--card); border-radius: 8px; }
h1 { margin: 0 0 1rem; font-size: 1.5rem; } h2 { margin: 2rem 0 .5rem; font-size: 1rem; }
p { color: var(--quiet); } [role=alert] { color: var(--error); }
label { display: block; margin: .75rem 0 .25rem; }
input { width: 100%; padding: .5rem; font: inherit; color: inherit; background: transparent;
  border: 1px solid var(--line); border-radius: 4px; }
button { width: 100%; min-height: 2.75rem; padding: .5rem .75rem; font: inherit; cursor: pointer;
  color: inherit; background: transparent; border: 1px solid var(--line); border-radius: 4px; text-align: start; }
button.primary { margin-top: 1.25rem; text-align: center; color: var(--on-brand); background: var(--brand); border-color: var(--brand); }
:focus-visible { outline: 2px solid currentcolor; outline-offset: 2px; }
ul { margin: 0; padding: 0; list-style: none; display: grid; gap: .5rem; }
small { color: var(--quiet); } pre { white-space: pre-wrap; overflow-wrap: anywhere; }`;

export const escape = (text) => String(text ?? '').replace(/[&<>"']/g, (one) => `&#${one.charCodeAt(0)};`);

/** Scripts and styles run only with the nonce. No form-action: it would stop the redirect after a form. */
const contentSecurity = (nonce) =>
  `default-src 'none'; style-src 'nonce-${nonce}'; script-src 'nonce-${nonce}'; frame-ancestors 'none'; base-uri 'none'`;

const newNonce = () => randomBytes(16).toString('base64');

/** A whole page with the headers to send it with. */
function page(title, content, nonce = newNonce()) {
  return {
    headers: {
      'cache-control': 'no-store',
      'content-security-policy': contentSecurity(nonce),
      'content-type': 'text/html; charset=utf-8',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      // As Azure: the sign-in page refuses to be framed, so silent renewal never shows it.
      'x-frame-options': 'DENY',
    },
    html: `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(title)} - development identity provider</title>
<style nonce="${nonce}">${STYLE}</style>
</head>
<body><main><h1>${escape(title)}</h1>${content}</main></body>
</html>
`,
  };
}

function accountButton(user, action) {
  const role = user.roles[0] ?? 'no role';
  return `<li><form method="post" action="${escape(action)}">
<input type="hidden" name="login" value="${user.name}"><input type="hidden" name="password" value="${user.password}">
<button type="submit">${escape(user.displayName)} <small>${user.name}, ${role}</small></button></form></li>`;
}

/** The sign-in page; `hint` is the name to begin with, `error` what was wrong with the last try. */
export function loginPage({ action, hint, error }) {
  return page(
    'Sign in (development)',
    `${error ? `<p role="alert">${escape(error)}</p>` : ''}
<form method="post" action="${escape(action)}">
<label for="login">User name</label>
<input id="login" name="login" value="${escape(hint)}" autocomplete="username" autocapitalize="none" required>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required>
<button class="primary" type="submit">Sign in</button>
</form>
<h2>Development accounts</h2>
<p>Every password is the user name. A button signs in at once.</p>
<ul>${USERS.map((user) => accountButton(user, action)).join('\n')}</ul>`,
  );
}

/** The page for a sign-in that cannot go on: it was finished, took too long, or was never begun. */
export function expiredPage() {
  return page(
    'This sign-in has ended',
    '<p>It took too long, or the identity provider was restarted. Go back to the application and sign in again.</p>',
  );
}

function send(context, { headers, html }) {
  context.set(headers);
  context.body = html;
}

/** What oidc-provider shows when it must not redirect, for example to an unknown redirect URI. */
export function errorPage(context, error) {
  const lines = Object.entries(error).map(([name, value]) => `${name}: ${value}`);
  send(context, page('The sign-in request was refused', `<pre>${escape(lines.join('\n'))}</pre>`));
}

/** Azure signs out without asking; so the confirmation is sent by itself. */
export async function signOutPage(context, form) {
  const nonce = newNonce();
  const confirmed = form.replace(
    '</form>',
    '<input type="hidden" name="logout" value="yes"><button class="primary" type="submit">Sign out</button></form>',
  );
  const script = `<script nonce="${nonce}">document.forms[0].submit()</script>`;
  send(context, page('Sign out', confirmed + script, nonce));
}
