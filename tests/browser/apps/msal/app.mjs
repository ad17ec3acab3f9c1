/** An app that signs in with MSAL by popup and lists patients; the address says where. */
import { PublicClientApplication } from '@azure/msal-browser';

const asked = new URLSearchParams(location.search);
const authority = asked.get('authority');
const fhirBase = asked.get('base');
const request = { scopes: [`${fhirBase}/user_impersonation`] };

const application = new PublicClientApplication({
  auth: {
    clientId: 'fhir-spa',
    authority,
    knownAuthorities: [new URL(authority).host],
    redirectUri: '/redirect.html',
  },
});

const say = (text) => {
  document.querySelector('[role=status]').textContent = text;
};

/** A token from the cache, or with `forceRefresh` from the provider. */
window.token = async (options) => {
  const [account] = application.getAllAccounts();
  const { accessToken, fromCache } = await application.acquireTokenSilent({ ...request, account, ...options });
  return { accessToken, fromCache };
};

window.patients = async (accessToken) => {
  const headers = { authorization: `Bearer ${accessToken}` };
  const response = await fetch(`${fhirBase}/Patient?_count=100`, { headers });
  if (!response.ok) throw new Error(`the server answered ${response.status}`);
  const { entry } = await response.json();
  return entry.map(({ resource }) => resource.id);
};

document.querySelector('button').addEventListener('click', async () => {
  try {
    const { account } = await application.loginPopup(request);
    say(`Signed in as ${account.username}`);
  } catch (error) {
    say(`The sign-in failed: ${error.message}`);
  }
});

await application.initialize();
say('Ready');
