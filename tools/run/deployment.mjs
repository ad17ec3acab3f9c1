/** What edge/wrangler.jsonc must say before the worker can serve anyone, checked in words. */

const isHttps = (text) => URL.canParse(text) && new URL(text).protocol === 'https:';

/** @returns {string[]} what is still to be set, one sentence each */
export function missingSettings({ kv_namespaces: namespaces = [], vars = {} }) {
  const missing = [];
  const kv = namespaces.find(({ binding }) => binding === 'KV');
  if (!/^[0-9a-f]{32}$/.test(kv?.id ?? '')) {
    missing.push('kv_namespaces: run `npx wrangler kv namespace create KV` once and put the id that it prints into "id".');
  }
  if (!isHttps(vars.BASE_URL)) {
    missing.push('vars.BASE_URL: the public https address of the server, for example https://fhir.example.org');
  } else if (vars.BASE_URL.endsWith('/')) {
    missing.push('vars.BASE_URL: leave out the slash at the end.');
  }
  if (!isHttps(vars.AUTHORITY)) {
    missing.push('vars.AUTHORITY: the https address of the identity provider, for example https://login.microsoftonline.com/<tenant>/v2.0');
  }
  if (!vars.AUDIENCE) {
    missing.push('vars.AUDIENCE: whom access tokens are meant for; SMART apps need it to be the same as BASE_URL.');
  }
  if (!vars.CLIENT_ID) {
    missing.push("vars.CLIENT_ID: the browser client's application id at the identity provider.");
  }
  if (!['R4', 'STU3'].includes(vars.FHIR_VERSION)) {
    missing.push('vars.FHIR_VERSION: R4 or STU3.');
  }
  for (const name of ['DEMO_ACCOUNTS', 'FAULT_INJECTION'].filter((flag) => vars[flag] === 'on')) {
    missing.push(`vars.${name}: is for development only; leave it out.`);
  }
  return missing;
}
