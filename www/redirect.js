/**
 * Where the identity provider sends its answer, in the fragment. Hands it to the page that asked:
 * over a channel named by the request's unguessable id (popup and hidden frame), or through this
 * tab's storage (redirect). Nothing is checked here: client/src/auth checks state, nonce and code.
 */
const RESPONSE_KEY = 'fhir-edge.redirect-response';

/** The request that a `state` belongs to; its form is that of edge/smart/src/state.rs. */
function requestOf(fragment) {
  try {
    const state = new URLSearchParams(fragment).get('state').split('|')[0];
    const { id, meta } = JSON.parse(atob(state));
    return { id: String(id), interaction: meta.interactionType };
  } catch {
    return { id: '', interaction: 'redirect' };
  }
}

const fragment = location.hash.slice(1);
// Removes the code from the address and the history before anything else happens.
history.replaceState(null, '', location.pathname);

if (fragment) {
  const { id, interaction } = requestOf(fragment);
  if (id && interaction !== 'redirect') {
    const channel = new BroadcastChannel(id);
    channel.postMessage({ payload: fragment });
    channel.close();
    if (interaction === 'popup') {
      window.close();
      // A provider whose policy severs the window from its opener leaves nobody to close it.
      document.addEventListener('DOMContentLoaded', () => {
        document.querySelector('p').textContent = 'The sign-in is done here. You may close this window.';
      });
    }
  } else {
    sessionStorage.setItem(RESPONSE_KEY, JSON.stringify(fragment));
    location.replace('/app/');
  }
} else {
  location.replace('/app/');
}
