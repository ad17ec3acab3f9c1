/**
 * `npm run --silent reply-url -- APP_REDIRECT_URI [--base URL]`: the reply URL to register at the
 * identity provider for an app that signs in through the SMART on FHIR proxy.
 */
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { Failure, runMain } from './report.mjs';

/** The proxy's callback with the app's redirect URI in it, base64url without padding. */
export const replyUrl = (base, redirectUri) =>
  `${base.replace(/\/+$/, '')}/AadSmartOnFhirProxy/callback/${Buffer.from(redirectUri).toString('base64url')}`;

if (import.meta.url === pathToFileURL(resolve(process.argv[1] ?? '')).href) {
  await runMain(async () => {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { base: { type: 'string', default: process.env.BASE_URL ?? 'http://localhost:8787' } },
    });
    const [redirectUri, ...more] = positionals;
    if (redirectUri === undefined || more.length > 0 || !URL.canParse(redirectUri)) {
      throw new Failure('Name one redirect URI of the app: npm run --silent reply-url -- https://app.example/cb [--base https://fhir.example]');
    }
    console.log(replyUrl(values.base, redirectUri));
  });
}
